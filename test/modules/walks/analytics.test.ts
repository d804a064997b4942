import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { distanceM } from '../../../src/core/geo.ts'
import type { Piece, Track } from '../../../src/measuring/measure-track.ts'
import { countSteps, elevationAlong, measureWay, paceStretches } from '../../../src/modules/walks/analytics/rules.ts'
import { decodeRoute } from '../../../src/modules/walks/showing/presentation.ts'
import { type Api, createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { givePremium } from '../../support/walkers.ts'
import { addPet, completionBody, freshTrack, startWalk, walk } from '../../support/walks.ts'

const { db } = createTestDeps()
const noBucket = { get: () => Promise.reject(new Error('R2 is down')) } as unknown as R2Bucket

/** The body with heights as well, as phones send it that have them. */
function withHeights({ lng, lat, altitude_m }: Track) {
  const coordinates = Array.from(lng, (x, i) => [x, lat[i]!, altitude_m![i]!])
  return { route_geojson: { type: 'LineString', coordinates } }
}

/** A walk whose phone knew how high it was. */
async function walkWithHeights(owner: Api, pet: string, track = freshTrack()) {
  return walk(owner, [pet], { track, more: withHeights(track) })
}

async function premiumWalker() {
  const owner = await signUp()
  await givePremium(owner)
  return { owner, pet: await addPet(owner) }
}

/** Northwards, a point each so many metres, at such times in seconds. */
function way(metres: readonly number[], seconds: readonly number[], piece_starts = [0]) {
  return {
    lng: new Float64Array(metres.length).fill(127),
    lat: Float64Array.from(metres, (m) => 37 + m / 111_195.08),
    time_ms: Float64Array.from(seconds, (s) => s * 1_000),
    piece_starts,
  }
}

describe('paces along the way', () => {
  it('joins stretches of one pace, and draws each of them', () => {
    // 100 m in 100 s, in 100 s, in 50 s, in 200 s: on average 3.2 km/h.
    const measured = measureWay(way([0, 100, 200, 300, 400], [0, 100, 200, 250, 450]), 400)
    const stretches = paceStretches(measured, 3.2)
    expect(stretches.map(({ from_m, to_m, pace }) => [from_m, to_m, pace])).toEqual([
      [0, 200, 'normal'],
      [200, 300, 'fast'],
      [300, 400, 'slow'],
    ])
    expect(stretches.map(({ polyline }) => decodeRoute(polyline!).length)).toEqual([3, 2, 2])
    expect(decodeRoute(stretches[1]!.polyline!)[0]).toEqual(decodeRoute(stretches[0]!.polyline!).at(-1))
  })

  it('breaks where the recording does, and is as long as what was measured', () => {
    const measured = measureWay(way([0, 100, 500, 600], [0, 100, 900, 1_000], [0, 2]), 220)
    expect(paceStretches(measured, 3.6).map(({ from_m, to_m }) => [from_m, to_m])).toEqual([
      [0, 110],
      [110, 220],
    ])
  })

  it('tells no pace of a few metres', () => {
    const metres = Array.from({ length: 41 }, (_, i) => i * 10)
    const seconds = metres.map((m, i) => m + (i % 2) * 5)
    expect(paceStretches(measureWay(way(metres, seconds), 400), 3.6).map(({ pace }) => pace)).toEqual(['normal'])
  })
})

describe('heights along the way', () => {
  const piece = (seconds: readonly number[], altitudes: readonly number[]): Piece => ({
    lat: new Float64Array(seconds.length),
    lng: new Float64Array(seconds.length),
    time_ms: Float64Array.from(seconds, (s) => s * 1_000),
    altitude_m: Float64Array.from(altitudes),
  })

  it('are the means of stretches of 50 m, without those in a break', () => {
    const measured = measureWay(way([0, 100, 500, 600], [0, 100, 900, 1_000], [0, 2]), 200)
    const fixes = piece([0, 20, 60, 70, 500, 950, 990], [10, 12, 20, Number.NaN, 900, 40, 50])
    expect(elevationAlong(measured, [fixes])).toEqual([
      { from_m: 0, elevation_m: 11 },
      { from_m: 50, elevation_m: 20 },
      { from_m: 150, elevation_m: 45 },
    ])
  })

  it('are a hundred at most, and null where there are none', () => {
    const measured = measureWay(way([0, 12_000], [0, 12_000]), 12_000)
    const seconds = Array.from({ length: 1_201 }, (_, i) => i * 10)
    expect(elevationAlong(measured, [piece(seconds, seconds)])).toHaveLength(100)
    expect(
      elevationAlong(measured, [
        piece(
          seconds,
          seconds.map(() => Number.NaN),
        ),
      ]),
    ).toBeNull()
    expect(elevationAlong(measured, [])).toBeNull()
  })
})

describe('steps', () => {
  const walked = { from_ms: 1_000_000, to_ms: 2_000_000 }
  it.each([
    ['nothing counted', null, null],
    [
      'too little counted',
      [
        [1_000_000, 0],
        [1_400_000, 900],
      ],
      null,
    ],
    [
      'all counted',
      [
        [1_000_000, 5_000],
        [2_000_000, 6_200],
      ],
      1_200,
    ],
    [
      'out of order, with a counter that began again',
      [
        [1_500_000, 5_600],
        [1_000_000, 5_000],
        [1_600_000, 10],
        [2_000_000, 400],
      ],
      990,
    ],
    [
      'before and after the walk',
      [
        [0, 0],
        [1_000_000, 5_000],
        [1_990_000, 6_000],
        [9_000_000, 20_000],
      ],
      1_000,
    ],
    [
      'none at all',
      [
        [1_000_000, 7],
        [2_000_000, 7],
      ],
      null,
    ],
  ] as const)('%s', (_, reports, steps) => {
    expect(countSteps(reports, walked)).toBe(steps)
  })
})

describe('GET /walks/{id}/analytics', () => {
  it('says of a whole walk how fast, how high and in how many steps', async () => {
    const { owner, pet } = await premiumWalker()
    const { id, json: completion, track } = await walkWithHeights(owner, pet, freshTrack({ length_m: 1_500 }))
    const { json } = await owner.get(`/walks/${id}/analytics`)
    const { distance_m } = completion.walk
    const colors = json.speed_colors
    expect(colors[0].from_m).toBe(0)
    expect(colors.at(-1).to_m).toBe(distance_m)
    for (let i = 1; i < colors.length; i++) expect(colors[i].from_m).toBe(colors[i - 1].to_m)
    // The pieces together are the way that is kept.
    const drawn = colors.flatMap(({ polyline }: any) => {
      const line = decodeRoute(polyline)
      return line.slice(1).map((position, i) => distanceM(line[i]!, position))
    })
    const sum = drawn.reduce((total: number, metres: number) => total + metres, 0)
    const { rows } = await db.execute<{ length_m: number }>(sql`SELECT ST_Length(line::geography) AS length_m FROM walks WHERE id = ${id}`)
    expect(Math.abs(sum / rows[0]!.length_m - 1)).toBeLessThan(0.02)
    expect(json.elevation.length).toBeGreaterThan(20)
    const heights = track.altitude_m!.filter((metres) => !Number.isNaN(metres))
    for (const { elevation_m } of json.elevation) {
      expect(elevation_m).toBeGreaterThanOrEqual(Math.floor(Math.min(...heights)))
      expect(elevation_m).toBeLessThanOrEqual(Math.ceil(Math.max(...heights)))
    }
    expect(json).toMatchObject({ steps: Math.round(distance_m / 0.722), is_estimated: true })
  })

  it('takes the steps that the phone counted', async () => {
    const { owner, pet } = await premiumWalker()
    const track = freshTrack()
    const [from, to] = [Math.min(...track.time_ms), Math.max(...track.time_ms)]
    const id = await startWalk(owner, [pet], { started_at: new Date(from).toISOString() })
    const steps = [
      [from, 100],
      [(from + to) / 2, 800],
      [to, 1_777],
    ].map(([at, count]) => [Math.round(at!), count!])
    expect((await owner.post(`/walks/${id}/complete`, completionBody(track, { steps }))).status).toBe(200)
    expect((await owner.get(`/walks/${id}/analytics`)).json).toMatchObject({ steps: 1_677, is_estimated: false })
  })

  it('lacks only the heights and counted steps while R2 is down', async () => {
    const { owner, pet } = await premiumWalker()
    const { id } = await walkWithHeights(owner, pet)
    const { json: whole } = await owner.get(`/walks/${id}/analytics`)
    const { json, status } = await owner.with({ bucket: noBucket }).get(`/walks/${id}/analytics`)
    expect(status).toBe(200)
    expect(json).toEqual({ ...whole, elevation: null })
    expect(whole.elevation).not.toBeNull()
  })

  it('reads a recording that R2 has not taken yet', async () => {
    const { owner, pet } = await premiumWalker()
    const noStore = { ...noBucket, put: () => Promise.reject(new Error('R2 is down')) } as unknown as R2Bucket
    const { id } = await walkWithHeights(owner.with({ bucket: noStore }), pet)
    expect((await owner.with({ bucket: noBucket }).get(`/walks/${id}/analytics`)).json.elevation).not.toBeNull()
  })

  it('says null of what a walk lacks', async () => {
    const { owner, pet } = await premiumWalker()
    const { id } = await walk(owner, [pet])
    await db.execute(sql`
      UPDATE walks
      SET max_speed_kmh = NULL, moving_sec = NULL, stopped_sec = NULL, ascent_m = NULL, descent_m = NULL, segments = NULL, line = NULL, track_key = NULL
      WHERE id = ${id}`)
    const { json, status } = await owner.get(`/walks/${id}/analytics`)
    expect(status).toBe(200)
    expect(json).toMatchObject({
      max_speed_kmh: null,
      moving_sec: null,
      stopped_sec: null,
      ascent_m: null,
      descent_m: null,
      is_estimated: true,
      speed_colors: [],
      elevation: null,
    })
  })
})
