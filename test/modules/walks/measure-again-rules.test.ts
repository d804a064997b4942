import { expect, it } from 'vitest'
import { judgeAgain, type StoredReason } from '../../../src/modules/walks/again/rules.ts'
import type { Reason } from '../../../src/measuring/measure-track.ts'

const tooShort = { code: 'minimum_distance', effect: 'refused' } as const
const tooEven = { code: 'gps_spoofing', rule: 'too_even', effect: 'unranked' } as const
const replay = { code: 'gps_spoofing', rule: 'replay', effect: 'refused' } as const
const excess = { code: 'too_much_walked', effect: 'unranked' } as const
const gap = { code: 'gap', effect: 'excluded' } as const

const again = (is_valid: boolean, is_ranked: boolean, stored: StoredReason[], measured: object[] = []) =>
  judgeAgain({ is_valid, is_ranked, reasons: stored }, { reasons: measured as Reason[] })

it('what measuring said is replaced by what it says now', () => {
  expect(again(false, false, [tooShort, gap])).toEqual({ is_valid: true, is_ranked: true, reasons: [] })
  expect(again(true, true, [gap], [tooShort])).toEqual({ is_valid: false, is_ranked: false, reasons: [tooShort] })
  expect(again(true, true, [], [tooEven, gap])).toEqual({ is_valid: true, is_ranked: false, reasons: [tooEven, gap] })
})

it('what others said stays, and the worst counts', () => {
  expect(again(false, false, [replay, tooShort])).toEqual({ is_valid: false, is_ranked: false, reasons: [replay] })
  expect(again(true, false, [excess, gap], [gap])).toEqual({ is_valid: true, is_ranked: false, reasons: [excess, gap] })
  expect(again(true, false, [excess], [tooShort])).toEqual({ is_valid: false, is_ranked: false, reasons: [excess, tooShort] })
})

it('what was decided on appeal stays, however often it is measured', () => {
  const raised = again(true, true, [tooShort], [tooEven, gap])
  expect(raised).toEqual({ is_valid: true, is_ranked: true, reasons: [tooShort, gap] })
  expect(judgeAgain(raised, { reasons: [tooShort] as unknown as Reason[] })).toMatchObject({ is_valid: true, is_ranked: true })
  expect(again(false, false, [], [gap])).toEqual({ is_valid: false, is_ranked: false, reasons: [gap] })
  expect(again(true, true, [replay])).toEqual({ is_valid: true, is_ranked: true, reasons: [replay] })
})
