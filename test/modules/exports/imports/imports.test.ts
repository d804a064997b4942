import { describe, expect, it } from 'vitest'
import { makeRide } from '../../../../dev/tracks.ts'
import { shiftTrack } from '../../../../dev/track-changes.ts'
import { DAY_MS } from '../../../../src/core/time.ts'
import { JOB } from '../../../../src/jobs/types.ts'
import type { Track } from '../../../../src/measuring/track.ts'
import { purgeImports, sweepImports } from '../../../../src/modules/exports/imports/jobs.ts'
import { failImport } from '../../../../src/modules/exports/imports/running.queries.ts'
import { runImportPart } from '../../../../src/modules/exports/imports/running.service.ts'
import { createTestDeps } from '../../../support/api.ts'
import { bucketWith } from '../../../support/buckets.ts'
import { fit } from '../../../support/fit.ts'
import { beginImport, filesOf, importBytes, runImport } from '../../../support/imports.ts'
import { signUp } from '../../../support/login.ts'
import { bytesOf, gpx, gpxOf, gpxTrack, gzip, tcx, utf16, zip } from '../../../support/recordings.ts'
import { deliverTask, runTask } from '../../../support/tasks.ts'
import { givePremium } from '../../../support/walkers.ts'
import { addPet, completionBody, endingAt, firstPoints, freshSeed, freshTrack, startWalk, walk } from '../../../support/walks.ts'

const { db, bucket } = createTestDeps()
const YEAR = 365 * DAY_MS

/** A walk so many days ago, which is more than a sync may be late. */
const longAgo = (days: number) => freshTrack({ agoMs: YEAR + days * DAY_MS })

describe('an import of recordings', () => {
  it('makes a walk of a year-old GPX, which its owner sees and nobody else', async () => {
    const me = await signUp()
    const pet = await addPet(me)
    const track = longAgo(0)
    const { done, files } = await importBytes(me, gpx(track), { name: '옛날 산책.gpx', pet_ids: [pet] })
    expect(done).toMatchObject({ state: 'done', reason: null, name: '옛날 산책.gpx', counts: { files: 1, imported: 1, waiting: 0 } })
    expect(files).toMatchObject([{ name: '옛날 산책.gpx', state: 'imported', reason: null, detail: null }])
    const walkId = files[0]!.walk_id
    const { json } = await me.get(`/walks/${walkId}`)
    expect(json).toMatchObject({
      source: 'imported',
      is_valid: true,
      is_ranked: false,
      status: 'completed',
      shared_to_feed: false,
      weather: null,
      region: null,
      pets: [{ id: pet }],
    })
    expect(Date.parse(json.started_at)).toBe(Math.round(Math.min(...track.time_ms)))
    expect(json.distance_m).toBeGreaterThan(900)
    expect((await me.get('/walks')).json.items).toMatchObject([{ id: walkId, source: 'imported' }])
    expect((await me.get(`/pets/${pet}/stats`)).json).toMatchObject({ walk_count: 1, distance_m: json.distance_m })
    expect((await me.get(`/walks/${walkId}/export.gpx`)).text).toContain('<trkpt')
    expect((await (await signUp()).get(`/walks/${walkId}`)).status).toBe(404)
    expect(await me.patch(`/walks/${walkId}`, { shared_to_feed: true })).toMatchObject({
      status: 409,
      json: { code: 'imported_walk_not_shareable' },
    })
    expect(await me.patch(`/walks/${walkId}`, { memo: '그날' })).toMatchObject({
      status: 200,
      json: { memo: '그날', shared_to_feed: false },
    })
    // The file is gone, and the recording stays.
    expect((await bucket.list({ prefix: `imports/${me.user.user_id}/` })).objects).toEqual([])
    expect((await bucket.list({ prefix: `tracks/${me.user.user_id}/${walkId}/` })).objects).toHaveLength(1)
  })

  it('reads every format of a zip, and says of each file what became of it', async () => {
    const me = await signUp()
    const ride = endingAt(makeRide(freshSeed(), 'car', { is_hard: false, length_m: 20_000 }).track, Date.now() - YEAR - 9 * DAY_MS)
    const walks = [1, 2, 3, 4].map(longAgo)
    const future = freshTrack({ agoMs: -DAY_MS })
    const { done, files } = await importBytes(
      me,
      zip({
        'a/산책 하나.gpx': gpx(walks[0]!),
        'a/two.fit': fit(walks[1]!),
        'a/three.tcx.gz': gzip(tcx(walks[2]!)),
        'a/four.fit.gz': gzip(fit(walks[3]!, { isCompressed: true })),
        'a/again.gpx': gpx(walks[0]!),
        '../up.gpx': gpx(walks[0]!),
        './here.gpx': gpx(walks[0]!),
        'a/.hidden.gpx': gpx(longAgo(13)),
        'b/bike.gpx': gpx(longAgo(6), { type: 'cycling' }),
        'b/car.gpx': gpx(ride),
        'b/run.fit': fit(longAgo(7), { sport: 1 }),
        'b/short.gpx': gpx(firstPoints(longAgo(8), 5)),
        'b/untimed.gpx': gpx(longAgo(10), { time: () => '' }),
        'b/future.gpx': gpx(future),
        'b/plan.gpx': bytesOf('<gpx><rte><rtept lat="37" lon="127"/></rte></gpx>'),
        'b/empty.gpx': new Uint8Array(0),
        'b/broken.fit': fit(longAgo(11)).subarray(0, 500),
        'b/inner.zip': zip({ 'x.gpx': gpx(longAgo(12)) }),
        'b/bomb.gpx.gz': gzip(bytesOf(`<gpx>${'<a/>'.repeat(2_000_000)}</gpx>`)),
        'photo.jpg': bytesOf('no recording'),
        '__MACOSX/._a.gpx': bytesOf('a shadow'),
      }),
    )
    expect(Object.fromEntries(files.map(({ name, state, reason }) => [name, reason ? `${state}: ${reason}` : state]))).toEqual({
      'a/산책 하나.gpx': 'imported',
      'a/two.fit': 'imported',
      'a/three.tcx.gz': 'imported',
      'a/four.fit.gz': 'imported',
      'a/again.gpx': 'duplicate: same_track',
      '../up.gpx': 'duplicate: same_track',
      './here.gpx': 'duplicate: same_track',
      'b/bike.gpx': 'skipped: not_a_walk',
      'b/car.gpx': 'skipped: not_walked',
      'b/run.fit': 'skipped: not_a_walk',
      'b/short.gpx': expect.stringMatching(/^skipped: (too_short|no_track)$/),
      'b/untimed.gpx': 'skipped: no_times',
      'b/future.gpx': 'skipped: in_future',
      'b/plan.gpx': 'skipped: no_track',
      'b/empty.gpx': 'failed: unsupported_format',
      'b/broken.fit': 'failed: unreadable',
      'b/inner.zip': 'skipped: nested_archive',
      'b/bomb.gpx.gz': 'failed: too_large',
    })
    expect(files.filter(({ reason }) => reason).every(({ detail }) => /[가-힣]/.test(detail ?? ''))).toBe(true)
    expect(done).toMatchObject({ state: 'done', counts: { files: 18, imported: 4, duplicate: 3, waiting: 0 } })
    // The same archive once more brings nothing.
    const again = await importBytes(me, zip({ '1.gpx': gpx(walks[0]!), '2.fit': fit(walks[1]!) }))
    expect(again.done.counts).toMatchObject({ imported: 0, duplicate: 2 })
    expect((await me.get('/walks?limit=50')).json.items).toHaveLength(4)
  })

  it('leaves out a few points whose receiver did not know the time yet, or said where it was on another day', async () => {
    const me = await signUp()
    const [clean, broken, ...stray] = [1, 2, 3, 4].map((days) => longAgo(days))
    const timesOf = (said: Record<number, string>, of: Track) => (at: number) => said[of.time_ms.indexOf(at)] ?? new Date(at).toISOString()
    const away = (of: Track, hours: number) => new Date(of.time_ms[0]! + hours * 3_600_000).toISOString()
    const half = stray[1]!.time_ms.length >> 1
    const days = Object.fromEntries(
      Array.from(stray[1]!.time_ms.subarray(half), (at, i) => [half + i, new Date(at + 2 * DAY_MS).toISOString()]),
    )
    const { files } = await importBytes(
      me,
      zip({
        '1.gpx': gpx(broken!, {
          time: timesOf({ 0: '0001-01-01T00:00:00Z', 1: '1970-01-01T00:00:01Z', 2: '2099-01-01T00:00:00Z' }, broken!),
        }),
        '2.gpx': gpx(clean!, { time: () => '1970-01-01T00:00:01Z' }),
        '3.gpx': gpx(stray[0]!, { time: timesOf({ 0: away(stray[0]!, -30), 9: away(stray[0]!, 40) }, stray[0]!) }),
        // As much of it lies two days later: these are two walks in one.
        '4.gpx': gpx(stray[1]!, { time: timesOf(days, stray[1]!) }),
      }),
    )
    expect(files.map(({ state, reason }) => reason ?? state)).toEqual(['imported', 'impossible', 'imported', 'too_long'])
    const began = (await me.get('/walks')).json.items.map(({ started_at }: { started_at: string }) => Date.parse(started_at))
    expect(began).toHaveLength(2)
    for (const track of [broken!, stray[0]!])
      expect(Math.min(...began.map((at: number) => Math.abs(at - track.time_ms[0]!)))).toBeLessThan(60_000)
  })

  it('has the heights along the way, however old it is', async () => {
    const me = await signUp()
    await givePremium(me)
    let metres = 20
    const uphill = new TextDecoder().decode(gpx(longAgo(1))).replaceAll(/<ele>[^<]*/g, () => `<ele>${(metres += 0.2).toFixed(1)}`)
    const { files } = await importBytes(me, bytesOf(uphill))
    const { json } = await me.get(`/walks/${files[0]!.walk_id}/analytics`)
    expect(json.ascent_m).toBeGreaterThan(10)
    expect(json.elevation.length).toBeGreaterThan(5)
    expect(json.elevation.at(-1).elevation_m).toBeGreaterThan(json.elevation[0].elevation_m + 10)
    expect(json.speed_colors.length).toBeGreaterThan(0)
  })

  it('whose part the queue has given up on has failed at once, and another can begin', async () => {
    const me = await signUp()
    const id = await beginImport(me, gpx(longAgo(1)))
    const { rows } = await db.execute<{ id: string }>(
      `SELECT id FROM outbox WHERE type = '${JOB.runImport}' AND payload = '{"import_id": "${id}", "part": 0}'`,
    )
    for (let i = 0; i < 2; i++) await deliverTask({ outbox_id: rows[0]!.id }, createTestDeps(), { queue: 'jobs-dead' })
    expect((await me.get(`/users/me/imports/${id}`)).json).toMatchObject({ state: 'failed', reason: 'interrupted' })
    expect((await importBytes(me, gpx(longAgo(1)))).done).toMatchObject({ state: 'done', counts: { imported: 1 } })
    // What is told too late ends nothing that has gone on.
    const other = await beginImport(me, gpx(longAgo(3)))
    await failImport(db, other, 'interrupted', new Date(), 1)
    expect(await runImport(me, other)).toMatchObject({ state: 'done' })
  })

  it('reads text in the encodings that apps write', async () => {
    const me = await signUp()
    const text = (days: number, encoding: string) => gpxOf([gpxTrack(longAgo(days))], { encoding })
    // Letters of ASCII are the same in CP949.
    const ascii = text(2, 'EUC-KR').replaceAll(/[가-힣]/g, 'x')
    const { files } = await importBytes(
      me,
      zip({ '1.gpx': utf16(text(1, 'UTF-16')), '2.gpx': bytesOf(ascii), '3.gpx': gzip(utf16(text(3, 'UTF-16'), false)) }),
    )
    expect(files.map(({ state, reason }) => reason ?? state)).toEqual(['imported', 'imported', 'imported'])
  })

  it('takes the walks, and the runs if asked, out of an archive of Strava, with decent titles as memos', async () => {
    const me = await signUp()
    const tracks = [1, 2, 3, 4, 5].map(longAgo)
    const csv = [
      'Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Filename',
      '1,"Jan 1, 2025","초코와 ""봄"" 산책, 한 바퀴",Walk,,activities/1.gpx',
      '2,x,퇴근,Ride,,activities/2.gpx',
      '3,x,뛰기,Run,,activities/3.gpx.gz',
      '4,x,전화 010-1234-5678,Hike,,activities/4.fit.gz',
    ].join('\r\n')
    const archive = zip({
      'export_1/activities.csv': bytesOf(csv),
      'export_1/activities/1.gpx': gpx(tracks[0]!),
      'export_1/activities/2.gpx': gpx(tracks[1]!),
      'export_1/activities/3.gpx.gz': gzip(gpx(tracks[2]!)),
      'export_1/activities/4.fit.gz': gzip(fit(tracks[3]!)),
      'export_1/media/a.jpg': bytesOf('jpg'),
    })
    const { files } = await importBytes(me, archive)
    expect(files.map(({ state, reason }) => reason ?? state)).toEqual(['imported', 'not_a_walk', 'not_a_walk', 'imported'])
    expect((await me.get(`/walks/${files[0]!.walk_id}`)).json.memo).toBe('초코와 "봄" 산책, 한 바퀴')
    expect((await me.get(`/walks/${files[3]!.walk_id}`)).json.memo).toBeNull()
    const more = await importBytes(me, archive, { include_runs: true })
    expect(more.files.map(({ state, reason }) => reason ?? state)).toEqual(['same_track', 'not_a_walk', 'imported', 'same_track'])
  })

  it('takes names and titles that hold anything', async () => {
    const me = await signUp()
    const csv =
      'Activity ID,Activity Date,Activity Name,Activity Type,Filename\n1,x,"봄\0",Walk,nul\0.gpx\n2,x,x' +
      '🐕'.repeat(5_001) +
      ',Walk,b.gpx\n'
    const { done, files } = await importBytes(
      me,
      zip({
        'activities.csv': bytesOf(csv),
        'nul\0.gpx': gpx(longAgo(1)),
        'b.gpx': gpx(longAgo(2)),
        // A pair of surrogates stands where the name is cut.
        [`${'🐕'.repeat(150)}x.gpx`]: gpx(longAgo(3)),
      }),
    )
    expect(done).toMatchObject({ state: 'done', counts: { files: 3, imported: 3 } })
    expect(files.map(({ name }) => name)).toEqual(['nul.gpx', 'b.gpx', `${'🐕'.repeat(97)}x.gpx`])
  })

  it('leaves out days that are not asked for, and makes a walk of each track of a file', async () => {
    const me = await signUp()
    const [early, late] = [longAgo(20), longAgo(2)]
    const day = (at: number) => new Date(at + 9 * 3_600_000).toISOString().slice(0, 10)
    const file = bytesOf(gpxOf([gpxTrack(early), gpxTrack(late), gpxTrack(late)]))
    const { files } = await importBytes(me, file, { from: day(Math.min(...late.time_ms)), to: day(Math.min(...late.time_ms)) })
    expect(files.map(({ track, state, reason }) => [track, reason ?? state])).toEqual([
      [0, 'out_of_range'],
      [1, 'same_track'],
      [2, 'imported'],
    ])
  })

  it('brings back a walk that its owner has deleted', async () => {
    const me = await signUp()
    const bytes = gpx(longAgo(3))
    const [first] = (await importBytes(me, bytes)).files
    expect((await me.delete(`/walks/${first!.walk_id}`)).status).toBe(204)
    const [second] = (await importBytes(me, bytes)).files
    expect(second).toMatchObject({ state: 'imported', walk_id: first!.walk_id })
    expect((await me.get(`/walks/${first!.walk_id}`)).json.source).toBe('imported')
  })

  it.each([
    ['nothing that is known', bytesOf('hello, this is a text'), 'unsupported_format'],
    ['half of a zip', zip({ 'a.gpx': bytesOf('x'.repeat(9_000)), 'b.gpx': bytesOf('y') }).subarray(0, 60), 'archive_unreadable'],
    ['a zip without recordings', zip({ 'a.txt': bytesOf('x') }), 'nothing_found'],
    [
      'a zip of too many files',
      zip(Object.fromEntries(Array.from({ length: 5_001 }, (_, i) => [`${i}.gpx`, new Uint8Array(0)]))),
      'archive_too_large',
    ],
  ])('fails as a whole on %s', async (_, bytes, reason) => {
    const { done } = await importBytes(await signUp(), bytes)
    expect(done).toMatchObject({ state: 'failed', reason, detail: expect.stringMatching(/[가-힣]/) })
  })
})

describe('walks at the same time', () => {
  it('of which one was recorded here leave the imported one out', async () => {
    const me = await signUp()
    const pet = await addPet(me)
    const recorded = await walk(me, [pet])
    const { files } = await importBytes(me, gpx(shiftTrack(recorded.track, { east_m: 40, time_ms: 30_000 })))
    expect(files).toMatchObject([{ state: 'duplicate', reason: 'same_time', walk_id: recorded.id }])
  })

  it('make an imported walk give way to one that is recorded later, at whatever way it comes', async () => {
    const me = await signUp()
    const pet = await addPet(me)
    const track = freshTrack()
    const [file] = (await importBytes(me, gpx(track), { pet_ids: [pet] })).files
    const recorded = await walk(me, [pet], { track })
    expect(recorded.json).toMatchObject({ valid: true, ranked: true })
    expect((await me.get(`/walks/${file!.walk_id}`)).status).toBe(404)
    expect((await me.get('/walks')).json.items).toMatchObject([{ id: recorded.id }])
    const { rows } = await db.execute(`SELECT walk_count, imported_walk_count FROM user_totals WHERE user_id = '${me.user.user_id}'`)
    expect(rows).toEqual([{ walk_count: 1, imported_walk_count: 0 }])
    // It comes back only where the recorded one is gone, and gives way again.
    expect((await me.post(`/walks/${file!.walk_id}/restore`)).status).toBe(409)
    await me.delete(`/walks/${recorded.id}`)
    expect((await me.post(`/walks/${file!.walk_id}/restore`)).status).toBe(200)
    expect((await me.post(`/walks/${recorded.id}/restore`)).status).toBe(200)
    expect((await me.get('/walks')).json.items).toMatchObject([{ id: recorded.id }])
  })

  it('never make a recording a copy of an import, whoever imported it', async () => {
    const [me, other] = [await signUp(), await signUp()]
    const pet = await addPet(me)
    const track = freshTrack()
    await importBytes(other, gpx(track))
    expect((await walk(me, [pet], { track })).json).toMatchObject({ valid: true, ranked: true })
    // Nor is an import refused because it was recorded by somebody.
    expect((await importBytes(await signUp(), gpx(track))).files).toMatchObject([{ state: 'imported' }])
  })
})

describe('the requests of an import', () => {
  it('can be repeated, and one import runs at a time', async () => {
    const me = await signUp()
    const id = crypto.randomUUID()
    const body = { id, kind: 'files', name: 'a.gpx' }
    const first = await me.post('/users/me/imports', body)
    expect(first).toMatchObject({ status: 201, json: { id, state: 'waiting', counts: { files: 0 } } })
    expect((await me.post('/users/me/imports', body)).json).toEqual(first.json)
    expect((await me.post('/users/me/imports', { ...body, name: 'b.gpx' })).json.code).toBe('idempotency_conflict')
    const jobs = { sendBatch: async () => {} } as unknown as Queue
    const quiet = me.with({ jobs })
    const bytes = gpx(longAgo(1))
    const put = () => quiet.put(`/users/me/imports/${id}/file`, bytes)
    expect(await put()).toMatchObject({ status: 202, json: { state: 'running' } })
    expect(await put()).toMatchObject({ status: 202, json: { state: 'running' } })
    expect((await bucket.list({ prefix: `imports/${me.user.user_id}/` })).objects).toHaveLength(1)
    expect(await me.post('/users/me/imports', { kind: 'files' })).toMatchObject({
      status: 409,
      json: { code: 'import_running', import_id: id },
    })
    expect((await runImport(me, id)).counts.imported).toBe(1)
    expect(await put()).toMatchObject({ status: 202, json: { state: 'done' } })
    expect((await quiet.put(`/users/me/imports/${id}/file`, bytesOf('another'))).json.code).toBe('import_over')
    expect((await bucket.list({ prefix: `imports/${me.user.user_id}/` })).objects).toEqual([])
  })

  it('are refused for others, for pets of others, without a file, and more than ten times a day', async () => {
    const [me, other] = [await signUp(), await signUp()]
    const { json } = await me.post('/users/me/imports', { kind: 'files' })
    expect((await other.get(`/users/me/imports/${json.id}`)).json.code).toBe('import_not_found')
    expect((await other.get(`/users/me/imports/${json.id}/files`)).json.code).toBe('import_not_found')
    expect((await other.put(`/users/me/imports/${json.id}/file`, bytesOf('x'))).json.code).toBe('import_not_found')
    expect((await bucket.list({ prefix: `imports/${other.user.user_id}/` })).objects).toEqual([])
    expect((await me.put(`/users/me/imports/${json.id}/file`)).json.code).toBe('import_file_missing')
    expect((await me.post('/users/me/imports', { kind: 'files', pet_ids: [await addPet(other)] })).json.code).toBe('pet_not_found')
    expect((await me.post('/users/me/imports', { kind: 'files', from: '2026-02-30' })).status).toBe(422)
    expect((await me.post('/users/me/imports', { kind: 'files', from: '2026-02-03', to: '2026-02-01' })).status).toBe(422)
    for (let i = 1; i < 10; i++) expect((await me.post('/users/me/imports', { kind: 'files' })).status).toBe(201)
    expect(await me.post('/users/me/imports', { kind: 'files' })).toMatchObject({ status: 429, json: { code: 'too_many_imports' } })
    expect((await me.get(`/users/me/imports/${json.id}`)).json).toMatchObject({ state: 'failed', reason: 'never_uploaded' })
    const { json: page } = await me.get('/users/me/imports?limit=4')
    expect(page.items).toHaveLength(4)
    expect(page.next_cursor).not.toBeNull()
  })
})

describe('the job', () => {
  it('goes on after a failure, without doing anything twice', async () => {
    const me = await signUp()
    const files = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`${i}.gpx`, gpx(longAgo(i))]))
    const id = await beginImport(me, zip(files))
    const down = createTestDeps({ jobs: { sendBatch: async () => {} } as unknown as Queue })
    await runImportPart(down, id, 0)
    const failing = Object.create(down, {
      bucket: { value: bucketWith({ get: () => Promise.reject(new Error('R2 is down')) }) },
    }) as typeof down
    for (let n = 0; n < 5; n++) await expect(runImportPart(failing, id, 1)).rejects.toThrow('R2 is down')
    expect((await me.get(`/users/me/imports/${id}`)).json.counts).toMatchObject({ waiting: 11 })
    // On a busy machine one may wait too long for the other.
    await Promise.allSettled([runImportPart(down, id, 1), runImportPart(down, id, 1)])
    await runImportPart(down, id, 0)
    expect((await runImport(me, id)).counts).toMatchObject({ files: 11, imported: 11 })
    expect((await me.get('/walks?limit=50')).json.items).toHaveLength(11)
  })

  it('gives up a file that ends it again and again', async () => {
    const me = await signUp()
    const id = await beginImport(me, zip({ 'a.gpx': gpx(longAgo(1)), 'b.gpx': gpx(longAgo(2)) }))
    const deps = createTestDeps({ jobs: { sendBatch: async () => {} } as unknown as Queue })
    await runImportPart(deps, id, 0)
    await db.execute(`UPDATE import_files SET attempts = 3 WHERE import_id = '${id}' AND position = 0`)
    await runImport(me, id)
    expect((await filesOf(me, id)).map(({ state }) => state)).toEqual(['failed', 'imported'])
  })

  it('is swept when it does not go on, with what was uploaded, and forgotten after ninety days', async () => {
    const me = await signUp()
    const id = await beginImport(me, gpx(longAgo(1)))
    const mine = { prefix: `imports/${me.user.user_id}/` }
    const list = async () => {
      const { objects } = await bucket.list(mine)
      return { objects: objects.map((object) => ({ key: object.key, uploaded: new Date(Date.now() - 3 * DAY_MS) })), truncated: false }
    }
    const old = createTestDeps({ bucket: bucketWith({ list: list as never }) })
    await runTask(sweepImports, new Date(), old)
    expect((await bucket.list(mine)).objects).toHaveLength(1)
    await db.execute(`UPDATE imports SET touched_at = now() - interval '25 hours' WHERE id = '${id}'`)
    await runTask(sweepImports, new Date(), old)
    expect((await me.get(`/users/me/imports/${id}`)).json).toMatchObject({ state: 'failed', reason: 'interrupted' })
    expect((await bucket.list(mine)).objects).toEqual([])
    await db.execute(`UPDATE imports SET finished_at = now() - interval '91 days' WHERE id = '${id}'`)
    await runTask(purgeImports, new Date())
    expect((await me.get(`/users/me/imports/${id}`)).status).toBe(404)
  })
})

it('an active walk is no obstacle, and gets its time when it is completed', async () => {
  const me = await signUp()
  const pet = await addPet(me)
  const track = freshTrack()
  const started_at = new Date(Math.min(...track.time_ms)).toISOString()
  const id = await startWalk(me, [pet], { started_at })
  expect((await importBytes(me, gpx(track))).files).toMatchObject([{ state: 'imported' }])
  expect((await me.post(`/walks/${id}/complete`, completionBody(track))).json.valid).toBe(true)
})
