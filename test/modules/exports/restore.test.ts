import { sql } from 'drizzle-orm'
import { unzipSync, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { pathIn } from '../../../src/core/folders.ts'
import { DAY_MS } from '../../../src/core/time.ts'
import { parts } from '../../../src/modules/exports/archives/parts.queries.ts'
import { restoreArchive } from '../../../src/modules/exports/restore/service.ts'
import { purgeUsers } from '../../../src/modules/users/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { giveDerived, makeCourse, publish, wayFrom } from '../../support/courses.ts'
import { exportAll, type Files, jsonOf, textOf } from '../../support/exports.ts'
import { importBytes } from '../../support/imports.ts'
import { givePlace } from '../../support/known-places.ts'
import { signUp } from '../../support/login.ts'
import { join, makeMeetup } from '../../support/meetups.ts'
import { DARK } from '../../support/orders.ts'
import { freshPhoto } from '../../support/photos.ts'
import { gpx } from '../../support/recordings.ts'
import { idOf, type Person } from '../../support/rooms.ts'
import { listRows } from '../../support/rows.ts'
import { subscribeAtToss } from '../../support/subscribers.ts'
import { runTask } from '../../support/tasks.ts'
import { shareWalk } from '../../support/shared-walks.ts'
import { givePremium, makeDong, makeWalker, type Walker } from '../../support/walkers.ts'
import { freshTrack, walk } from '../../support/walks.ts'

const deps = createTestDeps()
const LATER = { now: () => new Date(Date.now() + 26 * 3_600_000) }

/** Restores an archive to its last part, and returns what it reports. Each part runs twice, as a queue may deliver it. */
async function restore(person: Person, zip: Uint8Array, { twice = false } = {}) {
  const id = crypto.randomUUID()
  const object_key = pathIn('imports', idOf(person), id, 'archive')
  await deps.bucket.put(object_key, zip)
  const archive = { id, user_id: idOf(person), object_key, bytes: zip.length }
  for (let cursor: unknown = null; ;) {
    if (twice) await restoreArchive(deps, archive, cursor)
    const part = await restoreArchive(deps, archive, cursor)
    if (part.next === null) return part
    cursor = JSON.parse(JSON.stringify(part.next))
  }
}

/** Deletes an account, and destroys all that is left of it. */
async function wipe(person: Person) {
  await person.delete('/users/me')
  const at = new Date(Date.now() - 40 * DAY_MS).toISOString()
  await deps.db.execute(sql`UPDATE users SET deleted_at = ${at} WHERE id = ${idOf(person)}`)
  for (let i = 0; i < 20; i++) {
    await runTask(purgeUsers, new Date())
    if ((await listRows(sql`SELECT 1 FROM users WHERE id = ${idOf(person)}`)).length === 0) return
  }
  throw new Error('the account was not purged')
}

async function did({ status, json, text }: Awaited<ReturnType<Person['get']>>) {
  if (status >= 300) throw new Error(`refused: ${status} ${text}`)
  return json
}

/** Somebody who has done a bit of everything. */
async function fullPerson() {
  const friend = await signUp()
  const stranger = await signUp()
  const person = await makeWalker((await makeDong()).dong)
  await did(await person.patch('/users/me', { weekly_goal_km: 33, walk_unit: 'mile' }))
  await did(
    await person.patch('/users/me/settings', { voice_guidance: false, quiet_hours: { enabled: true, start: '23:00', end: '07:00' } }),
  )
  await did(await person.put('/users/me/privacy-zone', { lat: 37.51234567, lng: 127.0456789, radius_m: 300 }))
  await did(await person.post(`/upload/pet-profile/${person.pet}`, await freshPhoto()))
  await did(
    await person.post(`/pets/${person.pet}/health-records`, { record_type: 'weight', record_date: '2026-11-01', value_numeric: 5.2 }),
  )
  const at = Date.now()
  const first = await walk(person, [person.pet], {
    track: freshTrack({ at: at - 2 * 3_600_000 }),
    more: { memo: '좋은 날 "산책"', shared_to_feed: true },
  })
  await walk(person, [person.pet], { track: freshTrack({ at }) })
  await did(await person.post(`/upload/walk-photo/${first.id}?lat=37.5&lng=127.03`, await freshPhoto()))
  await did(await person.post('/upload/image', await freshPhoto()))
  await did(await person.post('/comments', { walk_id: first.id, content: '내 산책' }))
  const theirs = await shareWalk(friend)
  await did(await person.post(`/likes/${theirs}`))
  await did(await person.put(`/walks/${theirs}/reactions/paw`))
  await did(await person.post('/comments', { walk_id: theirs, content: '귀여워요' }))
  await did(await person.post(`/follows/${idOf(friend)}`))
  await did(await person.post(`/blocks/${idOf(stranger)}`))
  await did(
    await person.post('/invitations', {
      invitee_ids: [idOf(friend)],
      scheduled_at: new Date(at + DAY_MS).toISOString(),
      message: '같이 가요',
    }),
  )
  await addTheRest(person, friend, { walk: first.id, theirs })
  return { person, friend, stranger, theirs, walk: first }
}

/** Rows of every other file: by requests where that is short, and as jobs and payments would leave them. */
async function addTheRest(person: Walker, friend: Person, of: { walk: string; theirs: string }) {
  const me = idOf(person)
  const other = idOf(friend)
  const { dong } = await makeDong()
  // Grades and titles that the walks and badges of the archive alone would not bring.
  await run(
    sql`INSERT INTO user_grades VALUES (${me}, 2, '2025-02-03 04:05:06.789+00', ${of.walk}), (${me}, 3, '2025-03-03 04:05:06+00', NULL)`,
  )
  await run(sql`INSERT INTO user_titles VALUES (${me}, 'dawn_walker', '2025-04-04 04:04:04+00') ON CONFLICT DO NOTHING`)
  await run(sql`UPDATE users SET title_code = 'dawn_walker' WHERE id = ${me}`)
  await run(sql`INSERT INTO badge_nears SELECT ${me}, badges.id, 0, 80 FROM badges WHERE badges.code = 'dist_1000k'`)
  await run(sql`INSERT INTO weekly_dong_wins VALUES (${me}, '2024-01-01', ${dong})`)
  await run(sql`INSERT INTO rest_days VALUES (${me}, '2025-01-01', '2025-01-05')`)
  await run(sql`INSERT INTO consents VALUES (${me}, 'service', '2025-01-01 01:02:03+00', '1', true)`)
  await run(sql`INSERT INTO heat_company VALUES (${me}, gen_random_uuid(), '2026-01-02')`)
  await run(sql`INSERT INTO place_favorites VALUES (${me}, ${await givePlace()}, '2025-06-06')`)

  await givePremium(person)
  await makeCourse(person, wayFrom({ lat: 35.04, lng: 130.06 }, [0, 0], [333, 111], [777, -55]), { description: '강을 따라' })
  const gone = await makeCourse(person, wayFrom({ lat: 35.14, lng: 130.06 }, [0, 0], [900, 0]))
  await did(await person.delete(`/courses/${gone.id}`))
  const published = await publish(person, { lat: 35.24, lng: 130.06 })
  const derived = await giveDerived(wayFrom({ lat: 35.34, lng: 130.06 }, [0, 0], [900, 0]))
  for (const id of [published.id, derived]) await did(await person.put(`/courses/${id}/favorite`))

  await importBytes(person, gpx(freshTrack({ agoMs: 900 * DAY_MS })), { name: '옛 산책.gpx', pet_ids: [person.pet] })
  await run(sql`INSERT INTO feed_hides VALUES (${me}, ${of.theirs}, '2025-06-06')`)
  await run(sql`INSERT INTO recommendation_dismissals VALUES (${me}, ${other}, '2025-06-06')`)
  await did(await friend.post('/invitations', { invitee_ids: [me], scheduled_at: new Date(Date.now() + 2 * DAY_MS).toISOString() }))
  await makeMeetup(person)
  await join(person, await makeMeetup(friend))
  const [invitation] = await listRows(sql`SELECT id FROM invitations WHERE inviter_id = ${me}`)
  // Before all walks, so that the heat map finds no company in them.
  await run(sql`INSERT INTO room_encounters (invitation_id, one_id, other_id, together)
    VALUES (${invitation.id}, least(${me}::uuid, ${other}::uuid), greatest(${me}::uuid, ${other}::uuid), '{[2020-01-01,2020-01-02)}')`)
  await run(sql`INSERT INTO location_provisions VALUES (${me}, ${invitation.id}, ${other}, '2026-01-01', '2026-01-02')`)
  await did(await person.post('/reports', { target_type: 'user', target_id: idOf(await signUp()), reason: 'spam' }))
  await run(sql`INSERT INTO share_links VALUES (${of.walk}, (enum_range(NULL::card_theme))[1], gen_random_uuid(), '2026-01-01')`)
  await run(sql`
    WITH warned AS (
      INSERT INTO moderation_actions (id, target_type, target_id, author_id, action, note, before, created_at)
      VALUES (gen_random_uuid(), 'walk', gen_random_uuid(), ${me}, 'warn', '운영자의 메모', '{}', '2026-01-01')
      RETURNING id
    )
    INSERT INTO appeals (action_id, user_id, text, created_at) SELECT id, ${me}, '억울해요', '2026-01-02' FROM warned`)

  const { id, billing_key_id } = await subscribeAtToss({ user_id: me, ends_at: new Date('2026-02-01') })
  const ref = sql`(SELECT store_account_token FROM users WHERE id = ${me})`
  await run(sql`INSERT INTO charges (subscription_id, period_no, order_id, plan, amount_won, from_month, to_month, starts_at, ends_at, has_grace, state, billing_key_id)
    VALUES (${id}, 0, ${`charge-${id}`}, 'monthly', 3900, 0, 1, '2026-01-01', '2026-02-01', false, 'done', ${billing_key_id})`)
  await run(sql`INSERT INTO orders (id, user_id, person_ref, product_id, amount_won, state, request_hash, created_at, expires_at)
    VALUES (${`order-${id}`}, ${me}, ${ref}, ${DARK}, 1900, 'paid', '', '2026-01-01', '2026-01-02')`)
  await run(sql`INSERT INTO payments (provider, transaction_id, kind, user_id, person_ref, product_id, amount_won, currency, at, source_event)
    VALUES ('toss', ${id}, 'charge', ${me}, ${ref}, ${DARK}, 1900, 'KRW', '2026-01-01', 'test')`)
  await run(sql`INSERT INTO refunds (id, user_id, payment_key, order_id, amount_won, reason, basis, state, created_at, settled_at)
    VALUES (gen_random_uuid(), ${me}, ${id}, ${`order-${id}`}, 1900, '마음이 바뀜', 'withdrawal', 'done', '2026-01-01', '2026-01-02')`)
  await run(sql`INSERT INTO purchases (provider, environment, ref, product_id, user_id, person_ref, granted_at, fact_at)
    VALUES ('toss', 'production', ${id}, ${DARK}, ${me}, ${ref}, '2026-01-01', '2026-01-01')`)
  await run(sql`INSERT INTO hall_of_fame (category, period_key, user_id, rank, distance_m, walk_count, written_at)
    VALUES ('month_mvp', '1999-01', ${me}, 1, 1000, 1, '1999-02-01')`)
}

const run = (statement: ReturnType<typeof sql>) => deps.db.execute(statement)

/** Files that are of the present account, and what a new one has done itself. */
const PRESENT = ['logins.json', 'devices.json', 'manifest.json']

function expectEqual(after: Files, before: Files) {
  expect(Object.keys(after).toSorted()).toEqual(Object.keys(before).toSorted())
  for (const name of Object.keys(before).filter((file) => !PRESENT.includes(file))) {
    if (/\.(json|ndjson|csv|txt|gpx)$/.test(name)) expect(textOf(after, name), name).toBe(textOf(before, name))
    else expect(after[name], name).toEqual(before[name])
  }
}

describe('export, wipe, import, export', () => {
  it('is equal but for the time', async () => {
    const { person, friend, theirs } = await fullPerson()
    const { zip, files } = await exportAll(person)
    const rows = new Map(jsonOf(files, 'manifest.json').files.map(({ name, rows: count }: any) => [name, count]))
    expect(parts.map(({ file }) => file).filter((file) => !rows.get(file))).toEqual([])
    expect(jsonOf(files, 'courses.json').map(({ publication }: any) => publication !== null)).toEqual([false, true])
    await wipe(person)
    const again = await signUp()
    const { failed, report } = await restore(again, zip, { twice: true })
    expect(failed).toBeUndefined()
    expect(report).toMatchObject({ files: { 'walks.ndjson': { rows: 3, dropped: 0 } } })
    expect(Object.entries<any>((report as any).files).filter(([, { dropped }]) => dropped > 0)).toEqual([])
    const second = await exportAll(again)
    expectEqual(second.files, files)
    const [totals] = await listRows(sql`SELECT walk_count, imported_walk_count FROM user_totals WHERE user_id = ${idOf(again)}`)
    expect(totals).toEqual({ walk_count: 2, imported_walk_count: 1 })
    expect((await again.get('/users/me')).json.title).toMatchObject({ code: 'dawn_walker' })
    expect(await listRows(sql`SELECT 1 FROM premium_periods WHERE user_id = ${idOf(again)}`)).toEqual([])
    const courses = await listRows(
      sql`SELECT count(*)::int AS courses, count(published_line)::int AS published, count(deleted_at)::int AS gone FROM courses WHERE owner_id = ${idOf(again)}`,
    )
    expect(courses).toEqual([{ courses: 2, published: 1, gone: 0 }])
    expect((await friend.get('/invitations?box=received')).text).not.toContain('같이 가요')
    const [post] = await listRows(sql`SELECT like_count, comment_count FROM posts WHERE walk_id = ${theirs}`)
    // The like came back. The comment was not published again.
    expect(post).toEqual({ like_count: 1, comment_count: 0 })
    // Once more changes nothing.
    await restore(again, zip)
    expectEqual((await exportAll(again, { deps: LATER })).files, files)
  })
})

describe('people who are gone', () => {
  it('whom one followed and liked is dropped and counted, and nothing else of the archive changes', async () => {
    const { person, friend, stranger } = await fullPerson()
    const { zip, files } = await exportAll(person)
    await wipe(person)
    await wipe(friend)
    await wipe(stranger)
    const again = await signUp()
    const { report } = await restore(again, zip)
    expect(report).toMatchObject({
      files: {
        'follows.json': { rows: 1, restored: 0, dropped: 1 },
        'blocks.json': { rows: 1, restored: 0, dropped: 1 },
        'likes.json': { rows: 1, restored: 0, dropped: 1 },
        'reactions.json': { rows: 1, restored: 0, dropped: 1 },
        'hidden-posts.json': { rows: 1, restored: 0, dropped: 1 },
        'dismissed.json': { rows: 1, restored: 0, dropped: 1 },
      },
    })
    const gone = ['follows.json', 'blocks.json', 'likes.json', 'reactions.json', 'hidden-posts.json', 'dismissed.json']
    const second = await exportAll(again)
    expect(gone.map((name) => jsonOf(second.files, name))).toEqual(gone.map(() => []))
    const without = (all: Files) => Object.fromEntries(Object.entries(all).filter(([name]) => !gone.includes(name)))
    expectEqual(without(second.files), without(files))
  })
})

describe('whose archive', () => {
  it('nobody takes what is somebody living, and of one who is gone only one', async () => {
    const person = await makeWalker((await makeDong()).dong)
    await walk(person, [person.pet])
    const { zip } = await exportAll(person)
    const [thief, heir] = await Promise.all([signUp(), signUp()])
    expect(await restore(thief, zip)).toMatchObject({ failed: 'archive_of_another' })
    expect(jsonOf((await exportAll(thief)).files, 'pets.json')).toEqual([])
    await wipe(person)
    expect((await restore(heir, zip)).failed).toBeUndefined()
    expect(await restore(thief, zip)).toMatchObject({ failed: 'archive_of_another' })
  })

  it('what is there stays as it is', async () => {
    const person = await makeWalker((await makeDong()).dong)
    const { id } = await walk(person, [person.pet])
    await givePremium(person)
    const course = await makeCourse(person, wayFrom({ lat: 35.74, lng: 130.06 }, [0, 0], [900, 0]))
    const gone = await makeCourse(person, wayFrom({ lat: 35.84, lng: 130.06 }, [0, 0], [900, 0]))
    await run(sql`INSERT INTO user_grades VALUES (${idOf(person)}, 2, '2025-02-03', NULL)`)
    await did(await person.patch('/users/me', { title_code: 'first_step' }))
    // At dawn the walk brings another title as well.
    const firstStep = (of: Files) => jsonOf(of, 'titles.json').find(({ title_code }: any) => title_code === 'first_step')
    const { zip, files: before } = await exportAll(person)
    expect(firstStep(before)).toMatchObject({ is_shown: true })
    await person.patch(`/pets/${person.pet}`, { name: '보리' })
    await person.delete(`/walks/${id}`)
    await did(await person.patch(`/courses/${course.id}`, { name: '새 이름' }))
    await did(await person.delete(`/courses/${gone.id}`))
    await run(sql`UPDATE users SET title_code = NULL WHERE id = ${idOf(person)}`)
    await run(sql`UPDATE user_grades SET reached_at = '2025-01-01' WHERE user_id = ${idOf(person)} AND level = 2`)
    await restore(person, zip)
    const { files } = await exportAll(person, { deps: LATER })
    expect(jsonOf(files, 'pets.json')).toMatchObject([{ name: '보리' }])
    expect(textOf(files, 'walks.ndjson')).toBe('')
    expect(jsonOf(files, 'courses.json')).toMatchObject([{ id: course.id, name: '새 이름' }])
    expect(firstStep(files)).toMatchObject({ is_shown: false })
    expect(jsonOf(files, 'grades.json')).toMatchObject([{ level: 2, reached_at: expect.stringMatching(/^2025-01-01/) }])
  })
})

describe('a published course', () => {
  const afterwards = async (change: (ids: { from: string; owner: string }) => ReturnType<typeof sql>) => {
    const person = await makeWalker((await makeDong()).dong)
    await walk(person, [person.pet])
    await givePremium(person)
    const { id, pair } = await publish(person)
    const { zip } = await exportAll(person)
    await wipe(person)
    const again = await signUp()
    await run(change({ from: pair.from_place_id, owner: idOf(again) }))
    await restore(again, zip, { twice: true })
    return { again, course: (await did(await again.get('/courses?filter=mine'))).items.find((course: any) => course.id === id) }
  }

  it('comes back published as of the same day, also without premium', async () => {
    const { course, again } = await afterwards(() => sql`SELECT 1`)
    expect(course).toMatchObject({ is_published: true, publication: { is_shown: true } })
    expect((await (await signUp()).get(`/courses/${course.id}`)).json).toMatchObject({ author: { id: idOf(again) } })
  })

  it('comes back private where a place has closed, or where its owner is hidden now or suspended', async () => {
    for (const change of [
      ({ from }: { from: string }) => sql`UPDATE places SET is_open = false WHERE id = ${from}`,
      ({ owner }: { owner: string }) => sql`UPDATE users SET suspended_until = now() + interval '1 day' WHERE id = ${owner}`,
      ({ from, owner }: { from: string; owner: string }) =>
        sql`UPDATE users SET privacy_zone_center = places.location, privacy_zone_radius_m = 200 FROM places WHERE places.id = ${from} AND users.id = ${owner}`,
    ]) {
      const { course } = await afterwards(change)
      expect(course).toMatchObject({ is_published: false, publication: null })
    }
  })
})

describe('archives that are not what they seem', () => {
  const nothing = async (person: Person) => {
    const [row] = await listRows(sql`
      SELECT (SELECT count(*)::int FROM pets WHERE user_id = ${idOf(person)}) AS pets, (SELECT count(*)::int FROM walks WHERE user_id = ${idOf(person)}) AS walks,
             (SELECT count(*)::int FROM archived_records WHERE user_id = ${idOf(person)}) AS records`)
    return row
  }

  it('one changed byte, one file more or less, or a name twice, and nothing is taken', async () => {
    const person = await makeWalker((await makeDong()).dong)
    await walk(person, [person.pet])
    const { zip, files } = await exportAll(person)
    await wipe(person)
    const again = await signUp()
    const text = textOf(files, 'pets.json')
    const packed = (change: Files) => zipSync(change)
    const longer: Files = { ...files, 'pets.json': new TextEncoder().encode(text.replace('초코', '고양이')) }
    const same: Files = { ...files, 'pets.json': new TextEncoder().encode(text.replace('"weight_kg" : 5', '"weight_kg" : 6')) }
    const { 'pets.json': _, ...fewer } = files
    // Who holds a damaged copy claims nothing by it.
    expect(await restore(await signUp(), packed(same))).toMatchObject({ failed: 'archive_changed' })
    expect(await restore(again, packed(longer))).toMatchObject({ failed: 'archive_changed' })
    expect(await restore(again, packed(same))).toMatchObject({ failed: 'archive_changed' })
    expect(await restore(again, packed(fewer))).toMatchObject({ failed: 'archive_changed' })
    expect(await restore(again, packed({ ...files, '../../etc/passwd': new Uint8Array(3) }))).toMatchObject({ failed: 'archive_changed' })
    const unsealed: Files = {
      ...files,
      'manifest.json': new TextEncoder().encode(
        textOf(files, 'manifest.json').replace(/"mac": "(.)/, (_all, first: string) => `"mac": "${first === '0' ? '1' : '0'}`),
      ),
    }
    expect(await restore(again, packed(unsealed))).toMatchObject({ failed: 'archive_unsealed' })
    expect(await restore(again, zip.slice(0, -40))).toMatchObject({ failed: 'archive_unreadable' })
    expect(await restore(again, zip.slice(500))).toMatchObject({ failed: 'archive_unreadable' })
    expect(await restore(again, new Uint8Array(10))).toMatchObject({ failed: 'archive_unreadable' })
    expect(await nothing(again)).toEqual({ pets: 0, walks: 0, records: 0 })
    // The same files in another zip are the same archive.
    expect((await restore(again, packed(files))).failed).toBeUndefined()
    expect(await nothing(again)).toMatchObject({ pets: 1, walks: 1 })
  })

  it('a bomb, and entries that lie over each other, are never inflated', async () => {
    const person = await signUp()
    const bomb = zipSync({ 'manifest.json': new Uint8Array(60 * 1024 ** 2) })
    expect(bomb.length).toBeLessThan(100_000)
    expect(await restore(person, bomb)).toMatchObject({ failed: 'archive_unreadable' })
    // Says that it is small, and is not.
    const lying = zipSync({ 'manifest.json': new Uint8Array(1024 ** 2) })
    const view = new DataView(lying.buffer)
    const directory = view.getUint32(lying.length - 6, true)
    view.setUint32(directory + 24, 10, true)
    expect(await restore(person, lying)).toMatchObject({ failed: 'archive_unreadable' })
    const two = zipSync({ 'manifest.json': new Uint8Array(9), 'a.json': new Uint8Array(9) }, { level: 0 })
    const at = new DataView(two.buffer).getUint32(two.length - 6, true)
    const second = at + 46 + 'manifest.json'.length
    new DataView(two.buffer).setUint32(second + 42, 0, true)
    expect(await restore(person, two)).toMatchObject({ failed: 'archive_unreadable' })
    expect(unzipSync(bomb)['manifest.json']).toHaveLength(60 * 1024 ** 2)
  })
})
