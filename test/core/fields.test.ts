import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { instantSchema, latIn, numberIn, parseInstant, uuidSchema } from '../../src/core/fields.ts'

describe('an instant', () => {
  it.each([
    ['2026-11-29T20:10+09:00', '2026-11-29T11:10:00.000Z'],
    ['2026-11-29T20:10Z', '2026-11-29T20:10:00.000Z'],
    ['2026-11-29T20:10:05+0900', '2026-11-29T11:10:05.000Z'],
    ['2026-11-29T20:10:05-03', '2026-11-29T23:10:05.000Z'],
    ['2026-11-29T00:10:05.123456+05:45', '2026-11-28T18:25:05.123Z'],
    ['2024-02-29T00:00:00.1Z', '2024-02-29T00:00:00.100Z'],
  ])('%s is %s', (text, instant) => {
    expect(instantSchema.parse(text)).toBe(instant)
    expect(parseInstant(text)).toBe(Date.parse(instant))
  })

  it.each([
    '2026-11-29',
    '2026-11-29T20:10',
    '2026-11-29T20:10:00',
    '2026-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-11-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-29T24:00:00Z',
    '2026-11-29T20:60Z',
    '2026-11-29T20:10:00+24:00',
    '2026-11-29 20:10:00Z',
    '1795950600000',
    '',
    1795950600000,
  ])('%s is none', (given) => {
    expect(instantSchema.safeParse(given).success).toBe(false)
    expect(parseInstant(String(given))).toBeNaN()
  })
})

describe('an id', () => {
  it('is in lower case, however it was written', () => {
    expect(uuidSchema.parse('9F3A0c1d-1111-4111-8111-AbCdEf012345')).toBe('9f3a0c1d-1111-4111-8111-abcdef012345')
    expect(uuidSchema.safeParse('9f3a').success).toBe(false)
  })
})

describe('a number in a query', () => {
  it.each([
    ['37.5', 37.5],
    [' -7 ', -7],
    ['0', 0],
  ])('%j is %d', (text, number) => {
    expect(latIn.parse(text)).toBe(number)
  })

  it.each(['', ' ', '0x25', '1e1', '37,5', '٣', 'NaN', 'Infinity', '90.1', '--1', '1.'])('%j is none', (text) => {
    expect(latIn.safeParse(text).success).toBe(false)
  })

  it('says what it is and between which bounds', () => {
    expect(z.toJSONSchema(latIn, { io: 'input' })).toMatchObject({ type: 'number', minimum: -90, maximum: 90 })
    expect(z.toJSONSchema(numberIn(z.number().int().min(1).max(3)), { io: 'input' })).toMatchObject({
      type: 'integer',
      minimum: 1,
      maximum: 3,
    })
  })
})
