import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { purgeMeetupEncounters } from '../../../src/modules/rooms/jobs.ts'
import { recheckRooms } from '../../../src/modules/rooms/recheck/service.ts'
import { roomsOfDates } from '../../../src/modules/rooms/recheck/sql.ts'
import { createTestDeps } from '../../support/api.ts'
import { passTime } from '../../support/clock.ts'
import { askForMeetupTicket, enterAllMeetup, enterMeetup, makeMeetupRoom } from '../../support/meetup-rooms.ts'
import { runTask } from '../../support/tasks.ts'
import { hideNear, idOf, type Person, type RoomClient, spot, stubOf } from '../../support/rooms.ts'

const MINUTE = 60_000
const deps = createTestDeps()
const ring = (id: string) => runDurableObjectAlarm(stubOf(id))

/** Says positions one after the other, with so much time between them. */
async function walk(client: RoomClient, northM: readonly number[], everyMs = 45_000): Promise<void> {
  for (const m of northM) {
    passTime(everyMs)
    client.say(spot(m))
    await client.settle()
  }
}
const whereaboutsOf = (client: RoomClient, of: Person) =>
  client.heard
    .flatMap((message) => (message.type === 'snapshot' || message.type === 'locations' ? [...message.items] : [message]))
    .filter(
      (message) => 'user_id' in message && message.user_id === idOf(of) && ['location', 'near_home', 'on_the_way'].includes(message.type),
    )
const typesOf = (client: RoomClient, of: Person) => whereaboutsOf(client, of).map(({ type }) => type)

/** Changes something of a date, as the requests of meetups do: who must be told is asked in the same trip. */
async function change(id: string, statement: string): Promise<void> {
  const { rows } = await deps.db.execute<{ rooms: string[] }>(sql`SELECT ${roomsOfDates(sql`${id}`, deps.now())} AS rooms`)
  await deps.db.execute(statement)
  expect(rows[0]!.rooms).toEqual([id])
  await recheckRooms(deps, rows[0]!.rooms)
}

describe('where people are shown at a meetup', () => {
  it('is within 300 m of its place alone, and what stands instead is said once, without a time', async () => {
    const { id, host, others, meetup } = await makeMeetupRoom(1, { placeM: 2_000 })
    expect(meetup).not.toBe(id)
    await hideNear(0, host)
    const [a, b] = await enterAllMeetup(id, [host, others[0]])
    await walk(a!, [0, 500, 1_000, 1_600])
    await b!.settle()
    expect(whereaboutsOf(b!, host)).toEqual([{ type: 'on_the_way', user_id: idOf(host) }])
    await walk(a!, [1_750, 2_000])
    await walk(b!, [2_000])
    for (let n = 0; n < 5; n++) {
      await walk(a!, [2_000 + n], 10_000)
      await walk(b!, [2_010 + n], 10_000)
      await evictDurableObject(stubOf(id))
    }
    await b!.settle()
    expect(new Set(typesOf(b!, host).slice(1))).toEqual(new Set(['location']))
    const before = b!.heard.length
    await walk(a!, [2_400, 2_900, 3_400, 2_600])
    await b!.settle()
    expect(b!.heard.slice(before).filter(({ type }) => type !== 'pong')).toEqual([{ type: 'on_the_way', user_id: idOf(host) }])
  })

  it('is nowhere farther with the switch on, which shows somebody near home at the place', async () => {
    const { id, host, others } = await makeMeetupRoom(1, { placeM: 200 })
    await hideNear(0, host)
    const [a, b] = await enterAllMeetup(id, [host, others[0]])
    await walk(a!, [100])
    await b!.settle()
    expect(whereaboutsOf(b!, host)).toEqual([{ type: 'on_the_way', user_id: idOf(host) }])
    a!.say({ type: 'show_near_home', on: true })
    expect(await b!.next('location')).toMatchObject({ lat: spot(100).lat })
    await walk(a!, [900, 950, 980])
    await evictDurableObject(stubOf(id))
    await walk(a!, [960])
    await b!.settle()
    expect(typesOf(b!, host).slice(1)).toEqual(['location', 'on_the_way'])
  })

  it('shows nobody who enters anew more than those who are in it', async () => {
    const { id, host, others } = await makeMeetupRoom(2, { placeM: 0 })
    const [a, b] = await enterAllMeetup(id, [host, others[0]])
    await walk(a!, [100])
    await walk(b!, [1_000])
    const c = await enterMeetup(others[1]!, id)
    const { items } = await c.next('snapshot')
    expect(items).toEqual([
      expect.objectContaining({ type: 'location', user_id: idOf(host) }),
      { type: 'on_the_way', user_id: idOf(others[0]) },
    ])
  })

  it('lets nobody see when somebody goes who is outside', async () => {
    const { id, host, others } = await makeMeetupRoom(1, { placeM: 0 })
    const [a, b] = await enterAllMeetup(id, [host, others[0]])
    a!.say({ type: 'show_near_home', on: true })
    await walk(a!, [100, 900])
    a!.close()
    await a!.closing()
    await evictDurableObject(stubOf(id))
    await b!.settle()
    expect(b!.heard.filter(({ type }) => type === 'presence')).toEqual([])
    passTime(20 * MINUTE)
    await ring(id)
    expect(await b!.next('presence')).toMatchObject({ user_id: idOf(host), status: 'left' })
  })
})

describe('a change reaches a meetup’s room before its request is answered:', () => {
  it('leaving', async () => {
    const { id, host, others } = await makeMeetupRoom(2)
    const [a, b] = await enterAllMeetup(id, [host, ...others])
    b!.say(spot())
    await a!.next('locations')
    await change(id, `SELECT leave_meetup('${id}', '${idOf(others[0])}', now())`)
    expect(await b!.closing()).toBe(4003)
    await a!.settle()
    expect(a!.heard.filter((message) => message.type === 'presence' && message.status === 'left')).toMatchObject([
      { user_id: idOf(others[0]) },
    ])
    expect(await askForMeetupTicket(others[0], id)).toMatchObject({ status: 404 })
  })

  it('removal by the host, also of who had come when it began', async () => {
    const { id, meetup, host, others } = await makeMeetupRoom(1, { startsInMinutes: -10 })
    const [, b] = await enterAllMeetup(id, [host, others[0]])
    await change(id, `SELECT remove_participant('${meetup}', '${idOf(host)}', '${idOf(others[0])}', now())`)
    expect(await b!.closing()).toBe(4003)
  })

  it('a cancelled date', async () => {
    const { id, meetup, host, others } = await makeMeetupRoom()
    const [a, b] = await enterAllMeetup(id, [host, others[0]])
    await change(id, `SELECT cancel_dates('${meetup}', NULL, now())`)
    expect(await b!.next('ended')).toEqual({ type: 'ended', user_id: null, reason: 'cancelled' })
    expect(await Promise.all([a!.closing(), b!.closing()])).toEqual([4002, 4002])
  })

  it('a block between two who go there, whom nobody else loses', async () => {
    const { id, host, others } = await makeMeetupRoom(2)
    const [one, other] = others
    const [a, b, c] = await enterAllMeetup(id, [host, one, other!])
    await one.post(`/blocks/${idOf(other!)}`)
    b!.say(spot())
    expect(await a!.next('locations')).toMatchObject({ items: [{ user_id: idOf(one) }] })
    await c!.settle()
    expect(whereaboutsOf(c!, one)).toEqual([])
    expect(c!.heard.at(-2)).toMatchObject({ type: 'presence', user_id: idOf(one), status: 'left' })
    expect([b!.closed, c!.closed]).toEqual([null, null])
  })

  it('a block between the host and somebody', async () => {
    const { id, host, others } = await makeMeetupRoom()
    const [a, b] = await enterAllMeetup(id, [host, others[0]])
    await others[0].post(`/blocks/${idOf(host)}`)
    expect(await b!.closing()).toBe(4003)
    await a!.settle()
    expect(a!.closed).toBeNull()
  })

  it.each<[string, (person: Person) => Promise<unknown>]>([
    ['an account that is left', (person) => person.delete('/users/me')],
    ['a session that ends', (person) => person.post('/auth/logout', {})],
  ])('%s', async (_, act) => {
    const { id, host, others } = await makeMeetupRoom()
    const [a, b] = await enterAllMeetup(id, [host, others[0]])
    await act(others[0])
    expect(await b!.closing()).toBe(4001)
    expect(await a!.next('presence')).toMatchObject({ status: 'joined' })
    expect(await a!.next('presence')).toMatchObject({ user_id: idOf(others[0]), status: 'left' })
  })

  it('a host who leaves the service', async () => {
    const { id, host, others } = await makeMeetupRoom()
    const [, b] = await enterAllMeetup(id, [host, others[0]])
    await host.delete('/users/me')
    expect(await b!.next('ended')).toEqual({ type: 'ended', user_id: null, reason: 'cancelled' })
  })

  it('a privacy zone', async () => {
    const { id, host, others } = await makeMeetupRoom()
    const [a, b] = await enterAllMeetup(id, [host, others[0]])
    await host.put('/users/me/privacy-zone', { ...spot(), timestamp: undefined, radius_m: 200 })
    a!.say(spot(10))
    expect(await b!.next('on_the_way')).toEqual({ type: 'on_the_way', user_id: idOf(host) })
  })

  it('a place that moves: all enter anew, and nothing is known of where they were', async () => {
    const { id, host, others } = await makeMeetupRoom(1, { placeM: 0 })
    const [a, b] = await enterAllMeetup(id, [host, others[0]])
    b!.say({ type: 'show_near_home', on: true })
    await walk(b!, [2_000])
    // The host looks for somebody who is on the way.
    const { lat, lng } = spot(2_000)
    await change(
      id,
      `UPDATE meetup_occurrences SET location = ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326)::geography WHERE id = '${id}'`,
    )
    expect(await Promise.all([a!.closing(), b!.closing()])).toEqual([4002, 4002])
    const back = await enterMeetup(host, id)
    const { items, members } = await back.next('snapshot')
    expect(items).toEqual([])
    expect(members.filter(({ is_here }) => is_here).map(({ user_id }) => user_id)).toEqual([idOf(host)])
    const again = await enterMeetup(others[0], id)
    await again.next('snapshot')
    await walk(again, [2_010])
    expect(await back.next('location')).toMatchObject({ lat: spot(2_010).lat })
    expect(whereaboutsOf(a!, others[0])).toEqual([{ type: 'on_the_way', user_id: idOf(others[0]) }])
  })

  it('a start that moves: the room is shut, and opens by the new time', async () => {
    const { id, host, others } = await makeMeetupRoom()
    const [a, b] = await enterAllMeetup(id, [host, others[0]])
    await change(
      id,
      `UPDATE meetup_occurrences SET starts_at = starts_at + interval '40 minutes', ends_at = ends_at + interval '40 minutes' WHERE id = '${id}'`,
    )
    expect(await Promise.all([a!.closing(), b!.closing()])).toEqual([4002, 4002])
    expect(await askForMeetupTicket(host, id)).toMatchObject({ status: 409, json: { code: 'room_not_open_yet' } })
    passTime(31 * MINUTE)
    const [back] = await enterAllMeetup(id, [host])
    passTime(355 * MINUTE)
    await ring(id)
    await back!.settle()
    expect(back!.closed).toBeNull()
    passTime(40 * MINUTE)
    await ring(id)
    expect(await back!.next('ended')).toMatchObject({ reason: 'expired' })
  })
})

it('a room that is asked by itself finds what nobody has told it', async () => {
  const { id, host, others } = await makeMeetupRoom()
  const [, b] = await enterAllMeetup(id, [host, others[0]])
  await deps.db.execute(`SELECT leave_meetup('${id}', '${idOf(others[0])}', now())`)
  passTime(MINUTE)
  await ring(id)
  expect(await b!.closing()).toBe(4003)
})

it('dates far ahead have no room to be told, and neither have those that are over', async () => {
  for (const startsInMinutes of [31, -361]) {
    const { id } = await makeMeetupRoom(1, { startsInMinutes })
    const { rows } = await deps.db.execute(sql`SELECT ${roomsOfDates(sql`${id}`, deps.now())} AS rooms`)
    expect(rows).toEqual([{ rooms: [] }])
  }
})

it('a meetup’s room goes on when all who are in it have said `end`, because others may still come', async () => {
  const { id, host, others } = await makeMeetupRoom()
  const clients = await enterAllMeetup(id, [host, others[0]])
  for (const client of clients) client.say({ type: 'end' })
  expect(await Promise.all(clients.map((client) => client.closing()))).toEqual([1_000, 1_000])
  expect((await (await enterMeetup(others[0], id)).next('snapshot')).members.map(({ is_here }) => is_here)).toEqual([false, true])
})

describe('what a meetup leaves behind', () => {
  async function walkSideBySide() {
    const { id, host, others } = await makeMeetupRoom()
    const [a, b] = await enterAllMeetup(id, [host, others[0]])
    for (let second = 0; second <= 660; second += 20) {
      a!.say(spot(second / 4))
      b!.say(spot(second / 4 + 20))
      await Promise.all([a!.next('location'), b!.next('location')])
      passTime(20_000)
    }
    for (const client of [a!, b!]) client.close()
    await Promise.all([a!.closing(), b!.closing()])
    passTime(MINUTE)
    await ring(id)
    return { id, host, other: others[0] }
  }

  it('is a row of the ledger that names the date, and time together that counts as that of an invitation', async () => {
    const { id, host, other } = await walkSideBySide()
    const { rows } = await deps.db.execute<{ seconds: number }>(
      `SELECT invitation_id, occurrence_id, seconds_in(together) AS seconds FROM room_encounters WHERE occurrence_id = '${id}'`,
    )
    expect(rows).toEqual([{ invitation_id: null, occurrence_id: id, seconds: expect.any(Number) }])
    expect(rows[0]!.seconds).toBeGreaterThanOrEqual(600)
    const [one, two] = [idOf(host), idOf(other)].toSorted()
    expect((await deps.db.execute(`SELECT knows('${two}', '${one}') AS knows`)).rows).toEqual([{ knows: true }])
    vi.useRealTimers()
    for (const [subject, viewer] of [
      [host, other],
      [other, host],
    ] as const)
      expect((await subject.get('/users/me/location-ledger')).json.items).toEqual([
        {
          invitation_id: null,
          occurrence_id: id,
          viewer: { id: idOf(viewer), nickname: expect.any(String) },
          first_at: expect.any(String),
          last_at: expect.any(String),
        },
      ])
  })

  it('outlives the meetup in the ledger, and comes in pages', async () => {
    const { id, host } = await walkSideBySide()
    await deps.db.execute(`
      INSERT INTO location_provisions (subject_id, invitation_id, viewer_id, first_at, last_at)
      SELECT '${idOf(host)}', gen_random_uuid(), gen_random_uuid(), now() - n * interval '1 day', now() - n * interval '1 day' FROM generate_series(1, 2) AS n`)
    await deps.db.execute(`DELETE FROM meetups WHERE id = (SELECT meetup_id FROM meetup_occurrences WHERE id = '${id}')`)
    vi.useRealTimers()
    const first = (await host.get('/users/me/location-ledger?limit=1')).json
    const second = (await host.get(`/users/me/location-ledger?limit=1&cursor=${first.next_cursor}`)).json
    expect([first, second].map(({ items }) => items[0].occurrence_id)).toEqual([id, null])
    expect(second.items[0].invitation_id).toEqual(expect.any(String))
    // Neither the room nor the database knows where anybody was.
    expect((await deps.db.execute(`SELECT 1 FROM room_encounters WHERE occurrence_id = '${id}'`)).rows).toEqual([])
  })
})

it('who was beside whom at a meetup is kept for 180 days', async () => {
  const { id, host, others } = await makeMeetupRoom()
  const [one, other] = [idOf(host), idOf(others[0])].toSorted()
  await deps.db.execute(
    `INSERT INTO room_encounters (occurrence_id, one_id, other_id, together) VALUES ('${id}', '${one}', '${other}', '{}')`,
  )
  const keep = async (days: number) => {
    await deps.db.execute(`UPDATE meetup_occurrences SET starts_at = now() - interval '${days} days' WHERE id = '${id}'`)
    await runTask(purgeMeetupEncounters, new Date())
    return (await deps.db.execute(`SELECT 1 FROM room_encounters WHERE occurrence_id = '${id}'`)).rows.length
  }
  expect([await keep(179), await keep(181)]).toEqual([1, 0])
})

it('positions are gone an hour after a meetup’s room has ended', async () => {
  const { id, host, others } = await makeMeetupRoom(1, { startsInMinutes: -300 })
  const [a, b] = await enterAllMeetup(id, [host, others[0]])
  a!.say(spot())
  await b!.next('location')
  passTime(61 * MINUTE)
  await ring(id)
  passTime(56 * MINUTE)
  await ring(id)
  await ring(id)
  const left = await runInDurableObject(stubOf(id), (_, { storage }) => [
    ...storage.sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'"),
  ])
  expect(left).toEqual([])
})
