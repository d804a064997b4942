import { describe, expect, it } from 'vitest'
import { fromPoints, pointAt } from '../../../dev/track-changes.ts'
import { drawMissingSketches } from '../../../src/modules/walks/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { runTask } from '../../support/tasks.ts'
import { addPet, completionBody, freshTrack, startWalk, walk, wideTrack } from '../../support/walks.ts'

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

describe('what others see of a walk', () => {
  it('is nothing before it is shared, and after that a sketch: no line, no seconds, no reasons', async () => {
    const [owner, stranger] = await Promise.all([signUp(), signUp()])
    const { id, json } = await walk(owner, [await addPet(owner)], { track: wideTrack() })
    expect(await stranger.get(`/walks/${id}`)).toMatchObject({ status: 404, json: { code: 'walk_not_found' } })
    await owner.patch(`/walks/${id}`, { shared_to_feed: true })

    const { json: seen, text } = await stranger.get(`/walks/${id}`)
    expect(seen).toMatchObject({
      is_mine: false,
      is_ranked: null,
      reasons: [],
      route: null,
      is_map_open: false,
      sketch: json.walk.sketch,
      time_precision: 'minute',
      distance_m: json.walk.distance_m,
      user: { id: owner.user.user_id },
    })
    expect(seen.sketch.length).toBeGreaterThan(2)
    expect(seen.started_at).toMatch(/:00\.000Z$/)
    expect(json.walk.badges.length + json.badges_earned.length).toBeGreaterThan(0)
    // Midnight in Seoul.
    for (const { earned_at } of seen.badges) expect(new Date(earned_at).toISOString()).toMatch(/T15:00:00\.000Z$/)
    expect(text).not.toContain('polyline')
    for (const path of ['segments', 'analytics', 'export.gpx']) expect((await stranger.get(`/walks/${id}/${path}`)).status).toBe(404)
  })

  it('is the day alone where the owner hides times', async () => {
    const [owner, stranger] = await Promise.all([signUp(), signUp()])
    const { id } = await walk(owner, [await addPet(owner)], { more: { shared_to_feed: true } })
    await owner.patch('/users/me/settings', { hide_walk_times: true })
    const { json } = await stranger.get(`/walks/${id}`)
    expect(json.time_precision).toBe('day')
    for (const instant of [json.started_at, json.ended_at]) expect(instant).toMatch(/T15:00:00\.000Z$/)
    expect((await owner.get(`/walks/${id}`)).json.time_precision).toBe('second')
  })

  it('is neither figures nor times nor sketch for whoever a live room showed the position during it', async () => {
    const [owner, companion, stranger] = await Promise.all([signUp(), signUp(), signUp()])
    const { id } = await walk(owner, [await addPet(owner)], { more: { shared_to_feed: true } })
    const showLive = (minutes: number) =>
      createTestDeps().db.execute(`INSERT INTO location_provisions (subject_id, invitation_id, viewer_id, first_at, last_at)
        SELECT user_id, gen_random_uuid(), '${companion.user.user_id}', started_at + interval '${minutes} minutes', started_at + interval '${minutes} minutes'
        FROM walks WHERE id = '${id}'`)
    await showLive(-200)
    expect((await companion.get(`/walks/${id}`)).json).toMatchObject({
      was_seen_live: false,
      time_precision: 'minute',
      distance_m: expect.any(Number),
    })
    await showLive(5)
    const hidden = { sketch: null, goal: null, route: null, distance_m: null, duration_sec: null, avg_speed_kmh: null, calories: null }
    expect((await companion.get(`/walks/${id}`)).json).toMatchObject({ was_seen_live: true, time_precision: 'day', ...hidden })
    for (const api of [owner, stranger])
      expect((await api.get(`/walks/${id}`)).json).toMatchObject({ was_seen_live: false, distance_m: expect.any(Number) })
  })

  it('does not change by a privacy zone, an edit, a deletion that is taken back, or the time', async () => {
    const [owner, stranger] = await Promise.all([signUp(), signUp()])
    const { id, json } = await walk(owner, [await addPet(owner)], {
      track: wideTrack(),
      more: { shared_to_feed: true },
    })
    const before = (await stranger.get(`/walks/${id}`)).text
    const [lng, lat] = json.walk.route.coordinates[0]
    await owner.put('/users/me/privacy-zone', { lat, lng, radius_m: 300 })
    expect((await stranger.get(`/walks/${id}`)).text).toBe(before)
    await owner.delete(`/walks/${id}`)
    await owner.post(`/walks/${id}/restore`)
    expect((await stranger.get(`/walks/${id}`)).text).toBe(before)
  })

  it('differs between walks along one way', async () => {
    const track = wideTrack()
    const sketchOf = async () => {
      const owner = await signUp()
      return (await walk(owner, [await addPet(owner)], { track })).json.walk.sketch
    }
    const sketches = [await sketchOf(), await sketchOf(), await sketchOf(), await sketchOf(), await sketchOf()]
    for (const sketch of sketches) expect(sketch.length).toBeGreaterThan(2)
    expect(new Set(sketches.map((sketch) => JSON.stringify(sketch))).size).toBeGreaterThan(1)
  })

  it('of a walk from before there were sketches is drawn by a task, the same as at completion', async () => {
    const owner = await signUp()
    const { id, json } = await walk(owner, [await addPet(owner)], { track: wideTrack() })
    expect(json.walk.sketch.length).toBeGreaterThan(2)
    const { db } = createTestDeps()
    await db.execute(`UPDATE walks SET sketch = NULL WHERE id = '${id}'`)
    expect((await owner.get(`/walks/${id}`)).json.sketch).toBeNull()
    await runTask(drawMissingSketches, new Date())
    expect((await owner.get(`/walks/${id}`)).json.sketch).toEqual(json.walk.sketch)
  })

  it('names the dong in a town and the level above it in the country', async () => {
    const { db } = createTestDeps()
    const regionShown = async (dong: string) => {
      const [owner, stranger] = await Promise.all([signUp(), signUp()])
      const code = String(9_000_000_000 + Math.floor(Math.random() * 1e9))
      await db.execute(`INSERT INTO regions (code, level, parent_code, sido, sigungu, dong, center)
        VALUES ('${code}', 'dong', '4182000000', '경기도', '가평군', '${dong}', 'POINT(127.5 37.8)')`)
      await db.execute(`UPDATE users SET region_code = '${code}' WHERE id = '${owner.user.user_id}'`)
      const { id } = await walk(owner, [await addPet(owner)], { more: { shared_to_feed: true } })
      expect((await owner.get(`/walks/${id}`)).json.region.dong).toBe(dong)
      const { region } = (await stranger.get(`/walks/${id}`)).json
      expect((await stranger.get(`/users/${owner.user.user_id}`)).json.region.dong).toBe(region.dong)
      return [region.sigungu, region.dong]
    }
    expect(await regionShown('역삼동')).toEqual(['가평군', '역삼동'])
    expect(await regionShown('가평읍')).toEqual(['가평군', ''])
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
