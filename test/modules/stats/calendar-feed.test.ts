import { sql } from 'drizzle-orm'
import * as fc from 'fast-check'
import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { writeCalendar } from '../../../src/modules/stats/calendar-feed/icalendar.ts'
import { type Api, createApi, createTestDeps } from '../../support/api.ts'
import { giveWalks, seoul } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { addPet } from '../../support/walks.ts'

const { db } = createTestDeps()
const nobody = createApi()
const pathOf = (url: string) => {
  const { pathname, search } = new URL(url)
  return pathname + search
}
const readAs = (text: string) => new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((event) => new ICAL.Event(event))

const WALK = {
  id: '3d5c2a10-7b8e-4f21-9c3d-5e6f7a8b9c0d',
  starts: '20261118T003000Z',
  ends: '20261118T010215Z',
  stamped: '20261118T010300Z',
  distance_m: 2_340,
  duration_sec: 1_935,
  pets: '초코, 보리',
}

describe('the calendar', () => {
  it('has an event for a walk, and no word of where', () => {
    expect(writeCalendar([WALK]).split('\r\n')).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//withbowwow//walks//KO',
      'CALSCALE:GREGORIAN',
      'METHOD:PUBLISH',
      'X-WR-CALNAME:멍이랑 산책',
      'REFRESH-INTERVAL;VALUE=DURATION:PT6H',
      'X-PUBLISHED-TTL:PT6H',
      'BEGIN:VEVENT',
      'UID:walk-3d5c2a10-7b8e-4f21-9c3d-5e6f7a8b9c0d@withbowwow.com',
      'DTSTAMP:20261118T010300Z',
      'DTSTART:20261118T003000Z',
      'DTEND:20261118T010215Z',
      String.raw`SUMMARY:초코\, 보리 산책 2.34km`,
      String.raw`DESCRIPTION:거리 2.34km\n시간 32분`,
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ])
  })

  it('is read back whole whatever pets are called, in lines of at most 75 octets', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }).map((text) => text.replaceAll(/\p{Cc}|\ufeff/gu, '')),
      fc.string({ unit: fc.constantFrom('초', '🐶', 'é', 'a', ';', ',', '\\', ':', '"', ' ', '👨‍👩‍👧'), maxLength: 60 }),
      fc.constantFrom('a\nb', 'a\r\nb', String.raw`\n`, 'BEGIN:VEVENT'),
    )
    fc.assert(
      fc.property(fc.option(name), (pets) => {
        const text = writeCalendar([{ ...WALK, pets }])
        for (const line of text.split('\r\n')) {
          expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75)
          expect(line.isWellFormed()).toBe(true)
        }
        expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
        const [event] = readAs(text)
        const title = pets === null ? '산책 2.34km' : `${pets} 산책 2.34km`
        expect(event!.summary).toBe(title.replaceAll('\r\n', '\n'))
      }),
      { numRuns: 300 },
    )
  })
})

async function subscriber() {
  const owner = await signUp()
  const pet = await addPet(owner)
  const [id] = await giveWalks(owner, [{ started_at: seoul('2026-11-10 09:30:00'), distance_m: 1_234 }], [pet])
  const { json, status } = await owner.post('/users/me/calendar-feed')
  expect(status).toBe(201)
  return { owner, pet, id: id!, path: pathOf(json.url) }
}

describe('the feed', () => {
  it('gives whoever has the address the valid walks, newest first', async () => {
    const { owner, pet, id, path } = await subscriber()
    const [deleted, newer, refused] = await giveWalks(
      owner,
      [10, 11, 12].map((hour) => ({ started_at: seoul(`2026-11-11 ${hour}:00:00`) })),
      [pet],
    )
    await owner.delete(`/walks/${deleted}`)
    await db.execute(sql`UPDATE walks SET is_valid = false WHERE id = ${refused}`)
    const { status, text, headers } = await nobody.get(path)
    expect(status).toBe(200)
    expect(headers.get('Content-Type')).toBe('text/calendar; charset=utf-8')
    expect(headers.get('Cache-Control')).toBe('private, no-cache')
    const events = readAs(text)
    expect(events.map(({ uid }) => uid)).toEqual([newer, id].map((walk) => `walk-${walk}@withbowwow.com`))
    expect(events[1]!.startDate.toJSDate()).toEqual(seoul('2026-11-10 09:30:00'))
    expect(events[1]!.summary).toBe('초코 산책 1.23km')
  })

  it('is not sent again while nothing has changed', async () => {
    const { owner, path } = await subscriber()
    const { headers } = await nobody.get(path)
    const etag = headers.get('ETag')!
    const known = await nobody.get(path, { headers: { 'If-None-Match': etag } })
    expect([known.status, known.text, known.headers.get('ETag')]).toEqual([304, '', etag])
    await giveWalks(owner, [{ started_at: seoul('2026-11-12 09:00:00') }])
    expect((await nobody.get(path, { headers: { 'If-None-Match': etag } })).status).toBe(200)
  })

  it('has one address, which is shown again, and opens nothing once it is renewed or taken back', async () => {
    const { owner, path } = await subscriber()
    expect(pathOf((await owner.get('/users/me/calendar-feed')).json.url)).toBe(path)
    const renewed = pathOf((await owner.post('/users/me/calendar-feed')).json.url)
    expect(renewed).not.toBe(path)
    expect(await nobody.get(path)).toMatchObject({ status: 404, json: { code: 'calendar_feed_not_found' } })
    expect((await nobody.get(renewed)).status).toBe(200)
    for (const _ of [1, 2]) expect((await owner.delete('/users/me/calendar-feed')).status).toBe(204)
    expect((await nobody.get(renewed)).status).toBe(404)
    expect((await owner.get('/users/me/calendar-feed')).status).toBe(204)
  })

  it('makes one address for one Idempotency-Key, and none again after it was taken back', async () => {
    const owner = await signUp()
    const keyed = { headers: { 'Idempotency-Key': 'calendar' } }
    const ask = () => owner.post('/users/me/calendar-feed', undefined, keyed)
    const [a, b] = await Promise.all([ask(), ask()])
    expect(b.json).toEqual(a.json)
    expect((await ask()).json).toEqual(a.json)
    await owner.delete('/users/me/calendar-feed')
    expect(await ask()).toMatchObject({ status: 409, json: { code: 'idempotency_conflict' } })
    expect((await nobody.get(pathOf(a.json.url))).status).toBe(404)
  })

  it('stores no token', async () => {
    const { owner, path } = await subscriber()
    const { rows } = await db.execute(
      sql`SELECT to_json(calendar_feeds)::text AS row FROM calendar_feeds WHERE user_id = ${owner.user.user_id}`,
    )
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(path.split('=')[1])
  })

  it.each([
    ['deleted', (api: Api) => sql`UPDATE users SET deleted_at = now() WHERE id = ${api.user!.user_id}`],
    ['banned', (api: Api) => sql`UPDATE users SET banned_at = now() WHERE id = ${api.user!.user_id}`],
    ['suspended', (api: Api) => sql`UPDATE users SET suspended_until = now() + interval '1 day' WHERE id = ${api.user!.user_id}`],
  ])('of an account that is %s opens nothing', async (_, change) => {
    const { owner, path } = await subscriber()
    await db.execute(change(owner))
    expect((await nobody.get(path)).status).toBe(404)
  })

  it('opens again when a suspension is over', async () => {
    const { owner, path } = await subscriber()
    await db.execute(sql`UPDATE users SET suspended_until = now() - interval '1 second' WHERE id = ${owner.user.user_id}`)
    expect((await nobody.get(path)).status).toBe(200)
  })

  it.each(['', 'x', '가', 'q3mXw0c9Q2uJp7bT1nVd4Aq3mXw0c9Q2'])('does not know the token %o', async (token) => {
    expect((await nobody.get(`/walks.ics?token=${encodeURIComponent(token)}`)).status).toBe(404)
  })
})
