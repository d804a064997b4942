import { describe, expect, it } from 'vitest'
import { makeWay, type Way } from '../../dev/motion.ts'
import { randomFrom } from '../../dev/random.ts'
import { makeJog, makePair, makeWalk } from '../../dev/tracks.ts'
import { addNoise, shiftTrack } from '../../dev/track-changes.ts'
import { areCopies, type Track } from '../../src/measuring/measure-track.ts'
import { unpackTrace } from '../../src/measuring/residuals.ts'
import { COPIES, cut, daily } from '../bench/accuracy-copies.ts'
import { parkWalk, receive } from '../bench/accuracy-tracks.ts'
import { present } from '../bench/accuracy.ts'
import { measure } from '../support/tracks.ts'

const DAY_MS = 86_400_000
const residualsOf = (track: Track) => measure(track, track.time_ms.at(-1)! + 60_000).residuals
const later = (track: Track) => shiftTrack(track, { time_ms: DAY_MS })
/** As good as phones are. */
const GOOD = { sampling: '1s', whiteM: 0.5, biasM: 1.5, spike: 0, dropouts: 0 } as const
/** Twelve rounds. */
const ROUNDS = wayAlong(
  Array.from({ length: 12 * 50 }, (_, k): [number, number] => {
    const metres = (k % 50) * 8
    const isBack = metres >= 200
    const at = metres % 200
    const angle = (Math.max(0, at - 85) / 115) * Math.PI - Math.PI / 2
    const [x, y] = at <= 85 ? [at, -36.6] : [85 + 36.6 * Math.cos(angle), 36.6 * Math.sin(angle)]
    return isBack ? [85 - x, -y] : [x, y]
  }),
)

function wayAlong(places: readonly [number, number][]): Way {
  const along = [0]
  for (let k = 1; k < places.length; k++)
    along.push(along[k - 1]! + Math.hypot(places[k]![0] - places[k - 1]![0], places[k]![1] - places[k - 1]![1]))
  return { x: places.map(([x]) => x), y: places.map(([, y]) => y), along, turn: places.map(() => 0) }
}

function copiesAmong(tracks: readonly Track[]): number {
  const residuals = tracks.map(residualsOf)
  return residuals.flatMap((a, k) => residuals.slice(k + 1).filter((b) => areCopies(a, b))).length
}

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

describe('a recording of two hours at a fix a second', () => {
  const long = Array.from(
    { length: 6 },
    (_, k) => makeWalk(k + 300, { is_hard: false, length_m: 6_000, pace_mps: 0.9, phone: { sampling: '1s' } }).track,
  )

  it.each([
    ['later', DAY_MS],
    ['at the same time', 0],
  ])('is found without its first or its last part, %s', (_, time_ms) => {
    for (const track of long) {
      expect(track.time_ms.length).toBeGreaterThan(4_096)
      for (const [from, to] of [
        [0.2, 1],
        [0, 0.8],
        [0.1, 0.9],
      ] as const)
        expect(areCopies(residualsOf(track), residualsOf(shiftTrack(cut(track, from, to), { time_ms })))).toBe(true)
    }
  })
})

describe('no copies are', () => {
  it.each([1, 5])('even runs on a track of 400 m, a fix every %d s', (seconds) => {
    const runs = Array.from({ length: 8 }, (_, k) =>
      shiftTrack(
        makeJog(k + 81_000, {
          way: ROUNDS,
          origin: { lat: 37.5, lng: 127 },
          pace_mps: 2.8,
          phone: { ...GOOD, sampling: `${seconds as 1 | 5}s` },
        }).track,
        {
          time_ms: k * DAY_MS,
        },
      ),
    )
    expect(copiesAmong(runs)).toBe(0)
  })

  it('walks about the same park', () => {
    const walks = Array.from({ length: 6 }, (_, k) => {
      const random = randomFrom(k + 400)
      return shiftTrack(receive(random, parkWalk(random, 25, 0.9, 40, true), { every: 1, white_m: 0.4, drift_m: 2 }), {
        time_ms: k * DAY_MS,
      })
    })
    expect(copiesAmong(walks)).toBe(0)
  })

  it('even runs of the same way with the best of receivers', () => {
    for (const seed of [7_001, 7_002, 7_003]) {
      const way = makeWay(randomFrom(seed), 1_200, [35, 160], 2)
      const runs = Array.from({ length: 8 }, (_, k) =>
        shiftTrack(makeJog(100 * seed + k, { way, origin: { lat: 37.5, lng: 127 }, pace_mps: 2.8, phone: GOOD }).track, {
          time_ms: k * DAY_MS,
        }),
      )
      expect(copiesAmong(runs)).toBe(0)
    }
  })

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

  it('gives its places back to a decimetre', () => {
    const short = makeWalk(3, { is_hard: false, length_m: 1_500, phone: { sampling: '5s' } }).track
    const { time, lat, lng } = unpackTrace(residualsOf(short).trace)
    expect(Math.round(short.time_ms[0]! / 100)).toBe(time[0])
    expect(Math.round(short.lat[0]! * 1e6)).toBe(lat[0])
    expect(Math.round(short.lng[0]! * 1e6)).toBe(lng[0])
  })

  it('is small also of twelve hours at a fix a second', () => {
    const long = residualsOf(makeWalk(5, { is_hard: false, length_m: 45_000, pace_mps: 1.4, phone: { sampling: '1s' } }).track)
    expect(unpackTrace(long.trace).count).toBeLessThanOrEqual(4_096)
    expect(long.trace.byteLength).toBeLessThan(20_000)
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
