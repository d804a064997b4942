import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { shiftTrack } from '../../../dev/track-changes.ts'
import { DOOR, trackFrom } from '../../support/facts.ts'
import { givePlaceAt } from '../../support/courses.ts'
import { signUp } from '../../support/login.ts'
import { addPet, walk } from '../../support/walks.ts'

const { db } = createTestDeps()
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)

async function walker() {
  const owner = await signUp()
  const pet = await addPet(owner, { name: '보리' })
  return { owner, pet, go: (track: ReturnType<typeof trackFrom>) => walk(owner, [pet], { track }) }
}

describe('GET /walks/last-way', () => {
  it('is the newest valid walk that was recorded', async () => {
    const { owner, pet, go } = await walker()
    expect((await owner.get('/walks/last-way')).status).toBe(204)
    const older = await go(trackFrom(daysAgo(3)))
    const newer = await go(trackFrom(daysAgo(2)))
    const { json } = await owner.get('/walks/last-way')
    const { json: shown } = await owner.get(`/walks?limit=1`)
    expect(json).toEqual({
      walk_id: newer.id,
      started_at: shown.items[0].started_at,
      distance_m: shown.items[0].distance_m,
      duration_sec: shown.items[0].duration_sec,
      route_polyline: shown.items[0].route_polyline,
      pets: [{ id: pet, name: '보리', species: 'dog' }],
      place_name: null,
      region: shown.items[0].region,
    })
    await db.execute(sql`UPDATE walks SET source = 'imported', is_ranked = false WHERE id = ${newer.id}`)
    expect((await owner.get('/walks/last-way')).json.walk_id).toBe(older.id)
    await owner.delete(`/walks/${older.id}`)
    expect((await owner.get('/walks/last-way')).status).toBe(204)
  })

  it('is named by the park nearest to where it began', async () => {
    const { owner, go } = await walker()
    const { id } = await go(trackFrom(daysAgo(2)))
    const parks = [
      [0.02, '먼공원'],
      [0.001, '가까운공원'],
    ] as const
    for (const [north, name] of parks) {
      const place = await givePlaceAt({ lat: DOOR.lat + north, lng: DOOR.lng }, { name })
      await db.execute(
        sql`INSERT INTO place_visits (walk_id, place_id, user_id, day) VALUES (${id}, ${place}, ${owner.user!.user_id}, '2026-11-01')`,
      )
    }
    expect((await owner.get('/walks/last-way')).json.place_name).toBe('가까운공원')
    expect((await owner.get('/home')).json.last_way).toMatchObject({ walk_id: id, place_name: '가까운공원' })
  })

  it('begins within a kilometre of a place, where one is given', async () => {
    const { owner, go } = await walker()
    const near = await go(trackFrom(daysAgo(3)))
    const far = await go(trackFrom(daysAgo(2), { origin: { lat: DOOR.lat + 0.05, lng: DOOR.lng } }))
    expect((await owner.get('/walks/last-way')).json.walk_id).toBe(far.id)
    expect((await owner.get(`/walks/last-way?lat=${DOOR.lat}&lng=${DOOR.lng}`)).json.walk_id).toBe(near.id)
    expect((await owner.get('/walks/last-way?lat=37.9&lng=127.9')).status).toBe(204)
    for (const query of ['lat=37', 'lng=127', 'lat=91&lng=0', 'lat=x&lng=0'])
      expect((await owner.get(`/walks/last-way?${query}`)).status).toBe(422)
  })
})

describe('GET /walks/{id}/similar', () => {
  it('compares a walk with those of the same way', async () => {
    const { owner, go } = await walker()
    // The same way three days in a row. A copy to the second is none of one's own, so each has a pace of its own.
    const track = trackFrom(daysAgo(6), { length_m: 900 })
    const start = Math.min(...track.time_ms)
    const slower = { ...track, time_ms: track.time_ms.map((at) => start + 86_400_000 + (at - start) * 1.25) }
    const first = await go(track)
    const second = await go(slower)
    const elsewhere = await go(
      shiftTrack(trackFrom(daysAgo(3), { length_m: 900, origin: { lat: DOOR.lat + 0.05, lng: DOOR.lng } }), { time_ms: 0 }),
    )
    await db.execute(sql`UPDATE walks SET is_valid = true WHERE id IN (${first.id}, ${second.id})`)
    const { json } = await owner.get(`/walks/${second.id}/similar`)
    expect(json.others.map(({ walk_id }: any) => walk_id)).toEqual([first.id])
    const [item] = json.others
    expect(item.similarity_percent).toBeGreaterThan(80)
    expect(item.difference.duration_sec).toBe(json.walk.duration_sec - item.duration_sec)
    expect(item.difference.duration_sec).toBeGreaterThan(0)
    expect(item.difference.avg_speed_kmh).toBeLessThan(0)
    expect((await owner.get(`/walks/${elsewhere.id}/similar`)).json.others).toEqual([])
  })

  it('is for the owner alone', async () => {
    const [{ go }, stranger] = await Promise.all([walker(), signUp()])
    const { id } = await go(trackFrom(daysAgo(2)))
    expect((await stranger.get(`/walks/${id}/similar`)).status).toBe(404)
    expect((await stranger.get(`/walks/${crypto.randomUUID()}/similar`)).status).toBe(404)
  })
})
