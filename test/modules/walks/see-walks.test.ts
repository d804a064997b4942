import { describe, expect, it } from 'vitest'
import { haversineM } from '../../../src/core/geo.ts'
import { fromPoints, pointAt } from '../../../dev/track-changes.ts'
import { signUp } from '../../support/login.ts'
import { addPet, completionBody, freshTrack, startWalk, walk } from '../../support/walks.ts'

const DAY = 86_400_000

describe('GET /walks', () => {
  it('pages through valid walks, newest first, each once', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const ids: string[] = []
    for (let day = 5; day >= 1; day--) ids.unshift((await walk(owner, [pet], { track: freshTrack({ agoMs: day * DAY }) })).id)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const { json } = await owner.get(`/walks?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      seen.push(...json.items.map(({ id }: { id: string }) => id))
      cursor = json.next_cursor
    } while (cursor)
    expect(seen).toEqual(ids)
  })

  it('filters by pet and by Seoul days', async () => {
    const owner = await signUp()
    const [one, two] = [await addPet(owner), await addPet(owner)]
    // 23:30 and 00:30 in Seoul, on either side of a midnight
    const midnight = Date.parse(`${new Date(Date.now() - 2 * DAY).toISOString().slice(0, 10)}T15:00:00Z`)
    const before = await walk(owner, [one], { track: freshTrack({ at: midnight, agoMs: 10 * 60_000, length_m: 900 }) })
    const after = await walk(owner, [two], { track: freshTrack({ at: midnight + 90 * 60_000, agoMs: 10 * 60_000, length_m: 900 }) })
    const seoulDay = (at: number) => new Date(at + 9 * 3_600_000).toISOString().slice(0, 10)
    const ids = async (query: string) => (await owner.get(`/walks?${query}`)).json.items.map(({ id }: { id: string }) => id)
    expect(await ids(`pet_id=${one}`)).toEqual([before.id])
    expect(await ids(`from=${seoulDay(midnight)}`)).toEqual([after.id])
    expect(await ids(`to=${seoulDay(midnight - 1)}`)).toEqual([before.id])
    expect(await ids(`from=${encodeURIComponent(new Date(midnight - DAY).toISOString())}&to=${seoulDay(midnight)}`)).toEqual([
      after.id,
      before.id,
    ])
  })

  it.each(['cursor=nonsense', 'cursor=W10', 'limit=0', 'limit=51', 'from=yesterday', 'pet_id=x'])('answers 422 to ?%s', async (query) => {
    expect((await (await signUp()).get(`/walks?${query}`)).status).toBe(422)
  })
})

/** One that somewhere is far from both of its ends: of one that winds around its door nothing may be seen. */
function trackThatLeadsAway(): ReturnType<typeof freshTrack> {
  for (;;) {
    const track = freshTrack({ length_m: 3_500 })
    const [last, points] = [track.lat.length - 1, Array.from(track.lat.keys())]
    const isFar = (at: number) =>
      [0, last].every((end) => haversineM(track.lat[at]!, track.lng[at]!, track.lat[end]!, track.lng[end]!) > 400)
    if (points.some(isFar)) return track
  }
}

describe('what others see of a walk', () => {
  const zoneAround = ([lng, lat]: [number, number]) => ({ lat, lng, radius_m: 300 })

  it('is nothing before it is shared, and after that never its ends, its seconds or its reasons', async () => {
    const [owner, stranger] = await Promise.all([signUp(), signUp()])
    const { id, json } = await walk(owner, [await addPet(owner)], { track: trackThatLeadsAway() })
    expect(await stranger.get(`/walks/${id}`)).toMatchObject({ status: 404, json: { code: 'walk_not_found' } })
    await owner.patch(`/walks/${id}`, { shared_to_feed: true })

    const { json: seen, text } = await stranger.get(`/walks/${id}`)
    expect(seen).toMatchObject({
      is_mine: false,
      is_ranked: null,
      reasons: [],
      distance_m: json.walk.distance_m,
      user: { id: owner.user.user_id },
    })
    expect(seen.started_at).toMatch(/:00\.000Z$/)
    const route: [number, number][] = json.walk.route.coordinates
    const ends = [route[0]!, route.at(-1)!]
    const shown: [number, number][] = (seen.route?.coordinates ?? []).flat()
    expect(shown.length).toBeGreaterThan(0)
    for (const [lng, lat] of shown) for (const [endLng, endLat] of ends) expect(haversineM(lat, lng, endLat, endLng)).toBeGreaterThan(199)
    for (const [lng, lat] of ends) expect(text).not.toContain(`${lng},${lat}`)
    expect(text).not.toContain('polyline')
  })

  it('leaves out what lies in the privacy zone', async () => {
    const [owner, stranger] = await Promise.all([signUp(), signUp()])
    const { id, json } = await walk(owner, [await addPet(owner)], {
      track: freshTrack({ length_m: 3_500 }),
      more: { shared_to_feed: true },
    })
    const route: [number, number][] = json.walk.route.coordinates
    const middle = route[Math.floor(route.length / 2)]!
    await owner.put('/users/me/privacy-zone', zoneAround(middle))
    const { json: seen } = await stranger.get(`/walks/${id}`)
    for (const [lng, lat] of (seen.route?.coordinates ?? []).flat()) expect(haversineM(lat, lng, middle[1], middle[0])).toBeGreaterThan(299)
  })

  it('ends when the owner leaves', async () => {
    const [owner, stranger] = await Promise.all([signUp(), signUp()])
    const { id } = await walk(owner, [await addPet(owner)], { more: { shared_to_feed: true } })
    expect((await stranger.get(`/walks/${id}`)).status).toBe(200)
    await owner.delete('/users/me')
    expect((await stranger.get(`/walks/${id}`)).status).toBe(404)
  })
})

it('gives the pace by 500 m, the whole of the distance once', async () => {
  const owner = await signUp()
  const { id, json } = await walk(owner, [await addPet(owner)])
  const { json: segments } = await owner.get(`/walks/${id}/segments`)
  expect(segments[0].from_m).toBe(0)
  expect(segments.at(-1).to_m).toBeCloseTo(json.walk.distance_m, -1)
  for (let i = 1; i < segments.length; i++) expect(segments[i].from_m).toBe(segments[i - 1].to_m)
})

it('keeps further figures for premium', async () => {
  const owner = await signUp()
  const { id } = await walk(owner, [await addPet(owner)])
  expect(await owner.get(`/walks/${id}/analytics`)).toMatchObject({ status: 403, json: { code: 'premium_required' } })
  const { createTestDeps } = await import('../../support/api.ts')
  await createTestDeps().db.execute(
    `INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) VALUES ('${owner.user.user_id}', 'toss', now() - interval '1 day', now() + interval '1 day')`,
  )
  const { json, status } = await owner.get(`/walks/${id}/analytics`)
  expect(status).toBe(200)
  expect(json.max_speed_kmh).toBeGreaterThan(2)
  expect(json.moving_sec).toBeGreaterThan(300)
})

describe('GET /walks/{id}/export.gpx', () => {
  it('holds the recording in the order of time, without what measuring drops and broken at holes, and only for the owner', async () => {
    const [owner, stranger] = await Promise.all([signUp(), signUp()])
    const recorded = freshTrack({ phone: { sampling: '1s', spike: 0, dropouts: 0 } })
    const middle = Math.floor(recorded.time_ms.length / 2)
    const points = Array.from(recorded.time_ms, (_, i) => pointAt(recorded, i)).map((point, i) =>
      i < middle ? { ...point, time_ms: point.time_ms - 600_000 } : point,
    )
    const cached = { ...points[0]!, time_ms: points[0]!.time_ms - 5 * 3_600_000 }
    const track = fromPoints([...points.slice(middle), ...points.slice(0, middle), cached, { ...points[9]!, lat: 0, lng: 0 }], recorded)
    const started_at = new Date(points[0]!.time_ms).toISOString()
    const id = await startWalk(owner, [await addPet(owner, { name: '<초&코>' })], { started_at })
    await owner.post(`/walks/${id}/complete`, completionBody(track, { shared_to_feed: true }))
    const { status, text, headers } = await owner.get(`/walks/${id}/export.gpx`)
    expect(status).toBe(200)
    expect(headers.get('Content-Type')).toContain('application/gpx+xml')
    expect(text.match(/<trkseg>/g)).toHaveLength(2)
    const times = Array.from(text.matchAll(/<\/?trkpt[^>]*>(?:<ele>[^<]*<\/ele>)?<time>([^<]*)/g), ([, time]) => time!)
    expect(times.length).toBeGreaterThan(0.98 * points.length)
    expect(times).toEqual([...new Set(times)].toSorted())
    expect(times[0]).toBe(started_at)
    expect(text).toContain('&lt;초&amp;코&gt;')
    expect((await stranger.get(`/walks/${id}/export.gpx`)).status).toBe(404)
  })

  it('falls back on the measured line while R2 is down', async () => {
    const owner = await signUp()
    const { id } = await walk(owner, [await addPet(owner)])
    const noBucket = { get: () => Promise.reject(new Error('R2 is down')) } as unknown as R2Bucket
    const { status, text } = await owner.with({ bucket: noBucket }).get(`/walks/${id}/export.gpx`)
    expect(status).toBe(200)
    expect(text.match(/<trkpt /g)?.length).toBeGreaterThan(5)
  })
})
