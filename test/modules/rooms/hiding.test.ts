import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { passTime } from '../../support/clock.ts'
import { signUp } from '../../support/login.ts'
import {
  accept,
  enter,
  enterAll,
  hideNear,
  idOf,
  invite,
  makeRoom,
  type Person,
  type RoomClient,
  spot,
  stubOf,
} from '../../support/rooms.ts'

const MINUTE = 60_000
const PLACE = { lat: spot(2_000).lat, lng: spot().lng }

/** A host who lives at `spot(0)`, a guest who lives far away, and perhaps a place of meeting at `spot(2_000)`. */
async function meet({ place = false, guestCount = 1 } = {}) {
  const [host, ...guests] = await Promise.all(Array.from({ length: guestCount + 1 }, () => signUp()))
  const id = await invite(host!, guests, place ? PLACE : {})
  await Promise.all(guests.map((guest) => accept(guest, id)))
  await hideNear(0, host!)
  const clients = await enterAll(id, [host!, ...guests])
  return { id, host: host!, guest: guests[0]!, guests, a: clients[0]!, b: clients[1]!, clients }
}

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
const ring = (id: string) => runDurableObjectAlarm(stubOf(id))
/** The next full ten minutes of the clock, at which it is told who has gone unseen. */
const missedAt = (ms: number) => Math.ceil((ms + 10 * MINUTE) / (10 * MINUTE)) * 10 * MINUTE

describe('near home', () => {
  it('is said once, without a time, however long somebody moves there, and after any eviction', async () => {
    const { id, host, a, b } = await meet()
    await walk(a, [1_500, 1_000, 500])
    await b.settle()
    expect(typesOf(b, host)).toEqual(['location', 'location', 'near_home'])
    const before = b.heard.length
    for (const m of [300, 0, 100, -100]) {
      await evictDurableObject(stubOf(id))
      await walk(a, [m])
    }
    await b.settle()
    // Only the answer to the ping.
    expect(b.heard.slice(before).map(({ type }) => type)).toEqual(['pong'])
    await walk(a, [500, 1_500])
    await b.settle()
    expect(typesOf(b, host).slice(3)).toEqual(['location'])
    expect(whereaboutsOf(b, host).filter(({ type }) => type === 'near_home')).toEqual([{ type: 'near_home', user_id: idOf(host) }])
  })

  it('is where the first position was said, for somebody who has no walks yet', async () => {
    const { id, host, guest, a, b } = await meet()
    await createTestDeps().db.execute(`DELETE FROM hidden_areas WHERE user_id = '${idOf(guest)}'`)
    passTime(MINUTE)
    await ring(id)
    await walk(b, [0])
    await evictDurableObject(stubOf(id))
    await walk(b, [300, 1_500])
    await a.settle()
    expect(typesOf(a, guest)).toEqual(['near_home', 'location'])
    expect(typesOf(b, host)).toEqual([])
  })

  it('also means a cell that came while the room was open', async () => {
    const { id, host, guest, b, a } = await meet()
    await walk(b, [3_000])
    await hideNear(3_000, guest)
    passTime(MINUTE)
    await ring(id)
    a.close()
    const back = await enter(host, id)
    expect(await back.next('snapshot')).toMatchObject({ items: [{ type: 'near_home', user_id: idOf(guest) }] })
  })

  it('is left out by somebody who says so, until they enter again', async () => {
    const { id, host, a, b } = await meet({ place: true })
    await walk(a, [0])
    a.say({ type: 'show_near_home', on: true })
    expect(await b.next('location')).toMatchObject({ lat: spot(0).lat })
    await evictDurableObject(stubOf(id))
    await walk(a, [20])
    expect(await b.next('location')).toMatchObject({ lat: spot(20).lat })
    a.say({ type: 'show_near_home', on: false })
    expect(await b.next('on_the_way')).toEqual({ type: 'on_the_way', user_id: idOf(host) })
    a.say({ type: 'show_near_home', on: true })
    await b.next('location')
    const again = await enter(host, id)
    await again.next('snapshot')
    await walk(again, [40])
    expect(await b.next('on_the_way')).toEqual({ type: 'on_the_way', user_id: idOf(host) })
  })
})

describe('where a place was agreed', () => {
  it('nobody is shown on the way, both are there, and wherever they go together from then on', async () => {
    const { id, host, guest, a, b } = await meet({ place: true })
    await walk(a, [0, 500, 1_500])
    await b.settle()
    expect(whereaboutsOf(b, host)).toEqual([{ type: 'on_the_way', user_id: idOf(host) }])
    await walk(a, [1_800])
    for (let n = 0; n < 5; n++) {
      await walk(a, [2_000 + n], 8_000)
      await walk(b, [2_050 + n], 8_000)
      await evictDurableObject(stubOf(id))
    }
    for (let north = 2_200; north <= 2_800; north += 200) {
      await walk(a, [north], 8_000)
      await walk(b, [north], 8_000)
    }
    await a.settle()
    await b.settle()
    expect(new Set(typesOf(b, host).slice(1))).toEqual(new Set(['location']))
    expect(typesOf(a, guest).at(-1)).toBe('location')
    expect(whereaboutsOf(b, host).at(-1)).toMatchObject({ lat: spot(2_800).lat })
    // The host goes on alone.
    await walk(a, [3_400, 3_600, 3_800], 70_000)
    await b.settle()
    expect(typesOf(b, host).at(-1)).toBe('on_the_way')
  })

  it('claims of a companion show nothing of somebody who stays at home', async () => {
    const { id, host, a, b } = await meet({ place: true })
    for (const claim of [150, 0, 2_000, 200]) {
      await walk(b, [claim], 100_000)
      for (let n = 0; n < 5; n++) {
        await walk(a, [n], 10_000)
        await walk(b, [claim + n], 10_000)
      }
    }
    a.close()
    passTime(2 * MINUTE)
    await ring(id)
    await b.settle()
    expect(whereaboutsOf(b, host)).toEqual([{ type: 'on_the_way', user_id: idOf(host) }])
    const { rows } = await createTestDeps().db.execute(`SELECT 1 FROM room_encounters WHERE invitation_id = '${id}'`)
    expect(rows).toEqual([])
    vi.useRealTimers()
    expect((await host.get('/users/me/location-ledger')).json.items).toEqual([])
  })
})

describe('who goes while they are hidden', () => {
  it.each(['end', 'close'])('by %s is here for the others for ten to twenty minutes, also for who enters meanwhile', async (how) => {
    const { id, host, guest, a, b } = await meet()
    await walk(a, [1_000, 300])
    const goneAt = Date.now()
    if (how === 'end') a.say({ type: 'end' })
    else a.close()
    await a.closing()
    await evictDurableObject(stubOf(id))
    b.close()
    const back = await enter(guest, id)
    expect(await back.next('snapshot')).toMatchObject({
      items: [{ type: 'near_home', user_id: idOf(host) }],
      members: expect.arrayContaining([expect.objectContaining({ user_id: idOf(host), is_here: true })]),
    })
    vi.setSystemTime(missedAt(goneAt) - 1)
    await ring(id)
    await back.settle()
    expect(back.heard.map(({ type }) => type)).toEqual(['snapshot', 'pong'])
    vi.setSystemTime(missedAt(goneAt))
    await ring(id)
    expect(missedAt(goneAt) - goneAt).toBeGreaterThanOrEqual(10 * MINUTE)
    if (how === 'end') expect(await back.next('ended')).toEqual({ type: 'ended', user_id: idOf(host), reason: 'ended' })
    else expect(await back.next('presence')).toMatchObject({ user_id: idOf(host), status: 'left' })
  })

  it('and comes back has never been away', async () => {
    const { id, host, a, b } = await meet()
    await walk(a, [300])
    a.close()
    await a.closing()
    passTime(MINUTE)
    const back = await enter(host, id)
    await back.next('snapshot')
    passTime(30 * MINUTE)
    await ring(id)
    await b.settle()
    expect(b.heard.map(({ type }) => type)).toEqual(['snapshot', 'near_home', 'pong'])
  })

  it('does not end the room before it is told, so that the other’s end tells nothing', async () => {
    const { id, guest, a, b } = await meet()
    await walk(a, [300])
    const goneAt = Date.now()
    a.say({ type: 'end' })
    await a.closing()
    b.say({ type: 'end' })
    expect(await b.closing()).toBe(1_000)
    const back = await enter(guest, id)
    await back.next('snapshot')
    back.say({ type: 'end' })
    expect(await back.closing()).toBe(1_000)
    vi.setSystemTime(missedAt(goneAt))
    await ring(id)
    expect(await (await enter(guest, id)).closing()).toBe(4_002)
  })

  it('leaves the kind of message as it was', async () => {
    const { a, b, clients } = await meet({ guestCount: 2 })
    await walk(a, [300])
    a.close()
    await a.closing()
    await walk(b, [2_000])
    passTime(1_100)
    expect(await clients[2]!.next('locations')).toMatchObject({ items: [{ type: 'near_home' }] })
    expect(await clients[2]!.next('locations')).toMatchObject({ items: [{ type: 'location' }] })
    expect(clients[2]!.heard.some((message) => message.type === 'location')).toBe(false)
  })
})

it('a room that was open before this rule shows nothing until it has asked where its people are hidden', async () => {
  const { id, host, guests } = await makeRoom()
  const [a, b] = await enterAll(id, [host, guests[0]])
  await hideNear(0, host)
  await runInDurableObject(stubOf(id), (_, { storage }) => {
    for (const table of ['cells', 'meetings', 'told', 'lingering']) storage.sql.exec(`DROP TABLE ${table}`)
    storage.sql.exec('ALTER TABLE spots DROP COLUMN said_ms')
    storage.sql.exec('ALTER TABLE spots ADD COLUMN is_near_home INTEGER NOT NULL DEFAULT 0')
    for (const change of ['DROP COLUMN place', 'DROP COLUMN kind', 'RENAME COLUMN room_id TO invitation_id'])
      storage.sql.exec(`ALTER TABLE room ${change}`)
    storage.sql.exec(
      'INSERT OR REPLACE INTO spots VALUES (?, ?, ?, ?, ?, 0), (?, ?, ?, ?, ?, 0)',
      ...[host, guests[0]].flatMap((person) => [idOf(person), spot(0).lat, spot(0).lng, '1', Date.now()]),
    )
    storage.sql.exec('UPDATE schema_version SET version = 1')
  })
  await evictDurableObject(stubOf(id))
  a!.say(spot(10))
  b!.say(spot(10))
  await a!.settle()
  await b!.settle()
  expect(
    [a, b].flatMap((client) => client!.heard.map(({ type }) => type)).filter((type) => !['snapshot', 'presence', 'pong'].includes(type)),
  ).toEqual([])
  passTime(MINUTE)
  await ring(id)
  expect(await a!.next('location')).toMatchObject({ user_id: idOf(guests[0]), lat: spot(10).lat })
  expect(await b!.next('near_home')).toEqual({ type: 'near_home', user_id: idOf(host) })
})
