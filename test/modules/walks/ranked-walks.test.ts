import { describe, expect, it } from 'vitest'
import { fromPoints, pointAt, shiftTrack } from '../../../dev/track-changes.ts'
import type { Track } from '../../../src/measuring/measure-track.ts'
import { judgeWalk } from '../../../src/modules/walks/review/queries.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { completeMadeUp } from '../../support/measured-walks.ts'
import { addPet, completionBody, endingAt, freshTrack, startWalk, walk } from '../../support/walks.ts'

const DAY = 86_400_000
const HOUR = 3_600_000

const CLEAR = { phone: { sampling: '1s', spike: 0, dropouts: 0 } } as const
const part = (track: Track, from: number, to: number) => {
  const points = Array.from(track.time_ms, (_, i) => pointAt(track, i))
  return fromPoints(points.slice(Math.floor(from * points.length), Math.ceil(to * points.length)), track)
}

async function countsOf(userId: string) {
  const { rows } = await createTestDeps().db.execute<{ total_m: number; ranked_m: number }>(
    `SELECT (SELECT distance_m::int FROM user_totals WHERE user_id = '${userId}') AS total_m,
            coalesce((SELECT distance_m::int FROM rankings WHERE user_id = '${userId}' AND period_key = 'all' AND area_code = nation()), 0) AS ranked_m`,
  )
  return rows[0]
}

describe('a walk that is valid and not ranked', () => {
  it('counts for its owner, on no board until it is raised, and no longer once it is lowered again', async () => {
    const owner = await signUp()
    const { id, json } = await walk(owner, [await addPet(owner)])
    const { db } = createTestDeps()
    const metres = json.walk.distance_m
    expect(json).toMatchObject({ valid: true, ranked: true, walk: { is_ranked: true } })
    expect(await countsOf(owner.user.user_id)).toEqual({ total_m: metres, ranked_m: metres })
    for (const is_ranked of [false, true, false]) {
      await judgeWalk(db, id, { is_valid: true, is_ranked, reasons: [] }, new Date())
      expect((await owner.get(`/walks/${id}`)).json).toMatchObject({ is_valid: true, is_ranked })
      expect(await countsOf(owner.user.user_id)).toEqual({ total_m: metres, ranked_m: is_ranked ? metres : 0 })
    }
    expect((await owner.get('/walks')).json.items).toHaveLength(1)
  })

  it('is what comes after 60 km in a day, and after two days without rest', async () => {
    for (const [hours, km, most] of [
      [3, 21, 3],
      [5.5, 2, 8],
    ] as const) {
      const owner = await signUp()
      const pet = await addPet(owner)
      const ranked: boolean[] = []
      for (let k = 0; k < 10; k++) {
        const started_at = new Date(Date.now() - 4 * DAY + k * 6 * HOUR * (most === 3 ? 0.6 : 1))
        const made = { pet_ids: [pet], started_at, distance_m: km * 1_000, duration_sec: Math.round(hours * 1_200) }
        const whole = most === 3 ? made : { ...made, duration_sec: 2.5 * 3_600 }
        const { id } = await completeMadeUp(
          owner,
          { ...whole, id: await startWalk(owner, [pet], { started_at: started_at.toISOString() }) },
          new Date(),
        )
        ranked.push((await owner.get(`/walks/${id}`)).json.is_ranked)
      }
      expect(ranked.indexOf(false)).toBe(most === 3 ? 2 : 8)
    }
  })
})

describe('a copy of a part of a recording', () => {
  it.each([
    ['without its first fifth', (track: Track) => part(track, 0.2, 1)],
    ['without its last fifth', (track: Track) => part(track, 0, 0.8)],
    ['moved by 5 m', (track: Track) => shiftTrack(track, { east_m: 5 })],
  ])('%s is refused, and takes back what it earned', async (_, disguise) => {
    const [owner, thief] = await Promise.all([signUp(), signUp()])
    const original = freshTrack({ agoMs: 3 * DAY, length_m: 2_000, ...CLEAR })
    expect((await walk(owner, [await addPet(owner)], { track: original })).json.ranked).toBe(true)
    const { id, json } = await walk(thief, [await addPet(thief)], { track: endingAt(disguise(original), Date.now() - 60_000) })
    expect(json).toMatchObject({ valid: false, ranked: false, badges_earned: [], reasons: [{ code: 'gps_spoofing', rule: 'replay' }] })
    expect(await countsOf(thief.user.user_id)).toEqual({ total_m: 0, ranked_m: 0 })
    expect((await thief.get(`/walks/${id}`)).json).toMatchObject({ is_valid: false, badges: [] })
    expect((await thief.get('/notifications')).json.items).toEqual([])
  })

  it.each([
    ['for the same time', 0],
    ['dated three days earlier', 3 * DAY],
  ])('that was uploaded before its original, %s, leaves the original alone, and is no longer ranked', async (_, earlierMs) => {
    const [owner, thief] = await Promise.all([signUp(), signUp()])
    const original = freshTrack({ length_m: 2_000, ...CLEAR })
    const every = 3
    const seen = fromPoints(
      Array.from(original.time_ms, (_, i) => pointAt(original, i)).filter((_, i) => i % every === 0),
      { ...original, accuracy_m: null },
    )
    const stolen = await walk(thief, [await addPet(thief)], { track: shiftTrack(seen, { time_ms: -earlierMs }) })
    expect(stolen.json.valid).toBe(true)
    expect((await walk(owner, [await addPet(owner)], { track: original })).json).toMatchObject({ valid: true, ranked: true })
    expect((await thief.get(`/walks/${stolen.id}`)).json).toMatchObject({ is_valid: true, is_ranked: false })
  })
})

describe('what a phone sends', () => {
  it('may be null or negative anywhere, and tells more with speeds, steps and activities', async () => {
    const owner = await signUp()
    const track = freshTrack({ length_m: 2_000, ...CLEAR })
    const body = completionBody(track, { calories: null, distance_m: -1, duration_sec: null })
    const coordinates = body.route_geojson.coordinates.map((position, i) =>
      i === 3 ? [...position, null] : i === 4 ? [null, null] : position,
    )
    const first = body.coord_times[0]!
    const id = await startWalk(owner, [await addPet(owner)], { started_at: new Date(first).toISOString() })
    const { json, status } = await owner.post(`/walks/${id}/complete`, {
      ...body,
      route_geojson: { type: 'LineString', coordinates },
      speeds: body.coord_times.map((_, i) => (i % 7 === 0 ? -1 : i % 5 === 0 ? null : 1.2)),
      steps: [[first, 0], null, [null, 5], [first + 600_000, null], [new Date(first + 60_000).toISOString(), 90]],
      activities: [[first, 'walking'], [first + 1_000, null], [first + 2_000, 'tilting'], null],
    })
    expect(status).toBe(200)
    expect(json).toMatchObject({ valid: true, ranked: true })
  })

  it('that no phone records is asked for again, before anything is final', async () => {
    const owner = await signUp()
    const track = freshTrack()
    const id = await startWalk(owner, [await addPet(owner)])
    const whole = completionBody(track)
    const { coordinates } = whole.route_geojson
    const route = (of: number[][]) => ({ route_geojson: { type: 'LineString', coordinates: of } })
    for (const [impossibility, wrong] of [
      ['times_in_seconds', { coord_times: whole.coord_times.map((at) => Math.round(at / 1_000)) }],
      ['axes_swapped', route(coordinates.map(([lng, lat]) => [lat!, lng!]))],
      ['precision_too_low', route(coordinates.map(([lng, lat]) => [10 * lng!, 10 * lat!]))],
      ['precision_too_high', route(coordinates.map(([lng, lat]) => [lng! / 10, lat! / 10]))],
    ] as const)
      expect(await owner.post(`/walks/${id}/complete`, { ...whole, ...wrong })).toMatchObject({
        status: 422,
        json: { code: 'recording_impossible', impossibility, detail: expect.stringMatching(/[가-힣]/) },
      })
    expect((await owner.get('/walks/active')).json.id).toBe(id)
    expect((await owner.post(`/walks/${id}/complete`, whole)).json.valid).toBe(true)
  })

  it('from before the walk began is no part of it', async () => {
    const owner = await signUp()
    const track = freshTrack({ length_m: 3_000, ...CLEAR })
    const third = track.time_ms[Math.floor(track.time_ms.length / 3)]!
    const id = await startWalk(owner, [await addPet(owner)], { started_at: new Date(third).toISOString() })
    const { json } = await owner.post(`/walks/${id}/complete`, completionBody(track))
    expect(json.valid).toBe(true)
    expect(Math.abs(Date.parse(json.walk.started_at) - third)).toBeLessThanOrEqual(61_000)
  })
})
