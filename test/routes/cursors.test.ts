import { zipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS } from '../../src/core/time.ts'
import { createApi, createTestDeps } from '../support/api.ts'
import { makeCourse } from '../support/courses.ts'
import { join, makeMeetup, quietPlace } from '../support/meetups.ts'
import { completeMadeUp } from '../support/measured-walks.ts'
import { demand, reportWalk, warn } from '../support/moderation.ts'
import { freshPhoto } from '../support/photos.ts'
import { gpx } from '../support/recordings.ts'
import { importBytes } from '../support/imports.ts'
import { BADGES, buy, DARK } from '../support/orders.ts'
import { tell } from '../support/pushes.ts'
import { givePeople } from '../support/names.ts'
import { idOf, inMinutes, invite } from '../support/rooms.ts'
import { signUp } from '../support/login.ts'
import { shareWalk } from '../support/shared-walks.ts'
import { freshTrack } from '../support/walks.ts'
import { givePremium, makeDong, makeWalker } from '../support/walkers.ts'

const PARK = quietPlace()

/** The path of every list of the document, each with more than one item for its reader. */
async function fillLists() {
  const { db } = createTestDeps()
  const { dong } = await makeDong()
  const [reader, neighbour, third] = await Promise.all([makeWalker(dong), makeWalker(dong), signUp()])
  const me = idOf(reader)
  await givePremium(reader)
  await db.execute(`UPDATE users SET role = 'admin' WHERE id = '${me}'`)
  for (const [k, walker] of [reader, reader, neighbour].entries()) {
    const started_at = new Date(Date.now() - (k + 1) * 3_600_000)
    await completeMadeUp(walker, { pet_ids: [walker.pet], started_at, distance_m: 1_000 }, new Date(started_at.getTime() + 1_800_000))
  }
  for (const record_date of ['2026-11-01', '2026-11-02'])
    await reader.post(`/pets/${reader.pet}/health-records`, { record_type: 'hospital_visit', record_date })
  for (let n = 0; n < 2; n++) await reader.post('/upload/image', await freshPhoto())
  const { items: walks } = (await reader.get('/walks')).json
  for (const { id } of walks) await reader.post(`/upload/walk-photo/${id}`, await freshPhoto())
  const imports = []
  for (const days of [500, 510]) {
    const [one, other] = [days, days + 1].map((n) => gpx(freshTrack({ agoMs: n * DAY_MS })))
    imports.push((await importBytes(reader, zipSync({ 'one.gpx': one!, 'other.gpx': other! }))).id)
  }
  for (const type of ['comment', 'follow'] as const) await tell(reader, type, new Date())
  for (const minutes of [60, 120]) await invite(reader, [third], { scheduled_at: inMinutes(minutes) })
  for (const other of await Promise.all([signUp(), signUp()])) await reader.post(`/blocks/${idOf(other)}`)
  await givePeople([{ pets: ['찾기둘'] }, { pets: ['찾기셋'] }])
  for (const person of [me, idOf(neighbour)]) {
    await db.execute(`INSERT INTO hall_of_fame (category, period_key, user_id, rank, distance_m, walk_count, written_at)
      VALUES ('month_mvp', '2199-12', '${person}', 1, 1000, 1, now())`)
    await db.execute(`INSERT INTO location_provisions (subject_id, invitation_id, viewer_id, first_at, last_at)
      VALUES ('${me}', gen_random_uuid(), '${person}', now(), now())`)
    await db.execute(
      `INSERT INTO announcements (id, request_hash, title, body, created_at) VALUES (gen_random_uuid(), '', '공지', '내용', now())`,
    )
    await db.execute(`INSERT INTO job_runs (job, scheduled_at, started_at) VALUES ('tests.${person}', now(), now())`)
    await db.execute(`INSERT INTO payment_differences (provider, external_id, what, found_at, event_id)
      VALUES ('toss', '${person}', 'stray', now() - interval '1 minute', 'tests.${person}')`)
    await db.execute(`INSERT INTO dead_letters (id, queue, body, died_at) VALUES ('${person}', 'jobs-dead', '{}', now())`)
  }
  for (const product of [BADGES, DARK]) await buy(reader, product)
  const shared = await shareWalk(await signUp())
  for (const person of [reader, third]) {
    await person.post(`/likes/${shared}`)
    await person.post('/comments', { walk_id: shared, content: '귀여워요' })
  }
  const author = await signUp()
  for (let n = 0; n < 2; n++) {
    const walkId = await shareWalk(author)
    await reportWalk(author, 'inappropriate', third)
    await demand(walkId)
    await reader.post('/appeals', { action_id: await warn(reader), text: '다시 봐 주세요' })
  }
  const meetups = await Promise.all([makeMeetup(author, PARK), makeMeetup(third, PARK)])
  for (const guest of [reader, neighbour]) await join(guest, meetups[0]!)
  for (const follower of [reader, third]) await follower.post(`/follows/${idOf(author)}`)
  await reader.post(`/follows/${idOf(neighbour)}`)
  for (let n = 0; n < 2; n++) await makeCourse(reader)
  const paths: Record<string, string> = {
    '/admin/appeals': '/admin/appeals',
    '/admin/dead-letters': '/admin/dead-letters',
    '/admin/jobs': '/admin/jobs',
    '/admin/payments': '/admin/payments?kind=differences',
    '/admin/reports': '/admin/reports',
    '/admin/takedowns': '/admin/takedowns',
    '/announcements': '/announcements',
    '/courses': '/courses?filter=mine',
    '/feed': '/feed?filter=following',
    '/users/me/moderation': '/users/me/moderation',
    '/users/{id}/followers': `/users/${idOf(author)}/followers`,
    '/users/{id}/following': `/users/${me}/following`,
    '/users/{id}/walks': `/users/${idOf(author)}/walks`,
    '/blocks': '/blocks',
    '/photos': '/photos',
    '/upload/images': '/upload/images',
    '/invitations': '/invitations',
    '/meetups': `/meetups?lat=${PARK.lat}&lng=${PARK.lng}`,
    '/meetups/{id}/participants': `/meetups/${meetups[0]!.id}/participants`,
    '/notifications': '/notifications',
    '/payments/history': '/payments/history',
    '/places': '/places?lat=37.5444&lng=127.0374&radius_m=20000',
    '/pets/{id}/health-records': `/pets/${reader.pet}/health-records`,
    // The walks above may lie in two weeks and two months.
    '/rankings': '/rankings?period=alltime',
    '/rankings/hall-of-fame': '/rankings/hall-of-fame?category=month_mvp',
    '/users/me/imports': '/users/me/imports',
    '/users/me/imports/{id}/files': `/users/me/imports/${imports[0]}/files`,
    '/users/me/location-ledger': '/users/me/location-ledger',
    '/users/search': '/users/search?q=%EC%B0%BE%EA%B8%B0',
    '/users/{id}/badges': `/users/${me}/badges`,
    '/walks': '/walks',
    '/walks/{id}/comments': `/walks/${shared}/comments`,
    '/walks/{id}/likes': `/walks/${shared}/likes`,
  }
  return { reader, neighbour, paths }
}

const withQuery = (path: string, query: string) => `${path}${path.includes('?') ? '&' : '?'}${query}`

interface Operation {
  parameters?: { name: string }[]
}

describe('the cursor of a list', () => {
  let lists: Awaited<ReturnType<typeof fillLists>>
  const cursors: Record<string, string> = {}
  beforeAll(async () => {
    lists = await fillLists()
    for (const [route, path] of Object.entries(lists.paths)) {
      const { json } = await lists.reader.get(withQuery(path, 'limit=1'))
      expect(json, route).toMatchObject({ items: [{}], next_cursor: expect.any(String) })
      cursors[route] = json.next_cursor
    }
  })

  it('is tried for every list of the document', async () => {
    const { json } = await createApi().get('/openapi.json')
    const listed = Object.entries<Record<string, Operation>>(json.paths)
      .filter(([, { get }]) => get?.parameters?.some(({ name }) => name === 'cursor'))
      .map(([path]) => path)
    expect(Object.keys(lists.paths).toSorted()).toEqual(listed.toSorted())
  })

  it('says nothing to whoever decodes it', () => {
    for (const [route, cursor] of Object.entries(cursors)) {
      const decoded = Buffer.from(cursor, 'base64url').toString('latin1')
      expect(() => JSON.parse(decoded), route).toThrow(SyntaxError)
      expect(decoded, route).not.toMatch(/20\d\d-\d\d|[0-9a-f]{8}-[0-9a-f]{4}/)
    }
  })

  it('goes on in its own list, and is refused by every other, and to everybody else', async () => {
    for (const [route, path] of Object.entries(lists.paths)) {
      for (const [from, cursor] of Object.entries(cursors)) {
        const { status, json } = await lists.reader.get(withQuery(path, `limit=1&cursor=${cursor}`))
        expect([route, from, status, json.code]).toEqual(
          from === route ? [route, from, 200, undefined] : [route, from, 422, 'invalid_cursor'],
        )
      }
    }
    for (const route of ['/walks', '/rankings', '/notifications'])
      expect(await lists.neighbour.get(`${route}?cursor=${cursors[route]}`)).toMatchObject({
        status: 422,
        json: { code: 'invalid_cursor' },
      })
  })
})
