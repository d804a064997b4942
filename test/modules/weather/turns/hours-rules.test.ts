import { describe, expect, it } from 'vitest'
import { isOpen, nextTurn, openingFrom } from '../../../../src/modules/weather/turns/hours.ts'

const seoul = (time: string) => new Date(`2026-09-26T${time}:00+09:00`)
const EVERY_TEN = { first: 5 * 60 + 4, every: 10 }
const FOUR = { first: 6 * 60 + 40, every: 180, last: 15 * 60 + 40 }

describe('turns', () => {
  it.each([
    ['05:03', '05:04'],
    ['05:04', '05:14'],
    ['11:30', '11:34'],
    ['23:50', '23:54'],
    ['02:00', '05:04'],
  ])('after %s comes %s', (at, next) => {
    expect(nextTurn(EVERY_TEN, seoul(at))).toEqual(seoul(next))
  })

  it('of a day end at midnight, or earlier', () => {
    expect(nextTurn(EVERY_TEN, seoul('23:55'))).toEqual(new Date('2026-09-27T05:04:00+09:00'))
    expect(nextTurn(FOUR, seoul('12:41'))).toEqual(seoul('15:40'))
    expect(nextTurn(FOUR, seoul('15:40'))).toEqual(new Date('2026-09-27T06:40:00+09:00'))
  })

  it('nothing is read from midnight until five', () => {
    expect([seoul('00:00'), seoul('04:59'), seoul('05:00'), seoul('23:59')].map(isOpen)).toEqual([false, false, true, true])
    expect(openingFrom(seoul('00:30'))).toEqual(seoul('05:00'))
    expect(openingFrom(seoul('10:30'))).toEqual(seoul('10:30'))
  })
})
