import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import * as schema from '../../../src/db/schema/index.ts'
import { leftOut } from '../../../src/modules/exports/archives/left-out.ts'
import { parts } from '../../../src/modules/exports/archives/parts.queries.ts'
import { createTestDeps } from '../../support/api.ts'
import { giveDerived, makeCourse, premiumPerson, publish, wayFrom } from '../../support/courses.ts'
import { exportAll, jsonOf, runSlices, textOf } from '../../support/exports.ts'
import { importBytes } from '../../support/imports.ts'
import { signUp } from '../../support/login.ts'
import { freshPhoto } from '../../support/photos.ts'
import { gpx } from '../../support/recordings.ts'
import { listRows } from '../../support/rows.ts'
import { addPet, freshTrack, walk } from '../../support/walks.ts'

async function walker() {
  const person = await signUp()
  const pet = await addPet(person)
  const walks = [await walk(person, [pet], { more: { memo: '=HYPERLINK("http://evil")' } })]
  return { ...person, pet, walks }
}

describe('what an archive has', () => {
  it('every table is a part of the archive, or README says why it is not', () => {
    const tables = Object.values(schema as Record<string, unknown>).flatMap((it) =>
      it instanceof PgTable ? [getTableConfig(it).name] : [],
    )
    const told = [...parts.flatMap((part) => part.tables), ...Object.values(leftOut).flat()]
    // Rows of `users` are in two files.
    expect(told.filter((name) => name !== 'users').toSorted()).toEqual([...new Set(tables)].filter((name) => name !== 'users').toSorted())
  })

  it('a walk is in it as a row, as GPX, as it was recorded, and in the table', async () => {
    const person = await walker()
    await person.post(`/pets/${person.pet}/photo`, await freshPhoto())
    const { files, row } = await exportAll(person)
    const id = person.walks[0]!.id
    expect(
      textOf(files, 'walks.ndjson')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toEqual([id])
    const gpx = (await person.get(`/walks/${id}/export.gpx`)).text
    expect(textOf(files, `tracks/${id}.gpx`)).toBe(gpx)
    const [{ track_key }] = await listRows(sql`SELECT track_key FROM walks WHERE id = ${id}`)
    const raw = await createTestDeps().bucket.get(track_key)
    expect(files[`raw/${id}.track`]).toEqual(new Uint8Array(await raw!.arrayBuffer()))
    expect(textOf(files, 'walks.csv')).toContain(`"'=HYPERLINK(""http://evil"")"`)
    expect(jsonOf(files, 'pets.json')).toMatchObject([{ id: person.pet, name: '초코' }])
    expect(row).toMatchObject({ state: 'ready', progress: 100, missing_count: 0, file_count: Object.keys(files).length })
  })

  it('a walk of years ago that was imported has its track, also where its recording is lost', async () => {
    const person = await signUp()
    const track = freshTrack({ agoMs: 1_100 * DAY_MS })
    const [file] = (await importBytes(person, gpx(track))).files
    const { files } = await exportAll(person)
    const gpxText = textOf(files, `tracks/${file!.walk_id}.gpx`)
    expect(gpxText).toBe((await person.get(`/walks/${file!.walk_id}/export.gpx`)).text)
    expect(gpxText.match(/<trkpt /g)!.length).toBeGreaterThan(track.time_ms.length / 2)
    expect(gpxText).toContain(`<time>${new Date(Math.round(Math.min(...track.time_ms))).toISOString().slice(0, 16)}`)
    const [{ track_key }] = await listRows(sql`SELECT track_key FROM walks WHERE id = ${file!.walk_id}`)
    await createTestDeps().bucket.delete(track_key)
    const dayAfter = { now: () => new Date(Date.now() + 25 * 3_600_000) }
    const second = await exportAll(person, { deps: dayAfter })
    expect(second.row.missing_count).toBe(1)
    expect(textOf(second.files, `tracks/${file!.walk_id}.gpx`)).toContain('<trkpt ')
  })

  it('the manifest names every other file with its size, hash and rows', async () => {
    const { files } = await exportAll(await walker())
    const manifest = jsonOf(files, 'manifest.json')
    expect(manifest.files.map(({ name }: { name: string }) => name).toSorted()).toEqual(
      Object.keys(files)
        .filter((name) => name !== 'manifest.json')
        .toSorted(),
    )
    for (const { name, bytes, sha256, rows } of manifest.files) {
      const content = files[name]!
      expect(content).toHaveLength(bytes)
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(content)))
      expect([...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')).toBe(sha256)
      if (name.endsWith('.json')) expect(jsonOf(files, name)).toHaveLength(rows)
    }
  })

  it('has no secret and no stranger in it', async () => {
    const person = await walker()
    const other = await signUp()
    await other.post(`/follows/${person.user.user_id}`)
    await other.post('/reports', { target_type: 'user', target_id: person.user.user_id, reason: 'spam' })
    const { json: feed } = await person.post('/users/me/calendar-feed')
    const { files } = await exportAll(person)
    const everything = Object.keys(files)
      .filter((name) => /json|csv|txt/.test(name))
      .map((name) => textOf(files, name))
      .join('\n')
    expect(everything).not.toContain(other.user.user_id)
    expect(everything).not.toContain(new URL(feed.url).searchParams.get('token'))
    for (const secret of ['token_hash', 'vendor_token', 'sealed_key', 'request_hash', 'provider_id', 'content":"\\\\x'])
      expect(everything).not.toContain(secret)
  })
})

describe('courses', () => {
  it('has the whole way of one’s own, and of another’s favourite no word', async () => {
    const [person, author] = await Promise.all([premiumPerson(), premiumPerson()])
    const { id } = await publish(author, { lat: 35.44, lng: 130.06 })
    await author.patch(`/courses/${id}`, { name: '남의 코스' })
    const derived = await giveDerived(wayFrom({ lat: 35.54, lng: 130.06 }, [0, 0], [900, 0]), { name: '모두의 코스' })
    for (const course of [id, derived]) expect((await person.put(`/courses/${course}/favorite`)).status).toBe(204)
    const own = await makeCourse(person, wayFrom({ lat: 35.64, lng: 130.06 }, [0, 0], [900, 0]))
    const { files } = await exportAll(person)
    const names = new Map(jsonOf(files, 'course-favorites.json').map((row: any) => [row.course_id, row.name]))
    expect([...names]).toEqual(
      expect.arrayContaining([
        [id, null],
        [derived, '모두의 코스'],
      ]),
    )
    expect(jsonOf(files, 'courses.json')).toEqual([
      expect.objectContaining({
        id: own.id,
        name: '아침 코스',
        publication: null,
        line: expect.stringMatching(/^SRID=4326;LINESTRING\(130\.06/),
      }),
    ])
    const theirs = await exportAll(author)
    expect(jsonOf(theirs.files, 'courses.json')).toMatchObject([{ id, publication: { from_place_id: expect.any(String) } }])
  })
})

describe('asking for one', () => {
  it('a second one within a day is refused with the first', async () => {
    const person = await signUp()
    const first = await person.post('/users/me/exports')
    expect(first).toMatchObject({ status: 202, json: { state: 'running', download_url: null } })
    const second = await person.post('/users/me/exports')
    expect(second).toMatchObject({ status: 409, json: { code: 'export_made_already', export: { id: first.json.id } } })
    const tomorrow = { now: () => new Date(Date.now() + 25 * 3_600_000) }
    expect((await person.with(tomorrow).post('/users/me/exports')).status).toBe(202)
  })

  it('others neither see nor delete it, and its link works for whoever has it until it is deleted', async () => {
    const person = await signUp()
    const { id, row, zip } = await exportAll(person)
    const other = await signUp()
    expect((await other.get(`/users/me/exports/${id}`)).status).toBe(404)
    expect((await other.delete(`/users/me/exports/${id}`)).status).toBe(404)
    const part = await other.get(row.download_url, { headers: { Range: 'bytes=100-299' } })
    expect(part.status).toBe(206)
    expect(part.bytes).toEqual(zip.slice(100, 300))
    expect((await other.get(row.download_url.replace(/.$/, (end: string) => (end === '0' ? '1' : '0')))).status).toBe(404)
    const dayAfter = { now: () => new Date(Date.now() + 25 * 3_600_000) }
    expect((await other.with(dayAfter).get(row.download_url)).status).toBe(404)
    expect((await person.delete(`/users/me/exports/${id}`)).status).toBe(204)
    expect((await person.get(row.download_url)).status).toBe(404)
    expect((await person.get(`/users/me/exports/${id}`)).json).toMatchObject({ state: 'gone', download_url: null })
  })

  it('its owner is told when it is ready, once', async () => {
    const person = await signUp()
    const { id } = await exportAll(person)
    await runSlices(id)
    const told = await listRows(sql`SELECT facts FROM notifications WHERE user_id = ${person.user.user_id} AND type = 'export_ready'`)
    expect(told).toEqual([{ facts: { export_id: id } }])
  })
})
