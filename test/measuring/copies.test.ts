import { describe, expect, it } from 'vitest'
import { makePair, makeWalk } from '../../dev/tracks.ts'
import { addNoise, shiftTrack } from '../../dev/track-changes.ts'
import { areCopies, type Track } from '../../src/measuring/measure-track.ts'
import { unpackTrace } from '../../src/measuring/residuals.ts'
import { COPIES, daily } from '../bench/accuracy-copies.ts'
import { present } from '../bench/accuracy.ts'
import { measure } from '../support/tracks.ts'

const DAY_MS = 86_400_000
const residualsOf = (track: Track) => measure(track, track.time_ms.at(-1)! + 60_000).residuals
const later = (track: Track) => shiftTrack(track, { time_ms: DAY_MS })
const originals = Array.from(
  { length: 20 },
  (_, k) => makeWalk(k + 1, { is_hard: false, length_m: 2_500, phone: { whiteM: 0.5, biasM: 2, spike: 0 } }).track,
)

describe('a copy is found', () => {
  it.each(COPIES)('%s: at most %d %% pass', (_, most, make) => {
    const passed = originals.filter((track, k) => !areCopies(residualsOf(track), residualsOf(later(make(track, k + 1)))))
    expect((100 * passed.length) / originals.length).toBeLessThanOrEqual(most)
  })

  it('at the same time as well, whichever of both is compared with the other', () => {
    const found = originals.filter((track, k) => {
      const copy = addNoise(track, k + 1, { white_m: 0.3 })
      const isFound = areCopies(residualsOf(track), residualsOf(copy))
      expect(areCopies(residualsOf(copy), residualsOf(track))).toBe(isFound)
      return isFound
    })
    expect(found.length).toBeGreaterThanOrEqual(0.95 * originals.length)
  })
})

describe('no copies are', () => {
  it('two owners side by side', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const [a, b] = makePair(seed)
      expect(areCopies(residualsOf(a.track), residualsOf(b.track))).toBe(false)
    }
  })

  it('walks of the same round on other days', () => {
    expect(daily(present, 8, 8).figures[0]?.value).toBe(0)
  })

  it('walks elsewhere, or too short to tell', () => {
    expect(areCopies(residualsOf(originals[0]!), residualsOf(shiftTrack(originals[0]!, { east_m: 900, time_ms: DAY_MS })))).toBe(false)
    const short = residualsOf({ ...originals[0]!, time_ms: originals[0]!.time_ms.fill(NaN, 5) })
    expect(areCopies(short, short)).toBe(false)
  })
})

describe('what is kept of a walk', () => {
  const { track } = makeWalk(3, { is_hard: false, length_m: 6_000, phone: { sampling: '1s' } })
  const kept = residualsOf(track)

  it('is small and gives its places back to a decimetre', () => {
    const { count, time, lat, lng } = unpackTrace(kept.trace)
    expect(count).toBeLessThanOrEqual(1_024)
    expect(kept.trace.byteLength).toBeLessThan(12_000)
    expect(Math.round(track.time_ms[0]! / 100)).toBe(time[0])
    expect(Math.round(track.lat[0]! * 1e6)).toBe(lat[0])
    expect(Math.round(track.lng[0]! * 1e6)).toBe(lng[0])
  })

  it('shares most squares with a copy moved by 10 m', () => {
    const moved = new Set(residualsOf(shiftTrack(track, { east_m: 6, north_m: 8 })).cells)
    expect(kept.cells.filter((cell) => moved.has(cell)).length).toBeGreaterThan(0.7 * kept.cells.length)
    expect(kept.cells.every((cell) => cell === (cell | 0))).toBe(true)
  })

  it('tells the richer recording from one without accuracies', () => {
    expect(kept.richness).toBeGreaterThan(residualsOf({ ...track, accuracy_m: null }).richness)
  })
})
