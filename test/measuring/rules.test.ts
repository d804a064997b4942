import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../dev/random.ts'
import { addNoise, fromPoints, joinTracks, mapTrack, mockTrack, pointAt } from '../../dev/track-changes.ts'
import { MADE_AT_MS, makeTrack, makeWalk, NOW_MS } from '../../dev/tracks.ts'
import type { Measurement } from '../../src/measuring/measure-track.ts'
import { drawTrack, measure, refusals, stepsEast } from '../support/tracks.ts'

/** What is said of stretches and points. Steps drawn by hand are as even as a program's, which costs such a track its rank. */
const notesOf = ({ reasons }: Measurement) => reasons.filter(({ effect }) => effect === 'excluded' || effect === 'noted')

/** 20 minutes at 4.3 km/h: 1,440 m. */
const calm = stepsEast(1_200, 1.2)

describe('what counts as distance', () => {
  it('keeps the distance of a calm walk whose single steps are all under 5 m', () => {
    const measured = measure(drawTrack(calm))
    expect(measured.distance_m).toBeGreaterThan(1_400)
    expect(measured.distance_m).toBeLessThan(1_480)
    expect(measured.moving_sec).toBeGreaterThan(1_150)
  })

  // Not reached: 4.3 %. What changes directions alone is mostly taken for bends, and noise is taken for as large on both axes.
  it.fails('keeps it when the noise lies all on one side of the compass', () => {
    const random = randomFrom(1)
    const points = stepsEast(1_000, 1.2).map(([east, , second]) => [east, random.between(-4.5, 4.5), second] as const)
    const length = points.at(-1)![0]
    expect(Math.abs(measure(drawTrack(points)).distance_m / length - 1)).toBeLessThan(0.035)
  })

  it('adds nothing for standing still between two walks', () => {
    const first = stepsEast(600, 1.2)
    const place = first.at(-1)!
    const rest = Array.from({ length: 900 }, (_, k): [number, number, number] => [
      place[0] + 3 * Math.sin(k * 7.3),
      3 * Math.sin(k * 3.1),
      601 + k,
    ])
    const second = stepsEast(600, 1.2, { east: place[0], second: 1_501 })
    const walked = measure(drawTrack([...first, ...second.map(([east, north, at]): [number, number, number] => [east, north, at - 900])]))
    const rested = measure(drawTrack([...first, ...rest, ...second]))
    expect(Math.abs(rested.distance_m - walked.distance_m)).toBeLessThan(15)
    expect(rested.stopped_sec).toBeGreaterThan(850)
    expect(rested.duration_sec).toBeGreaterThan(2_050)
  })

  it('drops a single fix that leaps out and back', () => {
    const leaping = calm.map(([east, north, second], k): [number, number, number] =>
      k % 200 === 100 ? [east, north + 180, second] : [east, north, second],
    )
    const measured = measure(drawTrack(leaping))
    expect(measured.distance_m).toBeCloseTo(measure(drawTrack(calm)).distance_m, -1.3)
    expect(notesOf(measured)).toEqual([expect.objectContaining({ code: 'glitch', effect: 'excluded', count: 6 })])
  })
})

describe('a hole', () => {
  const before = stepsEast(600, 1.2)
  const east = before.at(-1)![0]

  it('that could be walked counts its distance and its time', () => {
    const measured = measure(drawTrack([...before, ...stepsEast(600, 1.2, { east: east + 200, second: 800 })]))
    expect(measured.distance_m).toBeGreaterThan(1_600)
    expect(measured.duration_sec).toBeCloseTo(1_400, -1.3)
    // 200 m in 200 s were hardly stood.
    expect(measured.moving_sec).toBeGreaterThan(1_300)
    expect(measured.line.piece_starts).toHaveLength(1)
  })

  it('of ten minutes counts both as well, since phones that sleep record like this', () => {
    const measured = measure(drawTrack([...before, ...stepsEast(600, 1.2, { east: east + 200, second: 1_200 })]))
    expect(measured.distance_m).toBeGreaterThan(1_600)
    expect(measured.duration_sec).toBeCloseTo(1_800, -1.3)
    expect(measured.stopped_sec).toBeGreaterThan(350)
    expect(notesOf(measured)).toEqual([expect.objectContaining({ code: 'gap', duration_sec: 600, from_index: 600, to_index: 601 })])
  })

  it('too long or too fast to have been walked counts nothing', () => {
    const far = measure(drawTrack([...before, ...stepsEast(600, 1.2, { east: east + 520, second: 1_200 })]))
    const fast = measure(drawTrack([...before, ...stepsEast(600, 1.2, { east: east + 300, second: 690 })]))
    for (const measured of [far, fast]) {
      expect(measured.distance_m).toBeLessThan(1_480)
      expect(measured.line.piece_starts).toHaveLength(2)
      expect(measured.valid).toBe(true)
    }
  })
})

describe('a leap of 500 m or more', () => {
  const leaps = (count: number) =>
    drawTrack(Array.from({ length: count + 1 }, (_, k) => stepsEast(400, 1.2, { east: 2_000 * k, north: 900 * k, second: 401 * k })).flat())

  it('once re-anchors the track and counts nothing itself', () => {
    const measured = measure(leaps(1))
    expect(measured.valid).toBe(true)
    expect(measured.distance_m).toBeLessThan(1_000)
    expect(notesOf(measured)).toEqual([expect.objectContaining({ code: 'teleport', effect: 'excluded', from_index: 400, to_index: 401 })])
  })

  it('twice is refused', () => {
    expect(refusals(measure(leaps(2)))).toEqual(['gps_spoofing:teleports'])
  })
})

describe('driving', () => {
  const drive = (seconds: number, speedMps: number, from: { east: number; second: number }) => stepsEast(seconds, speedMps, from)
  const walkAfter = (points: readonly [number, number, number][], seconds: number, waitSec: number) => {
    const [east, , second] = points.at(-1)!
    return stepsEast(seconds, 1.2, { east, second: second + waitSec })
  }

  it('to the park and home again leaves the walk between', () => {
    const there = drive(300, 9, { east: 0, second: 0 })
    const walked = walkAfter(there, 1_000, 30)
    const [east, , second] = walked.at(-1)!
    const home = drive(300, 9, { east, second: second + 30 })
    const measured = measure(drawTrack([...there, ...walked, ...home]))
    expect(measured.valid).toBe(true)
    expect(measured.distance_m).toBeGreaterThan(1_100)
    expect(measured.distance_m).toBeLessThan(1_300)
    expect(measured.duration_sec).toBeLessThan(1_150)
    expect(notesOf(measured).map(({ code }) => code)).toEqual(['vehicle', 'vehicle'])
  })

  it('is refused as too fast when less than 500 m on foot is left', () => {
    const there = drive(600, 9, { east: 0, second: 0 })
    const measured = measure(drawTrack([...there, ...walkAfter(there, 240, 30)]))
    expect(refusals(measured)).toEqual(['speed_too_high'])
    expect(measured.reasons[0]?.speed_kmh).toBeGreaterThan(30)
  })

  it('with stops of less than three minutes is one ride', () => {
    const points: [number, number, number][] = []
    for (let k = 0; k < 8; k++) {
      const [east, , second] = points.at(-1) ?? [0, 0, -150]
      points.push(...drive(40, 10, { east, second: second + 150 }))
    }
    const measured = measure(drawTrack(points))
    expect(refusals(measured)).toEqual(['speed_too_high'])
    expect(measured.duration_sec).toBe(0)
  })

  it('does not count a run at 11 km/h', () => {
    const measured = measure(drawTrack(stepsEast(1_500, 11 / 3.6)))
    expect(measured.valid).toBe(true)
    expect(measured.reasons).toEqual([])
  })
})

describe('what is refused', () => {
  it('less than 500 m', () => {
    const measured = measure(drawTrack(stepsEast(300, 1.2)))
    expect(refusals(measured)).toEqual(['minimum_distance'])
    expect(measured.distance_m).toBeGreaterThan(330)
  })

  it('no route, or fewer than ten usable points', () => {
    expect(refusals(measure(drawTrack([])))).toEqual(['route_missing'])
    expect(refusals(measure(drawTrack(stepsEast(720, 1.2, { every: 90 }))))).toEqual(['route_missing'])
  })

  it('more than a tenth of mocked fixes', () => {
    const { track } = makeWalk(3)
    expect(refusals(measure(mockTrack(track, 0.12)))).toEqual(['gps_spoofing:mock'])
    expect(refusals(measure(mockTrack(track, 0.08)))).toEqual([])
  })

  it('a speed too even for a body', () => {
    const even = Array.from({ length: 700 }, (_, k): [number, number, number] => [1.3 * k, 0, k])
    expect(measure(drawTrack(even)).ranked).toBe(false)
    expect(refusals(measure(drawTrack(even)))).toEqual(['gps_spoofing:too_even'])
  })

  it('but not a fix every 30 or 40 s, as regular as a clock: phones are asked for that', () => {
    for (const every of [30, 40]) {
      const measured = measure(addNoise(drawTrack(stepsEast(2_400, 1.2, { every })), 1, { white_m: 4 }))
      expect(refusals(measured)).toEqual([])
      expect(Math.abs(measured.distance_m / 2_880 - 1)).toBeLessThan(0.08)
    }
  })
})

describe('points that cannot be fixes', () => {
  it('are dropped and counted by kind', () => {
    const track = drawTrack(calm)
    const accuracy = Float64Array.from(track.time_ms, (_, i) => (i % 100 === 0 ? 51 : 8))
    const spoilt = mapTrack({ ...track, accuracy_m: accuracy }, (point, i) => {
      if (i === 7) return { ...point, lat: 91 }
      if (i === 8) return { ...point, lng: NaN }
      if (i === 9) return { ...point, time_ms: NOW_MS + 121_000 }
      if (i === 10) return { ...point, time_ms: NOW_MS - 32 * 86_400_000 }
      return point
    })
    const measured = measure(spoilt)
    expect(measured.valid).toBe(true)
    expect(measured.usable_point_count).toBe(calm.length - 4 - 13)
    expect(notesOf(measured).map(({ code, count }) => [code, count])).toEqual([
      ['dropped_points', 2],
      ['dropped_points', 2],
      ['dropped_points', 13],
    ])
  })

  it('after twelve hours end the walk by themselves', () => {
    const { track } = makeWalk(5, { length_m: 1_500 })
    const next = mapTrack(track, (point) => ({ ...point, time_ms: point.time_ms + 12.5 * 3_600_000 }))
    const measured = measure(joinTracks(track, next), NOW_MS)
    expect(measured.auto_ended).toBe(true)
    expect(measured.ended_at_ms).toBe(track.time_ms.at(-1))
    expect(measured.distance_m).toBe(measure(track).distance_m)
  })
})

describe('the figures', () => {
  const { track } = makeWalk(12, { length_m: 2_300, is_hard: false })
  const measured = measure(track)

  it('fit together', () => {
    expect(measured.duration_sec).toBe(measured.moving_sec + measured.stopped_sec)
    expect(measured.avg_speed_kmh).toBeCloseTo((3.6 * measured.distance_m) / measured.duration_sec, 1)
    expect(measured.max_speed_kmh).toBeGreaterThanOrEqual(measured.avg_speed_kmh)
    expect(measured.line.distance_m.at(-1)).toBeCloseTo(measured.distance_m, 0)
    expect(measured.started_at_ms).toBe(track.time_ms[0])
    expect(measured.route.length).toBeLessThanOrEqual(500)
  })

  it('split the walk into pieces of 500 m that add up', () => {
    const { segments } = measured
    expect(segments.map(({ from_m }) => from_m)).toEqual(segments.map((_, k) => 500 * k))
    expect(segments.at(-1)?.to_m).toBe(Math.round(measured.distance_m))
    const seconds = segments.reduce((sum, { duration_sec }) => sum + duration_sec, 0)
    expect(Math.abs(seconds - measured.duration_sec)).toBeLessThanOrEqual(segments.length)
  })

  it('show at most 500 positions of a long walk', () => {
    const long = measure(makeWalk(8, { length_m: 30_000, phone: { sampling: '1s', whiteM: 1, biasM: 1 } }).track)
    expect(long.line.fix.length).toBeGreaterThan(500)
    expect(long.route.length).toBeLessThanOrEqual(500)
    expect(long.route.length).toBeGreaterThan(100)
  })

  it('climb what was climbed, whatever the noise of the altitude', () => {
    const hill = (noise: (k: number) => number) => ({
      ...drawTrack(calm),
      altitude_m: Float64Array.from(calm, (_, k) => 20 + (k < 600 ? k / 10 : 60) + noise(k)),
    })
    const flat = (noise: (k: number) => number) => ({ ...drawTrack(calm), altitude_m: Float64Array.from(calm, (_, k) => 20 + noise(k)) })
    const rough = (k: number) => 6 * Math.sin(k * 12.9898) * Math.cos(k * 4.1414)
    for (const noise of [() => 0, rough]) {
      expect(measure(hill(noise)).ascent_m).toBeGreaterThan(50)
      expect(measure(hill(noise)).ascent_m).toBeLessThan(66)
      expect(measure(flat(noise)).ascent_m).toBe(0)
    }
    expect(measure(drawTrack(calm))).toMatchObject({ ascent_m: null, descent_m: null })
    expect(measure({ ...drawTrack(calm), altitude_m: Float64Array.from(calm, () => NaN) })).toMatchObject({ ascent_m: null })
  })
})

describe('reasons', () => {
  it('say where and when, in the order the points were sent', () => {
    const there = stepsEast(300, 9)
    const [east, , second] = there.at(-1)!
    const track = drawTrack([...there, ...stepsEast(900, 1.2, { east, second: second + 40 })])
    const reversed = fromPoints(Array.from(track.time_ms, (_, i) => pointAt(track, i)).toReversed(), track)
    const [reason] = notesOf(measure(reversed))
    expect(reason).toMatchObject({ code: 'vehicle', effect: 'excluded', from_index: track.time_ms.length - 1 })
    expect(reason?.from_at).toBe(new Date(MADE_AT_MS).toISOString())
    expect(reason?.from?.[0]).toBeCloseTo(127, 4)
    expect(reason?.detail).toMatch(/[가-힣]/)
  })

  it('stay few for a track that is nothing but trouble', () => {
    const points = Array.from({ length: 20_000 }, (_, k) => [
      37 + (k % 7) * 0.01 * (k % 3),
      127 + (k % 5) * 0.02,
      MADE_AT_MS + k * (k % 11 === 0 ? 2 : 1),
    ])
    const gaps = Array.from({ length: 300 }, (_, k) => [37, 127 + k * 1e-4, MADE_AT_MS + 100_000 + k * 90_000])
    for (const rows of [points, gaps]) {
      const track = makeTrack(
        rows.map((row) => row[0]!),
        rows.map((row) => row[1]!),
        rows.map((row) => row[2]!),
      )
      expect(measure(track).reasons.length).toBeLessThanOrEqual(50)
    }
  })
})
