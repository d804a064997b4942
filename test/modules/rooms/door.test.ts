import { createExecutionContext, evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { createRoomTickets } from '../../../src/core/room-ticket.ts'
import { createApi, createTestDeps } from '../../support/api.ts'
import { testEnv } from '../../support/env.ts'
import { injectFault } from '../../support/faults.ts'
import { logIn, signUp } from '../../support/login.ts'
import { accept, dial, enter, enterAll, idOf, invite, makeRoom, spot, stubOf, takeTicket } from '../../support/rooms.ts'

const roomPath = (id: string, query = '') => `/ws/walk-together/${id}${query}`
const withTicket = (id: string, ticket: string) => dial(roomPath(id), { 'Sec-WebSocket-Protocol': `ticket, ${ticket}` })

describe('a ticket', () => {
  it('opens the room once, as the subprotocol or in the first message', async () => {
    const { id, host, guests } = await makeRoom()
    const ticket = await takeTicket(host, id)
    const first = await withTicket(id, ticket)
    expect(first.protocol).toBe('ticket')
    expect(await first.next('snapshot')).toMatchObject({ user_id: idOf(host), items: [] })
    const replayed = await withTicket(id, ticket)
    expect(await replayed.closing()).toBe(4001)

    const second = await dial(roomPath(id))
    expect(second.protocol).toBeNull()
    const other = await takeTicket(guests[0], id)
    second.say({ type: 'auth', ticket: other })
    expect(await second.next('snapshot')).toMatchObject({ user_id: idOf(guests[0]) })
    for (const message of [{ type: 'auth', ticket: other }, { ticket: other }]) {
      const again = await dial(roomPath(id))
      again.say(message)
      expect(await again.closing()).toBe(4001)
    }
    // The replays have thrown nobody out.
    second.say(spot())
    expect(await first.next('location')).toMatchObject({ user_id: idOf(guests[0]) })
  })

  it('used by two at the same instant lets one of them in', async () => {
    const { id, host } = await makeRoom()
    const ticket = await takeTicket(host, id)
    const clients = await Promise.all([withTicket(id, ticket), withTicket(id, ticket), withTicket(id, ticket)])
    await expect.poll(() => clients.filter(({ closed }) => closed).length).toBe(2)
    expect(clients.map(({ closed }) => closed?.code).toSorted()).toEqual([4001, 4001, undefined])
    expect(clients.filter(({ heard }) => heard.length > 0)).toHaveLength(1)
  })

  it('that is refused leaves nothing that keeps the room in memory', async () => {
    const { id, host } = await makeRoom()
    const client = await enter(host, id)
    const stranger = await signUp()
    const refused = await dial(roomPath(id, `?token=${stranger.user.access_token}`))
    expect(await refused.closing()).toBe(4003)
    const began_ms = performance.now()
    // The runtime waits up to thirty seconds for connections whose close was never answered.
    await evictDurableObject(stubOf(id))
    expect(performance.now() - began_ms).toBeLessThan(5_000)
    await client.settle()
  })

  it('is valid for one room and thirty seconds, and only when we have signed it', async () => {
    const [one, other] = [await makeRoom(), await makeRoom()]
    expect(await (await withTicket(other.id, await takeTicket(one.host, one.id))).closing()).toBe(4001)
    const { json } = await one.host.post('/ws/tickets', { invitation_id: one.id })
    expect(json).toEqual({ ticket: expect.any(String), expires_in: 30 })
    expect(JSON.stringify({ type: 'auth', ticket: json.ticket }).length).toBeLessThan(512)

    const late = await one.host.with((deps) => ({
      roomTickets: createRoomTickets({ keys: deps.refreshKeys, now: () => new Date(Date.now() - 31_000) }),
    }))
    expect(await (await withTicket(one.id, (await late.post('/ws/tickets', { invitation_id: one.id })).json.ticket)).closing()).toBe(4001)
    const forged = createRoomTickets({ keys: ['another secret that is long enough to sign'], now: () => new Date() })
    const forgery = await forged.issue({ user_id: idOf(one.host), session_id: crypto.randomUUID() }, one.id)
    expect(await (await withTicket(one.id, forgery)).closing()).toBe(4001)
    // An access token is not accepted as a ticket, and a ticket is not accepted as an access token.
    expect(await (await withTicket(one.id, one.host.user.access_token)).closing()).toBe(4001)
    const ticket = await takeTicket(one.host, one.id)
    expect(await (await dial(roomPath(one.id, `?token=${ticket}`))).closing()).toBe(4001)
    expect(await createApi({ user: { ...one.host.user, access_token: ticket } }).get('/users/me')).toMatchObject({ status: 401 })
  })

  it('that the previous key has signed still opens the door while keys rotate', async () => {
    const { id, host } = await makeRoom()
    const { refreshKeys } = createTestDeps()
    const sessions = (await host.get('/auth/sessions')).json.items
    const user = { user_id: idOf(host), session_id: sessions[0].id }
    const now = () => new Date()
    const ticket = await createRoomTickets({ keys: refreshKeys, now }).issue(user, id)
    const rotated = createRoomTickets({ keys: ['a newer secret that is long enough to sign', ...refreshKeys], now })
    expect(await rotated.verify(ticket, id)).toMatchObject(user)
  })

  it('is refused to strangers, and while nobody has accepted or it is over', async () => {
    const [host, guest, stranger] = await Promise.all([signUp(), signUp(), signUp()])
    const id = await invite(host, [guest])
    const ask = async (of: typeof host) => (await of.post('/ws/tickets', { invitation_id: id })).json.code
    expect(await Promise.all([ask(host), ask(guest), ask(stranger)])).toEqual([
      'invitation_not_accepted',
      'invitation_not_accepted',
      'invitation_not_found',
    ])
    await accept(guest, id)
    expect(await Promise.all([ask(host), ask(guest), ask(stranger)])).toEqual([undefined, undefined, 'invitation_not_found'])
    await host.delete(`/invitations/${id}`)
    expect(await Promise.all([ask(host), ask(guest), ask(stranger)])).toEqual([
      'invitation_over',
      'invitation_over',
      'invitation_not_found',
    ])
    expect(await host.post('/ws/tickets', { invitation_id: crypto.randomUUID() })).toMatchObject({ status: 404 })
    expect(await host.post('/ws/tickets', { invitation_id: 'x' })).toMatchObject({ status: 422 })
    expect(await host.post('/ws/tickets', {})).toMatchObject({ status: 422 })
  })
})

describe('the address with ?token=', () => {
  it('works as the app uses it today', async () => {
    const { id, host, guests } = await makeRoom()
    const a = await dial(roomPath(id, `?token=${host.user.access_token}`))
    const b = await dial(roomPath(id, `?token=${guests[0].user.access_token}`))
    await Promise.all([a.next('snapshot'), b.next('snapshot')])
    a.say(spot())
    expect(await b.next('location')).toMatchObject({ user_id: idOf(host) })
  })

  it('is closed with 4001 for an invalid token, and for a session that has ended', async () => {
    const { id, host } = await makeRoom()
    for (const token of ['', 'x', `${host.user.access_token.slice(0, -4)}AAAA`, 'x'.repeat(2_000)])
      expect(await (await dial(roomPath(id, `?token=${token}`))).closing()).toBe(4001)
    await host.post('/auth/logout', {})
    expect(await (await dial(roomPath(id, `?token=${host.user.access_token}`))).closing()).toBe(4001)
  })
})

describe('at the door', () => {
  it('strangers are closed with 4003, those who have not agreed and those who come too late with 4002', async () => {
    const [host, guest, other, stranger] = await Promise.all([signUp(), signUp(), signUp(), signUp()])
    const id = await invite(host, [guest, other])
    const knock = async (of: typeof host) => (await dial(roomPath(id, `?token=${of.user.access_token}`))).closing()
    expect(await Promise.all([host, guest, stranger].map(knock))).toEqual([4002, 4002, 4003])
    await accept(guest, id)
    expect(await Promise.all([other, stranger].map(knock))).toEqual([4002, 4003])
    expect((await enterAll(id, [host, guest])).map(({ closed }) => closed)).toEqual([null, null])
    await other.patch(`/invitations/${id}`, { status: 'declined' })
    expect(await knock(other)).toBe(4002)
    await host.delete(`/invitations/${id}`)
    expect(await Promise.all([host, guest, stranger].map(knock))).toEqual([4002, 4002, 4003])
    expect(await (await dial(roomPath(crypto.randomUUID(), `?token=${host.user.access_token}`))).closing()).toBe(4003)
  })

  it('somebody who brings nothing, or says something else first, is closed with 4001', async () => {
    const { id } = await makeRoom()
    for (const message of [spot(), { type: 'ping', n: 1 }, 'nonsense', { type: 'auth' }, { type: 'auth', ticket: 'x' }]) {
      const client = await dial(roomPath(id))
      client.say(message)
      expect(await client.closing()).toBe(4001)
    }
    const broken = await dial(roomPath(id), { 'Sec-WebSocket-Protocol': 'ticket' })
    broken.say(spot())
    expect(await broken.closing()).toBe(4001)
  })

  it('a request without an upgrade, or for no room at all, gets a problem', async () => {
    const api = createApi()
    expect(await api.get(roomPath(crypto.randomUUID()))).toMatchObject({ status: 426, json: { code: 'upgrade_required' } })
    const response = await api.get(roomPath('x'), { headers: { Upgrade: 'websocket' } })
    expect(response).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
  })

  it('people are asked to come again while Postgres does not answer, and the ticket is not used up', async () => {
    const { id, host } = await makeRoom()
    const ticket = await takeTicket(host, id)
    await injectFault({ host: 'neon', cut: 'before', key: id })
    expect(await (await withTicket(id, ticket)).closing()).toBe(1013)
    expect(await (await withTicket(id, ticket)).next('snapshot')).toMatchObject({ user_id: idOf(host) })
  })

  it('all is looked up in one trip', async () => {
    const { id, host } = await makeRoom()
    const ticket = await takeTicket(host, id)
    // The second trip fails. It belongs to somebody else.
    await injectFault({ host: 'neon', delay_ms: 1, key: id })
    await injectFault({ host: 'neon', cut: 'before', key: id })
    expect(await (await withTicket(id, ticket)).next('snapshot')).toMatchObject({ user_id: idOf(host) })
    expect((await host.get(`/invitations/${id}`)).status).toBe(503)
  })
})

it('an address may knock without a ticket only so often, and this takes nothing from what else it asks', async () => {
  const { id, host } = await makeRoom()
  const counts = new Map<string, number>()
  const RATE_LIMIT_ANONYMOUS = {
    limit: async ({ key }: { key: string }) => {
      counts.set(key, (counts.get(key) ?? 0) + 1)
      return { success: counts.get(key)! <= 3 }
    },
  }
  const { app } = createApi()
  const knock = async (headers: Record<string, string> = {}, query = '') => {
    const env = { ...testEnv, RATE_LIMIT_ANONYMOUS }
    const { status, webSocket } = await app.request(
      roomPath(id, query),
      { headers: { Upgrade: 'websocket', ...headers } },
      env,
      createExecutionContext(),
    )
    webSocket?.accept()
    webSocket?.close()
    return status
  }
  const statuses: number[] = []
  for (let n = 0; n < 4; n++) statuses.push(await knock(n % 2 ? { 'Sec-WebSocket-Protocol': 'ticket' } : {}))
  expect(statuses).toEqual([101, 101, 101, 429])
  expect(await knock({ 'Sec-WebSocket-Protocol': `ticket, ${await takeTicket(host, id)}` })).toBe(101)
  expect(await knock({}, `?token=${host.user.access_token}`)).toBe(101)
})

describe('connections at the same time', () => {
  it('the newer one of a person wins, and the others are told nothing', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, older] = await enterAll(id, [host, guests[0]])
    const newer = await enter(guests[0], id)
    await newer.next('snapshot')
    expect(await older!.closing()).toBe(4009)
    await a!.settle()
    expect(a!.heard.filter(({ type }) => type === 'presence')).toHaveLength(1)
    a!.say(spot())
    expect(await newer.next('location')).toMatchObject({ user_id: idOf(host) })
  })

  it('exactly one of a person is left at the same instant, the one that arrived last', async () => {
    const { id, host, guests } = await makeRoom()
    const [a] = await enterAll(id, [host])
    const tickets = await Promise.all(Array.from({ length: 6 }, () => takeTicket(guests[0], id)))
    const clients = await Promise.all(tickets.map((ticket) => withTicket(id, ticket)))
    await expect.poll(() => clients.filter(({ closed }) => closed).length).toBe(5)
    expect(clients.map(({ closed }) => closed?.code).filter(Boolean)).toEqual([4009, 4009, 4009, 4009, 4009])
    const [left] = clients.filter(({ closed }) => !closed)
    a!.say(spot())
    expect(await left!.next('location')).toMatchObject({ user_id: idOf(host) })
    await a!.settle()
    expect(a!.heard.filter((message) => message.type === 'presence' && message.status === 'left')).toEqual([])
  })

  it('an older one of a person, whose look-up took longer, does not throw the newer one out', async () => {
    const { id, host } = await makeRoom()
    const [first, second] = [await takeTicket(host, id), await takeTicket(host, id)]
    await injectFault({ host: 'neon', delay_ms: 700, key: id })
    const older = withTicket(id, first)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const newer = await withTicket(id, second)
    await newer.next('snapshot')
    expect(await (await older).closing()).toBe(4009)
    expect(newer.closed).toBeNull()
  })

  it('an answer that was asked for before somebody came throws nobody out', async () => {
    const { id, host, guests } = await makeRoom()
    // The host's look-up begins first, knows nothing of the guest, and ends last.
    await injectFault({ host: 'neon', delay_ms: 700, key: id, match: 'people AS' })
    const first = dial(roomPath(id, `?token=${host.user.access_token}`))
    await new Promise((resolve) => setTimeout(resolve, 200))
    const b = await dial(roomPath(id, `?token=${guests[0].user.access_token}`))
    await b.next('snapshot')
    const a = await first
    await a.next('snapshot')
    a.say(spot())
    expect(await b.next('location')).toMatchObject({ user_id: idOf(host) })
    expect(b.closed).toBeNull()
  })

  it('one of a person’s two devices is left, too', async () => {
    const host = await signUp()
    const guest = await signUp()
    const id = await invite(host, [guest])
    await accept(guest, id)
    const tablet = await logIn(host.kakao_id)
    const [phone] = await enterAll(id, [host])
    const [other] = await enterAll(id, [tablet])
    expect(await phone!.closing()).toBe(4009)
    expect(other!.closed).toBeNull()
  })
})

it('an address may knock so many times without a ticket or a token, and then wakes no room', async () => {
  const { app } = createApi()
  const keys: string[] = []
  const RATE_LIMIT_ANONYMOUS = { limit: async ({ key }: { key: string }) => ({ success: keys.push(key) <= 1 }) }
  const knock = (query: string, headers: Record<string, string> = {}) =>
    app.request(
      roomPath(crypto.randomUUID(), query),
      { headers: { Upgrade: 'websocket', 'CF-Connecting-IP': '203.0.113.7', ...headers } },
      { ...testEnv, RATE_LIMIT_ANONYMOUS },
      createExecutionContext(),
    )
  const answers = [await knock(''), await knock(''), await knock('', { 'Sec-WebSocket-Protocol': 'ticket, x' }), await knock('?token=x')]
  expect(answers.map(({ status }) => status)).toEqual([101, 429, 101, 101])
  for (const { webSocket } of answers) webSocket?.accept()
  for (const { webSocket } of answers) webSocket?.close()
  expect(keys).toEqual(['room 203.0.113.7', 'room 203.0.113.7'])
})
