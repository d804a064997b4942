import { encode } from '@googlemaps/polyline-codec'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addNoise, resampleTrack, shiftTrack, stretchTrack } from '../../../dev/track-changes.ts'
import { makeRide } from '../../../dev/tracks.ts'
import { seoulMonday } from '../../../src/core/time.ts'
import { measureTrack } from '../../../src/measuring/measure-track.ts'
import { createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import { logIn, signUp } from '../../support/login.ts'
import { addPet, completionBody, endingAt, firstPoints, freshSeed, freshTrack, startWalk, walk } from '../../support/walks.ts'

describe('POST /walks/{id}/complete', () => {
  it('measures what was recorded and ignores what was claimed', async () => {
    const owner = await signUp()
    const pet = await addPet(owner, { weight_kg: 9 })
    const track = freshTrack()
    const { json, status } = await walk(owner, [pet], { track, more: { distance_m: 99_999, calories: 9_999, memo: '좋은 날' } })
    expect(status).toBe(200)
    const measured = measureTrack(track, { now_ms: Date.now() })
    const isOfThisWeek = seoulMonday(new Date(json.walk.started_at)) === seoulMonday(new Date())
    expect(json).toMatchObject({
      valid: true,
      walk: {
        status: 'completed',
        is_valid: true,
        memo: '좋은 날',
        distance_m: Math.round(measured.distance_m),
        duration_sec: measured.duration_sec,
        // 20 + 3 × √9 kcal a kilometre
        calories: Math.round((Math.round(measured.distance_m) / 1_000) * 29),
        route: { type: 'LineString' },
      },
      // A walk counts for the week in which it began, and this one may have begun before Monday.
      weekly_goal: { goal_km: 20, distance_m: isOfThisWeek ? Math.round(measured.distance_m) : 0 },
    })
    expect(json.walk.route.coordinates.length).toBeLessThanOrEqual(500)
  })

  it('reckons calories for 10 kg where no weight is known', async () => {
    const owner = await signUp()
    const { json } = await walk(owner, [await addPet(owner, { weight_kg: undefined })])
    expect(json.walk.calories).toBe(Math.round((json.walk.distance_m / 1_000) * (20 + 3 * Math.sqrt(10))))
  })

  it('gives the first answer again, whatever is sent the second time', async () => {
    const owner = await signUp()
    const first = await walk(owner, [await addPet(owner)])
    const again = await owner.post(`/walks/${first.id}/complete`, completionBody(freshTrack()))
    expect(again).toMatchObject({ status: 200, json: first.json })
  })

  it.each([
    ['씨발 오늘 너무 춥다', 'objectionable_text'],
    ['같이 걸어요 010-1234-5678', 'personal_data'],
  ])('leaves a memo out that others should not read, and completes the walk (%s)', async (memo, code) => {
    const owner = await signUp()
    const id = await startWalk(owner, [await addPet(owner)])
    const body = completionBody(freshTrack(), { memo })
    const { json, status } = await owner.post(`/walks/${id}/complete`, body)
    expect(status).toBe(200)
    expect(json).toMatchObject({ valid: true, memo_refused: code, walk: { status: 'completed', memo: null } })
    expect((await owner.post(`/walks/${id}/complete`, body)).json).toEqual(json)
    expect((await owner.get(`/walks/${id}`)).json.memo).toBeNull()
  })

  it('says nothing of a memo that is decent', async () => {
    const owner = await signUp()
    const { json } = await walk(owner, [await addPet(owner)], { more: { memo: '시바견이랑 5.2km' } })
    expect(json).toMatchObject({ memo_refused: null, walk: { memo: '시바견이랑 5.2km' } })
  })

  it('makes one walk of two completions at once', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const id = await startWalk(owner, [pet])
    const bodies = [completionBody(freshTrack()), completionBody(freshTrack())]
    const [a, b] = await Promise.all(bodies.map((body) => owner.post(`/walks/${id}/complete`, body)))
    expect(a).toMatchObject({ status: 200 })
    expect(b?.json).toEqual(a?.json)
    expect((await owner.get(`/pets/${pet}/stats`)).json).toMatchObject({ walk_count: 1, distance_m: a?.json.walk.distance_m })
  })

  it('keeps what the cron writes at the same instant', async () => {
    const owner = await signUp()
    const id = await startWalk(owner, [await addPet(owner)])
    const { db } = createTestDeps()
    // The cron's transaction takes a second, and the completion comes in the middle of it.
    const ending = db.batch([
      db.execute(sql`UPDATE walks SET status = 'ended', auto_ended = true WHERE id = ${id}`),
      db.execute(sql`SELECT pg_sleep(1)`),
    ])
    await scheduler.wait(300)
    const { json, status } = await owner.post(`/walks/${id}/complete`, completionBody(freshTrack()))
    await ending
    expect(status).toBe(200)
    expect(json.walk).toMatchObject({ status: 'completed', auto_ended: true })
  })

  it('loses nothing when the answer is lost after the commit', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const id = await startWalk(owner, [pet])
    const body = completionBody(freshTrack())
    await injectFault({ host: 'neon', cut: 'after', key: id })
    expect(await owner.post(`/walks/${id}/complete`, body)).toMatchObject({ status: 503, json: { code: 'temporarily_unavailable' } })
    const again = await owner.post(`/walks/${id}/complete`, body)
    expect(again).toMatchObject({ status: 200, json: { valid: true } })
    expect((await owner.get(`/pets/${pet}/stats`)).json).toMatchObject({ walk_count: 1, distance_m: again.json.walk.distance_m })
  })

  it.each([{ cut: 'before' as const }, { status: 500 }, { status: 200, body: 'not JSON' }, { status: 429 }])(
    'changes nothing when Postgres fails (%o), and completes when asked again',
    async (fault) => {
      const owner = await signUp()
      const id = await startWalk(owner, [await addPet(owner)])
      const body = completionBody(freshTrack())
      await injectFault({ host: 'neon', key: id, ...fault })
      expect((await owner.post(`/walks/${id}/complete`, body)).status).toBeGreaterThanOrEqual(500)
      expect((await owner.get('/walks/active')).json.id).toBe(id)
      expect(await owner.post(`/walks/${id}/complete`, body)).toMatchObject({ status: 200, json: { valid: true } })
    },
  )

  it('keeps the raw track in R2, and in Postgres while R2 is down or silent', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const { db, bucket } = createTestDeps()
    const { id } = await walk(owner, [pet])
    expect((await bucket.list({ prefix: `tracks/${owner.user.user_id}/${id}/` })).objects).toHaveLength(1)

    const failures = [() => Promise.reject(new Error('R2 is down')), () => new Promise<never>(() => {})]
    for (const [k, put] of failures.entries()) {
      const track = freshTrack({ agoMs: (3 + k) * 3_600_000 })
      const spooled = await walk(owner.with({ bucket: { put } as unknown as R2Bucket }), [pet], { track })
      expect(spooled).toMatchObject({ status: 200, json: { valid: true } })
      const { rows } = await db.execute(`SELECT track_key FROM track_spool WHERE walk_id = '${spooled.id}'`)
      expect(rows).toHaveLength(1)
    }
  })

  it('refuses a car with its reasons, keeps the walk for its owner and counts it nowhere', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const car = endingAt(makeRide(freshSeed(), 'car').track, Date.now() - 60_000)
    const { json, status, id } = await walk(owner, [pet], { track: car, more: { shared_to_feed: true } })
    expect(status).toBe(200)
    expect(json.valid).toBe(false)
    expect(json.reasons[0]).toMatchObject({ code: 'speed_too_high', effect: 'refused' })
    expect(json.reasons.find(({ code }: { code: string }) => code === 'vehicle')).toMatchObject({
      effect: 'excluded',
      from_index: expect.any(Number),
      from: expect.any(Array),
    })
    expect((await owner.get('/walks')).json.items).toEqual([])
    expect((await owner.get(`/walks/${id}`)).json).toMatchObject({ is_valid: false })
    expect(await (await signUp()).get(`/walks/${id}`)).toMatchObject({ status: 404 })
    expect((await owner.get(`/pets/${pet}/stats`)).json).toMatchObject({ walk_count: 0, distance_m: 0 })
  })

  it.each([
    ['no route at all', {}, 'route_missing'],
    ['an empty route', { route_geojson: { type: 'LineString', coordinates: [] }, coord_times: [] }, 'route_missing'],
  ])('refuses %s', async (_, body, code) => {
    const owner = await signUp()
    const id = await startWalk(owner, [await addPet(owner)])
    const { json, status } = await owner.post(`/walks/${id}/complete`, { ended_at: new Date().toISOString(), ...body })
    expect(status).toBe(200)
    expect(json).toMatchObject({ valid: false, reasons: [{ code, effect: 'refused' }], walk: { distance_m: 0, route: null } })
  })

  it('refuses a walk of less than 500 m', async () => {
    const owner = await signUp()
    const { json } = await walk(owner, [await addPet(owner)], { track: freshTrack({ length_m: 120 }) })
    expect(json.valid).toBe(false)
    expect(json.reasons[0]).toMatchObject({ code: 'minimum_distance', effect: 'refused' })
  })

  const encodedBody = (track: ReturnType<typeof freshTrack>) => ({
    ended_at: new Date(Math.max(...track.time_ms)).toISOString(),
    route_encoded: {
      polyline: encode(
        Array.from(track.lat, (lat, i) => [lat, track.lng[i]!] as [number, number]),
        6,
      ),
      precision: 6,
      time_deltas_s: Array.from(track.time_ms, (at, i) => (i === 0 ? 0 : (at - track.time_ms[i - 1]!) / 1_000)),
    },
  })

  it('takes an encoded route as well, and gzip in any spelling', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const track = freshTrack()
    const id = await startWalk(owner, [pet])
    const body = JSON.stringify(encodedBody(track))
    const gzipped = await new Response(new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
    const { json, status } = await owner.post(`/walks/${id}/complete`, undefined, {
      raw: gzipped,
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'GZip' },
    })
    expect(status).toBe(200)
    expect(json.valid).toBe(true)
    expect(Math.abs(json.walk.distance_m - measureTrack(track, { now_ms: Date.now() }).distance_m)).toBeLessThan(30)
  })

  it('hears of mocked fixes beside an encoded route, too', async () => {
    const owner = await signUp()
    const id = await startWalk(owner, [await addPet(owner)])
    const track = freshTrack()
    const { json } = await owner.post(`/walks/${id}/complete`, { ...encodedBody(track), mock_flags: Array.from(track.time_ms, () => true) })
    expect(json.valid).toBe(false)
    expect(json.reasons[0]).toMatchObject({ code: 'gps_spoofing', rule: 'mock' })
  })

  it('asks again for a recording that cannot be right, and leaves the walk as it is', async () => {
    const owner = await signUp()
    const id = await startWalk(owner, [await addPet(owner)])
    const track = freshTrack()
    const whole = completionBody(track)
    const encoded = encodedBody(track)
    const { time_deltas_s } = encoded.route_encoded
    const inLocalTime = (at: number) => new Date(at + 9 * 3_600_000).toISOString().slice(0, 19)
    for (const body of [
      { ...whole, coord_times: whole.coord_times.map(inLocalTime) },
      { ...whole, accuracies: [5] },
      { ...encoded, route_encoded: { ...encoded.route_encoded, time_deltas_s: time_deltas_s.slice(1) } },
      { ...encoded, route_encoded: { ...encoded.route_encoded, polyline: 'not one!' } },
      { ...encoded, mock_flags: [true] },
    ])
      expect(await owner.post(`/walks/${id}/complete`, body)).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
    expect((await owner.get('/walks/active')).json.id).toBe(id)
    expect((await owner.post(`/walks/${id}/complete`, whole)).json.valid).toBe(true)
  })

  it('does not let a walk overlap another valid one of the same person', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const track = freshTrack()
    await walk(owner, [pet], { track })
    const id = await startWalk(owner, [pet])
    expect(await owner.post(`/walks/${id}/complete`, completionBody(freshTrack()))).toMatchObject({
      status: 409,
      json: { code: 'walk_overlap' },
    })
    expect((await owner.get('/walks/active')).json.id).toBe(id)
  })

  it('refuses a walk that ends in the future or began more than 30 days ago', async () => {
    const owner = await signUp()
    const id = await startWalk(owner, [await addPet(owner)])
    const future = completionBody(freshTrack(), { ended_at: new Date(Date.now() + 3 * 60_000).toISOString() })
    expect(await owner.post(`/walks/${id}/complete`, future)).toMatchObject({ status: 422, json: { code: 'walk_time_invalid' } })
    const old = completionBody(freshTrack({ agoMs: 30.5 * 86_400_000 }))
    expect(await owner.post(`/walks/${id}/complete`, old)).toMatchObject({ status: 422, json: { code: 'walk_time_invalid' } })
  })

  it('is not there for anybody else', async () => {
    const owner = await signUp()
    const id = await startWalk(owner, [await addPet(owner)])
    expect(await (await signUp()).post(`/walks/${id}/complete`, completionBody(freshTrack()))).toMatchObject({ status: 404 })
    expect((await owner.get('/walks/active')).json.id).toBe(id)
  })
})

describe('a track that was walked before', () => {
  const expectReplay = ({ json }: { json: any }) => {
    expect(json.valid).toBe(false)
    expect(json.reasons[0]).toMatchObject({ code: 'gps_spoofing', effect: 'refused', rule: 'replay' })
  }
  const DAY = 86_400_000

  it.each([
    ['on another day', (track: ReturnType<typeof freshTrack>) => track],
    ['with noise', (track: ReturnType<typeof freshTrack>) => addNoise(track, 7, { white_m: 5 })],
    ['stretched in time', (track: ReturnType<typeof freshTrack>) => stretchTrack(track, 1.12)],
    ['with half of its points', (track: ReturnType<typeof freshTrack>) => resampleTrack(track, 2)],
  ])('is recognised %s, also on another account', async (_, disguise) => {
    const first = await signUp()
    // One clean fix a second: how often a copy of a poorer recording is recognised is the next test's.
    const original = freshTrack({ agoMs: 5 * DAY, phone: { sampling: '1s', spike: 0, dropouts: 0 } })
    expect((await walk(first, [await addPet(first)], { track: original })).json.valid).toBe(true)
    const copy = endingAt(disguise(original), Date.now() - 60_000)
    const second = await signUp()
    expectReplay(await walk(second, [await addPet(second)], { track: copy }))
    expectReplay(await walk(first, [await addPet(first)], { track: endingAt(copy, Date.now() - DAY) }))
  })

  it('is recognised with noise at least 85 times in 100, however it was sampled', async () => {
    const [walker, copier] = await Promise.all([signUp(), signUp()])
    const [pet, copiersPet] = [await addPet(walker), await addPet(copier)]
    let caught = 0
    const COPIES = 24
    for (let n = 0; n < COPIES; n++) {
      const original = freshTrack({ agoMs: (4 + (n % 14)) * DAY + Math.floor(n / 14) * 4 * 3_600_000, length_m: 900 })
      await walk(walker, [pet], { track: original })
      const copy = endingAt(addNoise(original, n, { white_m: 5 }), Date.now() - (n + 1) * 3 * 3_600_000)
      if (!(await walk(copier, [copiersPet], { track: copy })).json.valid) caught++
    }
    expect(caught / COPIES).toBeGreaterThanOrEqual(0.85)
  })

  it('is recognised at the very same time on another account, but two owners side by side are not', async () => {
    const [first, copier, friend] = await Promise.all([signUp(), signUp(), signUp()])
    const original = freshTrack()
    await walk(first, [await addPet(first)], { track: original })
    expectReplay(await walk(copier, [await addPet(copier)], { track: original }))
    const besides = addNoise(shiftTrack(original, { east_m: 1.5 }), 11, { white_m: 2, drift_m: 4, drift_sec: 120 })
    expect((await walk(friend, [await addPet(friend)], { track: besides })).json.valid).toBe(true)
  })

  it('may be walked again by an honest person', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const { makeWay } = await import('../../../dev/motion.ts')
    const { randomFrom } = await import('../../../dev/random.ts')
    const way = makeWay(randomFrom(freshSeed()), 1_200, [60, 120], 5)
    for (let day = 1; day <= 5; day++) {
      const { json } = await walk(owner, [pet], { track: freshTrack({ way, agoMs: day * DAY }) })
      expect(json.valid).toBe(true)
    }
  })

  it('is recognised also once its original is deleted', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const original = freshTrack({ agoMs: 2 * DAY })
    const { id } = await walk(owner, [pet], { track: original })
    expect((await owner.delete(`/walks/${id}`)).status).toBe(204)
    expectReplay(await walk(owner, [pet], { track: endingAt(original, Date.now()) }))
  })
})

it('lets a phone that was logged in again complete what it started', async () => {
  const owner = await signUp()
  const id = await startWalk(owner, [await addPet(owner)])
  const again = await logIn(owner.kakao_id)
  expect(await again.post(`/walks/${id}/complete`, completionBody(firstPoints(freshTrack(), 10_000)))).toMatchObject({ status: 200 })
})
