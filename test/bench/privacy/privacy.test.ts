import { describe, expect, it } from 'vitest'
import { type AttackedHome, attackHome, CARD, CIRCLE, WITH_DISTANCE } from './attack.ts'
import { randomFrom, type XY } from './geometry.ts'
import { makeOwner } from './owner.ts'
import { cellOf, mayBeOpened, openedLine, outsideOfSquare, squareOf } from './rules.ts'

const HOMES = 16
/** Twice what would be a surprise: whether the rule holds is for the whole bench to say (`npm run bench -- --only=privacy`). */
const GROSS = 0.35

describe('attackers who look for homes', () => {
  it('find those of the rules before, and not those of the rules now', async () => {
    const homes: AttackedHome[] = []
    for (let i = 0; i < HOMES; i++) homes.push(await attackHome(1_000 + i, 'city', { isQuick: true }))
    const within50 = (name: string) => {
      const errors = homes.flatMap(({ results }) => results.filter(({ attacker, seen }) => attacker === name && seen === 20))
      expect(errors).toHaveLength(HOMES)
      return errors.filter(({ error_m }) => error_m <= 50).length / HOMES
    }
    expect(within50(CIRCLE)).toBeGreaterThanOrEqual(0.9)
    expect(within50(CARD)).toBeGreaterThanOrEqual(0.3)
    expect(within50(WITH_DISTANCE)).toBeLessThanOrEqual(GROSS)
  }, 300_000)
})

describe('the worlds they are tried on', () => {
  it('are the same for the same seed', () => {
    const [one, again, other] = [1, 1, 2].map((seed) => makeOwner(seed, 'city', 3))
    expect(again!.walks).toEqual(one!.walks)
    expect(other!.home).not.toEqual(one!.home)
  })
})

describe('the rules as the bench knows them', () => {
  const random = randomFrom(7)
  const anywhere = (): XY => [24_000 * (random() - 0.5), 24_000 * (random() - 0.5)]

  it('no line that may be opened comes within 2 km of a usual square, and few walks known open none', () => {
    const cell = { ...cellOf([0, 0]), days: 2 }
    for (let i = 0; i < 300; i++) {
      const [a, b] = [anywhere(), anywhere()]
      const track = Array.from({ length: 50 }, (_, k): XY => [a[0] + ((b[0] - a[0]) * k) / 49, a[1] + ((b[1] - a[1]) * k) / 49])
      const isFar = track.every((point) => outsideOfSquare(point, squareOf(cell)) >= 2_000)
      expect(mayBeOpened(track, [cell], 10)).toBe(isFar)
      expect(mayBeOpened(track, [cell], 9)).toBe(false)
      expect(mayBeOpened(track, [{ ...cell, days: 1 }], 10)).toBe(true)
      for (const point of openedLine(track)) expect(Math.min(Math.hypot(point[0] - a[0], point[1] - a[1]), Math.hypot(point[0] - b[0], point[1] - b[1]))).toBeGreaterThanOrEqual(199) // prettier-ignore
    }
  })
})
