import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { passTime } from '../../support/clock.ts'
import { dial, enter, enterAll, idOf, makeRoom, spot, stubOf, takeTicket } from '../../support/rooms.ts'

const MINUTE_MS = 60_000

const locationsOf = ({ heard }: Awaited<ReturnType<typeof enter>>) =>
  heard.flatMap((message) => (message.type === 'location' ? message : []))

describe('a phone that comes back', () => {
  it('may say the positions of its last minute at once', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    const now = Date.now()
    a!.close()
    await b!.next('presence')
    const again = await dial(`/ws/walk-together/${id}`)
    again.say({ type: 'auth', ticket: await takeTicket(host, id) })
    for (let n = 0; n < 12; n++) again.say({ ...spot(n), timestamp: now - (12 - n) * 5_000 })
    again.say({ type: 'ping', n: 1 })
    await again.next('pong')
    await b!.settle()
    expect(again.closed).toBeNull()
    expect(locationsOf(b!).map(({ lat }) => lat)).toEqual(Array.from({ length: 12 }, (_, n) => spot(n).lat))
  })

  it('shows its newest position whatever order the others come in, also after an eviction', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    const now = Date.now()
    a!.say({ ...spot(20), timestamp: now })
    await b!.next('location')
    await a!.settle()
    await evictDurableObject(stubOf(id))
    for (const sec of [5, 20, 10, 1]) a!.say({ ...spot(sec), timestamp: now - sec * 1_000 })
    // The same in the other spelling.
    a!.say({ ...spot(2), timestamp: new Date(now - 2_000).toISOString() })
    await a!.settle()
    await b!.settle()
    expect(locationsOf(b!).map(({ lat }) => lat)).toEqual([spot(20).lat])
    expect(a!.heard.some(({ type }) => type === 'error')).toBe(false)
    b!.close()
    await a!.next('presence')
    const newcomer = await enter(guests[0], id)
    expect(await newcomer.next('snapshot')).toMatchObject({ items: [{ lat: spot(20).lat, timestamp: now }] })
    a!.say({ ...spot(25), timestamp: now + 1 })
    expect(await newcomer.next('location')).toMatchObject({ lat: spot(25).lat })
  })

  it('is believed again half a minute after its clock was set back', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    const now = Date.now()
    a!.say({ ...spot(0), timestamp: now + 2 * MINUTE_MS })
    await b!.next('location')
    a!.say({ ...spot(1), timestamp: now })
    await a!.settle()
    passTime(31_000)
    a!.say({ ...spot(2), timestamp: now + 31_000 })
    expect(await b!.next('location')).toMatchObject({ lat: spot(2).lat, timestamp: now + 31_000 })
    expect(locationsOf(b!)).toHaveLength(2)
  })
})

describe('the time of a position', () => {
  it.each([
    ['an hour ahead', (now: number) => now + 60 * MINUTE_MS],
    ['an hour ago', (now: number) => now - 60 * MINUTE_MS],
    ['in the year 9999', () => '9999-12-31T23:59:59Z'],
    ['in seconds', (now: number) => Math.round(now / 1_000)],
    ['negative', () => -5],
    ['endless', () => 1e308],
  ])('is the server’s own where it was given %s', async (_, given) => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    const before = Date.now()
    a!.say({ ...spot(3), timestamp: given(before) })
    const { lat, timestamp } = await b!.next('location')
    expect(lat).toBe(spot(3).lat)
    expect(Math.abs(new Date(timestamp).getTime() - before)).toBeLessThan(MINUTE_MS)
    // A position with a time of its own is not taken for an older one because of it.
    a!.say({ ...spot(4), timestamp: before - 4 * MINUTE_MS })
    expect(await b!.next('location')).toMatchObject({ lat: spot(4).lat, timestamp: before - 4 * MINUTE_MS })
  })

  it('is passed on as it was given up to five minutes off', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    for (const off of [-4.9, 4.9]) {
      const timestamp = Date.now() + off * MINUTE_MS
      a!.say({ ...spot(off), timestamp })
      expect(await b!.next('location')).toMatchObject({ timestamp })
    }
  })
})

describe('what follows a ticket at once', () => {
  it('is heard in its order', async () => {
    const { id, host, guests } = await makeRoom()
    const [b] = await enterAll(id, [guests[0]])
    const a = await dial(`/ws/walk-together/${id}`)
    a.say({ type: 'auth', ticket: await takeTicket(host, id) })
    a.say(spot(1))
    a.say({ type: 'nonsense' })
    a.say(spot(2))
    a.say({ type: 'ping', n: 1 })
    await a.next('pong')
    expect(a.heard.map(({ type }) => type)).toEqual(['snapshot', 'error', 'pong'])
    await b!.settle()
    expect(b!.heard.flatMap((message) => (message.type === 'location' ? message.lat : []))).toEqual([spot(1).lat, spot(2).lat])
    expect(b!.heard.flatMap((message) => (message.type === 'presence' ? message.user_id : []))).toEqual([idOf(host)])
  })

  it('counts against the limit of messages, and may be an end', async () => {
    const { id, host, guests } = await makeRoom()
    const [b] = await enterAll(id, [guests[0]])
    const a = await dial(`/ws/walk-together/${id}`)
    a.say({ type: 'auth', ticket: await takeTicket(host, id) })
    for (let n = 0; n < 15; n++) a.say(spot(n))
    expect(await a.closing()).toBe(4008)
    const again = await dial(`/ws/walk-together/${id}`)
    again.say({ type: 'auth', ticket: await takeTicket(host, id) })
    again.say({ type: 'end' })
    again.say(spot(1))
    expect(await again.closing()).toBe(1000)
    expect(await b!.next('ended')).toMatchObject({ user_id: idOf(host) })
  })

  it('is not heard of somebody who is refused', async () => {
    const { id, host, guests } = await makeRoom()
    const [b] = await enterAll(id, [guests[0]])
    const a = await dial(`/ws/walk-together/${id}`)
    const ticket = await takeTicket(host, id)
    a.say({ type: 'auth', ticket: `${ticket}x` })
    a.say({ type: 'auth', ticket })
    a.say(spot(1))
    expect(await a.closing()).toBe(4001)
    await b!.settle()
    expect(b!.heard.map(({ type }) => type)).toEqual(['snapshot', 'pong'])
  })
})
