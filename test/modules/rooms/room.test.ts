import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { passTime } from '../../support/clock.ts'
import { enter, enterAll, idOf, makeRoom, spot, stubOf } from '../../support/rooms.ts'

const binary = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a live room', () => {
  it('shows two people to each other at once, whichever form the message has', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    const here = spot()
    a!.say(here)
    expect(await b!.next('location')).toEqual({ type: 'location', user_id: idOf(host), ...here })
    const now = new Date()
    const inSeoul = new Date(now.getTime() + 9 * 3_600_000).toISOString().replace('Z', '+09:00')
    b!.say({ type: 'location', ...spot(30), timestamp: inSeoul })
    expect(await a!.next('location')).toMatchObject({ user_id: idOf(guests[0]), lat: spot(30).lat, timestamp: now.toISOString() })
    b!.say({ lat: 37.5, lng: 127.03 })
    expect(await a!.next('location')).toMatchObject({ timestamp: expect.stringMatching(/^\d{4}-.+Z$/) })
    await a!.settle()
    expect(a!.heard.some((message) => message.type === 'location' && message.user_id === idOf(host))).toBe(false)
  })

  it('tells a newcomer who is here and where, and tells the others who comes and goes', async () => {
    const { id, host, guests } = await makeRoom()
    const [a] = await enterAll(id, [host])
    a!.say(spot())
    await a!.settle()
    const b = await enter(guests[0], id)
    expect(await b.next('snapshot')).toMatchObject({
      user_id: idOf(guests[0]),
      ends_at: expect.any(String),
      items: [{ type: 'location', user_id: idOf(host), lat: spot().lat }],
      members: expect.arrayContaining([
        { user_id: idOf(host), nickname: expect.any(String), is_host: true, is_here: true },
        { user_id: idOf(guests[0]), nickname: expect.any(String), is_host: false, is_here: true },
      ]),
    })
    expect(await a!.next('presence')).toMatchObject({ user_id: idOf(guests[0]), status: 'joined' })
    b.close(1000, 'bye')
    expect(await a!.next('presence')).toMatchObject({ user_id: idOf(guests[0]), status: 'left' })
  })

  it('takes somebody back who lost the connection, as if nothing had happened', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    b!.say(spot(10))
    await a!.next('location')
    b!.close()
    await a!.next('presence')
    a!.say(spot(20))
    await a!.settle()
    const back = await enter(guests[0], id)
    expect(await back.next('snapshot')).toMatchObject({ items: [{ user_id: idOf(host), lat: spot(20).lat }] })
    expect(await a!.next('presence')).toMatchObject({ status: 'joined' })
  })

  it('goes on after an eviction between any two messages', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    for (let n = 0; n < 4; n++) {
      await evictDurableObject(stubOf(id))
      a!.say(spot(n))
      expect(await b!.next('location')).toMatchObject({ lat: spot(n).lat })
      await evictDurableObject(stubOf(id))
      b!.say(spot(n + 10))
      expect(await a!.next('location')).toMatchObject({ lat: spot(n + 10).lat })
    }
    await evictDurableObject(stubOf(id))
    b!.close()
    expect(await a!.next('presence')).toMatchObject({ user_id: idOf(guests[0]), status: 'left' })
    await evictDurableObject(stubOf(id))
    const back = await enter(guests[0], id)
    expect(await back.next('snapshot')).toMatchObject({ items: [{ user_id: idOf(host), lat: spot(3).lat }] })
  })

  it('answers pings, the exact one without waking up', async () => {
    const { id, host } = await makeRoom()
    const [a] = await enterAll(id, [host])
    for (const ping of ['{"type":"ping"}', '{"type": "ping"}']) {
      a!.say(ping)
      expect(await a!.next('pong')).toEqual({ type: 'pong' })
    }
  })

  it('answers an error to what it does not understand, and shows nobody an impossible position', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    const odd = [
      'x',
      '[]',
      'null',
      '{"lat":37.5}',
      { lat: 91, lng: 127 },
      { lat: 37.5, lng: 181 },
      { lat: '37.5', lng: 127 },
      { lat: null, lng: 127 },
      '{"lat":1e999,"lng":127}',
      { type: 'location' },
      { type: 'snapshot', lat: 37.5, lng: 127 },
      { type: 'constructor' },
      { lat: 37.5, lng: 127, timestamp: 'yesterday' },
      binary('x'),
      Uint8Array.of(...new Uint8Array(binary('{"lat":37.5,"lng":127.03,"note":"')), 0xff, 0x22, 0x7d).buffer,
    ]
    for (const message of odd) {
      a!.say(message)
      expect(await a!.next('error')).toMatchObject({ code: 'invalid_message' })
      passTime(500)
    }
    await b!.settle()
    expect(b!.heard.map(({ type }) => type)).toEqual(['snapshot', 'pong'])
    expect(a!.closed).toBeNull()
  })

  it('refuses a position that nobody could have reached, and takes it when there was time to get there', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    a!.say(spot())
    await b!.next('location')
    a!.say(spot(5_000))
    expect(await a!.next('error')).toMatchObject({ code: 'position_refused' })
    a!.say(spot(80))
    expect(await b!.next('location')).toMatchObject({ lat: spot(80).lat })
  })

  it('closes with 4008 when messages come too fast or are too large', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    for (let n = 0; n < 16; n++) a!.say(spot(n))
    expect(await a!.closing()).toBe(4008)
    await b!.settle()
    expect(b!.heard.filter(({ type }) => type === 'location')).toHaveLength(15)
    expect(b!.heard.at(-2)).toMatchObject({ type: 'presence', status: 'left' })

    const [again] = await enterAll(id, [host])
    again!.say(JSON.stringify({ ...spot(), note: '가'.repeat(160) }))
    expect(await again!.closing()).toBe(4008)
    const [binary] = await enterAll(id, [host])
    binary!.say(new ArrayBuffer(513))
    expect(await binary!.closing()).toBe(4008)
    const [fits] = await enterAll(id, [host])
    const message = JSON.stringify({ ...spot(), note: '' })
    fits!.say(message.replace('""', `"${'x'.repeat(512 - message.length)}"`))
    await b!.next('location')
    expect(fits!.closed).toBeNull()
  })

  it('takes two messages a second for as long as they come', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    for (let n = 0; n < 30; n++) {
      a!.say({ lat: spot(n).lat, lng: spot(n).lng })
      await b!.next('location')
      passTime(500)
    }
    await b!.settle()
    expect(a!.closed).toBeNull()
    expect(b!.heard.filter(({ type }) => type === 'location')).toHaveLength(30)
  })

  it('reads JSON in a binary frame as text in UTF-8', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    a!.say(binary(JSON.stringify({ ...spot(4), note: '초코' })))
    expect(await b!.next('location')).toMatchObject({ lat: spot(4).lat })
    a!.say(binary('{"type":"ping"}'))
    await a!.next('pong')
    expect(a!.heard.some(({ type }) => type === 'error')).toBe(false)
  })

  it.each([
    [1000, 1000],
    [3001, 3001],
    [4123, 4123],
    [undefined, 1000],
  ])('answers a close with %s by %s, and never by a reserved code', async (said, answered) => {
    const { id, host } = await makeRoom()
    const [a] = await enterAll(id, [host])
    a!.close(said)
    const code = await a!.closing()
    expect([answered, ...(said === undefined ? [1005] : [])]).toContain(code)
  })
})

describe('somebody’s end', () => {
  it('is told to the others and closes with 1000; the room is over when all have ended', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    a!.say(spot())
    a!.say({ type: 'end' })
    expect(await a!.closing()).toBe(1000)
    expect(await b!.next('ended')).toEqual({ type: 'ended', user_id: idOf(host), reason: 'ended' })
    expect(b!.closed).toBeNull()
    b!.say({ type: 'end' })
    expect(await b!.closing()).toBe(1000)
    expect(await (await enter(guests[0], id)).closing()).toBe(4002)
  })

  it('may be taken back by coming again', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    a!.say({ type: 'end' })
    await a!.closing()
    const [again] = await enterAll(id, [host])
    b!.say({ type: 'end' })
    await b!.closing()
    expect(again!.closed).toBeNull()
  })
})

describe('a room of more than two', () => {
  it('hears everybody’s newest position once a second, in one frame', async () => {
    const { id, host, guests } = await makeRoom(2)
    const [a, b, c] = await enterAll(id, [host, ...guests])
    for (let n = 0; n < 3; n++) {
      a!.say(spot(n))
      b!.say(spot(100 + n))
    }
    await pause(2_200)
    await c!.settle()
    const frames = c!.heard.filter((message) => message.type === 'locations')
    expect(frames.length).toBeLessThanOrEqual(3)
    const last = new Map(frames.flatMap(({ items }) => items.map((item) => [item.user_id, item] as const)))
    expect(last.get(idOf(host))).toMatchObject({ lat: spot(2).lat })
    expect(last.get(idOf(guests[0]))).toMatchObject({ lat: spot(102).lat })
    await a!.settle()
    expect(JSON.stringify(a!.heard.filter(({ type }) => type === 'locations'))).not.toContain(idOf(host))
  })

  it('shows the frame that was due although it was evicted before', async () => {
    const { id, host, guests } = await makeRoom(2)
    const [a, , c] = await enterAll(id, [host, ...guests])
    a!.say(spot(0))
    await c!.next('locations')
    a!.say(spot(7))
    await a!.settle()
    await evictDurableObject(stubOf(id))
    await expect.poll(() => JSON.stringify(c!.heard), { timeout: 3_000 }).toContain(String(spot(7).lat))
  })
})
