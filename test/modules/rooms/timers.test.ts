import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { passTime } from '../../support/clock.ts'
import { signUp } from '../../support/login.ts'
import { injectFault } from '../../support/faults.ts'
import { dial, enter, enterAll, idOf, makeRoom, spot, stubOf } from '../../support/rooms.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const tablesOf = (id: string) =>
  runInDurableObject(stubOf(id), (_, { storage }) => {
    const names = storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
      .toArray()
    return Object.fromEntries(names.map(({ name }) => [name, storage.sql.exec(`SELECT * FROM ${name}`).toArray()]))
  })
const alarmOf = (id: string) => runInDurableObject(stubOf(id), (_, { storage }) => storage.getAlarm())

describe('a room', () => {
  it('is over six hours after the time, whoever is still in it', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    a!.say(spot())
    await b!.next('location')
    passTime(6 * HOUR + 21 * MINUTE)
    await runDurableObjectAlarm(stubOf(id))
    for (const client of [a!, b!]) {
      expect(await client.next('ended')).toEqual({ type: 'ended', user_id: null, reason: 'expired' })
      expect(await client.closing()).toBe(4002)
    }
  })

  it('is over then although everybody had gone, and it had been evicted', async () => {
    const { id, host } = await makeRoom()
    const [a] = await enterAll(id, [host])
    a!.say(spot())
    await a!.settle()
    a!.close()
    await evictDurableObject(stubOf(id))
    expect(await alarmOf(id)).not.toBeNull()
    passTime(7 * HOUR)
    await runDurableObjectAlarm(stubOf(id))
    expect((await tablesOf(id)).room).toMatchObject([{ ended_ms: expect.any(Number) }])
  })

  it.each(['cancelled', 'ended', 'expired'])(
    'forgets every position within the hour after it was %s, and in the end itself',
    async (how) => {
      const { id, host, guests } = await makeRoom()
      const [a, b] = await enterAll(id, [host, guests[0]])
      a!.say(spot())
      await b!.next('location')
      b!.say(spot(20))
      await a!.next('location')
      if (how === 'cancelled') await host.delete(`/invitations/${id}`)
      if (how === 'ended') for (const client of [a!, b!]) client.say({ type: 'end' })
      if (how === 'expired') passTime(7 * HOUR)
      if (how === 'expired') await runDurableObjectAlarm(stubOf(id))
      await Promise.all([a!.closing(), b!.closing()])
      expect((await tablesOf(id)).spots).toHaveLength(2)
      await evictDurableObject(stubOf(id))
      passTime(HOUR)
      await runDurableObjectAlarm(stubOf(id))
      const tables = await tablesOf(id)
      expect(tables.spots ?? []).toEqual([])
      expect(JSON.stringify(tables)).not.toContain('37.5')
      passTime(8 * HOUR)
      await runDurableObjectAlarm(stubOf(id))
      expect(await tablesOf(id)).toEqual({})
      expect(await alarmOf(id)).toBeNull()
    },
  )

  it('is over for good: until its time has passed nobody enters it again', async () => {
    const { id, host, guests } = await makeRoom()
    for (const client of await enterAll(id, [host, guests[0]])) {
      client.say({ type: 'end' })
      await client.closing()
    }
    passTime(50 * MINUTE)
    await runDurableObjectAlarm(stubOf(id))
    expect(await (await enter(host, id)).closing()).toBe(4002)
  })

  it('asks once a minute who may be in it, because a notice may be lost', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    await createTestDeps().db.execute(
      `INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ('${idOf(guests[0])}', '${idOf(host)}', now())`,
    )
    passTime(61_000)
    await runDurableObjectAlarm(stubOf(id))
    expect(await b!.closing()).toBe(4003)
    expect(a!.closed).toBeNull()
  })

  it('does nothing by itself once nobody is in it', async () => {
    const { id, host } = await makeRoom()
    const [a] = await enterAll(id, [host])
    a!.close()
    await expect.poll(async () => (await tablesOf(id)).timers?.map(({ name }) => name).toSorted()).toEqual(['end'])
  })
})

describe('at the door', () => {
  it('somebody who says nothing for ten seconds is closed with 4001, and leaves nothing behind', async () => {
    const id = crypto.randomUUID()
    const silent = await dial(`/ws/walk-together/${id}`)
    passTime(9_000)
    const later = await dial(`/ws/walk-together/${id}`)
    await runDurableObjectAlarm(stubOf(id))
    expect(silent.closed).toBeNull()
    passTime(1_500)
    await evictDurableObject(stubOf(id))
    await runDurableObjectAlarm(stubOf(id))
    expect(await silent.closing()).toBe(4001)
    expect(later.closed).toBeNull()
    passTime(9_000)
    await runDurableObjectAlarm(stubOf(id))
    expect(await later.closing()).toBe(4001)
    expect(await tablesOf(id)).toEqual({})
    expect(await alarmOf(id)).toBeNull()
  })
})

describe('a stranger', () => {
  it.each(['without anything', 'with a ticket in the first message that is none', 'with a token of somebody who was not asked'])(
    '%s makes no storage in the room',
    async (how) => {
      const id = crypto.randomUUID()
      const stranger = await signUp()
      const client = await dial(`/ws/walk-together/${id}${how.includes('token') ? `?token=${stranger.user.access_token}` : ''}`)
      expect(await tablesOf(id)).toEqual({})
      if (how.includes('message')) client.say({ type: 'auth', ticket: 'none' })
      if (how !== 'without anything') await client.closing()
      // The Worker still holds the end that it refused with.
      if (!how.includes('token')) await evictDurableObject(stubOf(id))
      expect(await tablesOf(id)).toEqual({})
      expect(await runInDurableObject(stubOf(id), async (_, { storage }) => (await storage.list()).size)).toBe(0)
      passTime(10_500)
      await runDurableObjectAlarm(stubOf(id))
      expect(await client.closing()).toBe(how.includes('token') ? 4003 : 4001)
      expect(await tablesOf(id)).toEqual({})
      expect(await alarmOf(id)).toBeNull()
    },
  )

  it('at the door of a room that is open writes nothing into it', async () => {
    const { id, host } = await makeRoom()
    const [a] = await enterAll(id, [host])
    const before = await tablesOf(id)
    const stranger = await dial(`/ws/walk-together/${id}`)
    expect(await tablesOf(id)).toEqual(before)
    passTime(10_500)
    await runDurableObjectAlarm(stubOf(id))
    expect(await stranger.closing()).toBe(4001)
    expect(a!.closed).toBeNull()
    expect(await tablesOf(id)).toEqual(before)
  })
})

describe('an alarm whose work fails', () => {
  it('is tried again later each time, keeps no other work waiting, and comes to its end', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    a!.say(spot())
    await b!.next('location')
    await injectFault({ host: 'neon', cut: 'before', key: id, match: 'location_provisions', times: 2 })
    const ledger = async () => (await host.get('/users/me/location-ledger')).json.items
    passTime(2_000)
    await runDurableObjectAlarm(stubOf(id))
    expect(await ledger()).toEqual([])
    const timers = (await tablesOf(id)).timers!
    expect(timers.find(({ name }) => name === 'record')).toMatchObject({ due_ms: Date.now() + 1_000 })
    passTime(1_000)
    await evictDurableObject(stubOf(id))
    await runDurableObjectAlarm(stubOf(id))
    expect(await ledger()).toEqual([])
    passTime(2_000)
    await runDurableObjectAlarm(stubOf(id))
    expect(await ledger()).toMatchObject([{ invitation_id: id, viewer: { id: idOf(guests[0]) } }])
  })

  it('that was cut off in the middle is begun again', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    a!.say(spot())
    await b!.next('location')
    passTime(2_000)
    // A crash in the middle of the work leaves its lease in storage.
    await runInDurableObject(
      stubOf(id),
      (_, { storage }) => void storage.sql.exec("UPDATE timers SET due_ms = ? WHERE name = 'record'", Date.now() + 30_000),
    )
    await evictDurableObject(stubOf(id))
    passTime(31_000)
    await runDurableObjectAlarm(stubOf(id))
    expect((await host.get('/users/me/location-ledger')).json.items).toMatchObject([{ viewer: { id: idOf(guests[0]) } }])
  })

  it('a room that lost its alarm sets it again', async () => {
    const { id, host } = await makeRoom()
    await enterAll(id, [host])
    await runInDurableObject(stubOf(id), (_, { storage }) => storage.deleteAlarm())
    await evictDurableObject(stubOf(id))
    expect(await alarmOf(id)).not.toBeNull()
  })

  it('keeps a room from vanishing before all of its record is in Postgres', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    a!.say(spot())
    await b!.next('location')
    await injectFault({ host: 'neon', cut: 'before', key: id, match: 'location_provisions', times: 2 })
    await host.delete(`/invitations/${id}`)
    passTime(8 * HOUR)
    await runDurableObjectAlarm(stubOf(id))
    const tables = await tablesOf(id)
    expect(tables.spots).toEqual([])
    expect(tables.shown).toHaveLength(1)
    for (let n = 0; n < 4; n++) {
      passTime(61_000)
      await runDurableObjectAlarm(stubOf(id))
    }
    expect(await tablesOf(id)).toEqual({})
    vi.useRealTimers()
    expect((await host.get('/users/me/location-ledger')).json.items).toHaveLength(1)
  })
})
