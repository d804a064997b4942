import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { basesAt, baseWords, freshUntil, newestBase, nextBase, type Product } from '../../../src/modules/weather/bases.ts'
import { kst } from './examples.ts'

const words = (base: Date) => Object.values(baseWords(base)).join(' ')

describe('the newest base', () => {
  it.each([
    ['observation', '2026-10-02T14:09:59', '20261002 1300'],
    ['observation', '2026-10-02T14:10:00', '20261002 1400'],
    ['observation', '2026-01-01T00:05:00', '20251231 2300'],
    ['observation', '2026-01-01T00:10:00', '20260101 0000'],
    ['observation', '2024-03-01T00:05:00', '20240229 2300'],
    ['hours', '2026-10-02T06:44:59', '20261002 0530'],
    ['hours', '2026-10-02T06:45:00', '20261002 0630'],
    ['hours', '2026-10-02T00:44:59', '20261001 2330'],
    ['hours', '2026-10-02T00:45:00', '20261002 0030'],
    ['days', '2026-10-02T05:09:59', '20261002 0200'],
    ['days', '2026-10-02T05:10:00', '20261002 0500'],
    ['days', '2026-10-02T02:09:59', '20261001 2300'],
    ['days', '2026-01-01T00:00:00', '20251231 2300'],
    ['days', '2026-10-02T23:10:00', '20261002 2300'],
  ] as [Product, string, string][])('of %s at %s is %s', (product, now, base) => {
    expect(words(newestBase(product, kst(now)))).toBe(base)
  })

  it('has two before it, across midnight and new year', () => {
    expect(basesAt('observation', kst('2026-01-01T01:10:00')).map(words)).toEqual(['20260101 0100', '20260101 0000', '20251231 2300'])
    expect(basesAt('days', kst('2026-10-02T02:30:00')).map(words)).toEqual(['20261002 0200', '20261001 2300', '20261001 2000'])
    expect(basesAt('hours', kst('2026-10-02T00:50:00')).map(words)).toEqual(['20261002 0030', '20261001 2330', '20261001 2230'])
  })

  it('is an instant in UTC', () => {
    expect(newestBase('days', kst('2026-10-02T05:10:00')).toISOString()).toBe('2026-10-01T20:00:00.000Z')
  })
})

it.each([
  ['observation', '2026-12-31T23:10:00', '20270101 0000', '2027-01-01T00:10:00'],
  ['observation', '2026-10-02T14:09:59', '20261002 1400', '2026-10-02T14:10:00'],
  ['hours', '2026-10-02T23:45:00', '20261003 0030', '2026-10-03T00:45:00'],
  ['days', '2026-10-02T23:10:00', '20261003 0200', '2026-10-03T02:10:00'],
  ['days', '2026-10-02T01:00:00', '20261002 0200', '2026-10-02T02:10:00'],
] as [Product, string, string, string][])('after that of %s at %s comes %s, at %s', (product, now, base, availableAt) => {
  const next = nextBase(product, kst(now))
  expect([words(next.base), next.available_at]).toEqual([base, kst(availableAt)])
})

describe('a reading is fresh', () => {
  const until = (product: Product, now: string, jitterSec = 0) =>
    freshUntil(product, kst(now), { base: newestBase(product, kst(now)), jitterSec })

  it('until the next one appears, an observation with jitter but never longer than an hour', () => {
    expect(until('observation', '2026-10-02T14:30:00')).toEqual(kst('2026-10-02T15:10:00'))
    expect(until('observation', '2026-10-02T14:30:00', 120)).toEqual(kst('2026-10-02T15:12:00'))
    expect(until('observation', '2026-10-02T14:10:30', 120)).toEqual(kst('2026-10-02T15:10:30'))
    expect(until('hours', '2026-10-02T14:46:00', 120)).toEqual(kst('2026-10-02T15:45:00'))
    expect(until('days', '2026-10-02T14:46:00', 120)).toEqual(kst('2026-10-02T17:10:00'))
  })

  it('for 90 seconds where the newest base was late', () => {
    const base = kst('2026-10-02T13:00:00')
    expect(freshUntil('observation', kst('2026-10-02T14:10:00'), { base, jitterSec: 60 })).toEqual(kst('2026-10-02T14:11:30'))
  })
})

it('at any instant the newest base has appeared, the next one has not, and nothing lies between', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Product>('observation', 'hours', 'days'),
      fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
      (product, now) => {
        const delay = (product === 'hours' ? 15 : 10) * 60_000
        const bases = basesAt(product, now)
        const next = nextBase(product, now)
        expect(bases).toHaveLength(3)
        expect(bases[0]!.getTime() + delay).toBeLessThanOrEqual(now.getTime())
        expect(next.available_at.getTime()).toBeGreaterThan(now.getTime())
        const step = product === 'days' ? 3 * HOUR_MS : HOUR_MS
        const all = [next.base, ...bases].map((base) => base.getTime())
        for (const [index, base] of bases.entries()) expect(all[index]! - base.getTime()).toBe(step)
      },
    ),
  )
})
