import { describe, expect, it } from 'vitest'
import { baseAt, fromMark, nextPage, toMark } from '../../../../src/modules/weather/uv/pages.ts'

const seoul = (time: string) => new Date(`2026-09-26T${time}:00+09:00`)

describe('bases of ultraviolet light', () => {
  it.each([
    ['06:40', '06:00'],
    ['09:29', '06:00'],
    ['09:30', '09:00'],
    ['12:40', '12:00'],
    ['23:59', '21:00'],
  ])('at %s the newest is of %s', (at, base) => {
    expect(baseAt(seoul(at))).toEqual(seoul(base))
  })

  it('of the evening before stand until half past midnight', () => {
    expect(baseAt(seoul('00:10'))).toEqual(new Date('2026-09-25T21:00:00+09:00'))
  })
})

describe('what is read next', () => {
  const markOf = (time: string, page: number, isWhole: boolean) => toMark({ base: seoul(time), page, isWhole })

  it('is the first page of what is new, then the pages after it, then nothing', () => {
    expect(nextPage(null, seoul('12:40'))).toEqual({ base: seoul('12:00'), page: 1 })
    expect(nextPage(markOf('12:00', 2, false), seoul('12:41'))).toEqual({ base: seoul('12:00'), page: 3 })
    expect(nextPage(markOf('12:00', 4, true), seoul('12:42'))).toBeNull()
    expect(nextPage(markOf('12:00', 4, true), seoul('15:40'))).toEqual({ base: seoul('15:00'), page: 1 })
  })

  it('is the rest of what was begun, unless that is long ago', () => {
    expect(nextPage(markOf('09:00', 1, false), seoul('12:40'))).toEqual({ base: seoul('09:00'), page: 2 })
    expect(nextPage(markOf('06:00', 1, false), seoul('15:40'))).toEqual({ base: seoul('15:00'), page: 1 })
    expect(nextPage('what nobody wrote', seoul('12:40'))).toEqual({ base: seoul('12:00'), page: 1 })
  })

  it('is read from a mark as it was written', () => {
    expect(fromMark(markOf('12:00', 3, false))).toEqual({ base: seoul('12:00'), page: 3, isWhole: false })
    expect(fromMark(markOf('12:00', 3, true))).toMatchObject({ base: seoul('12:00'), isWhole: true })
  })
})
