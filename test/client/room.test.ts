import { describe, expect, it } from 'vitest'
import type { LiveRoom, RoomEvents } from '../../client/src/index.ts'
import { closings } from '../../client/src/generated/room.ts'
import { injectFault } from '../support/faults.ts'
import { signUp } from '../support/login.ts'
import { enterMeetup, makeMeetupRoom } from '../support/meetup-rooms.ts'
import { createPhone } from '../support/phone.ts'
import { enter, idOf, makeRoom, spot } from '../support/rooms.ts'

/** Everything that a place in a room has heard. */
function listen(room: LiveRoom) {
  const heard: { [T in keyof RoomEvents]: RoomEvents[T][] } = {
    snapshot: [],
    location: [],
    near_home: [],
    on_the_way: [],
    locations: [],
    presence: [],
    ended: [],
    pong: [],
    error: [],
    state: [],
  }
  for (const type of Object.keys(heard) as (keyof RoomEvents)[]) room.on(type, (event) => void (heard[type] as unknown[]).push(event))
  return heard
}

const until = (look: () => unknown, wanted: unknown = true) => expect.poll(look, { timeout: 40_000, interval: 20 }).toEqual(wanted)

/** A phone in the room of an invitation, and somebody else in it. */
async function together() {
  const { id, host, guests } = await makeRoom()
  const phone = createPhone(host.user)
  const friend = await enter(guests[0], id)
  await friend.next('snapshot')
  const room = phone.client.enterRoom(id)
  const heard = listen(room)
  await until(() => room.state.status, 'in')
  return { id, host, guest: guests[0], phone, friend, room, heard }
}

describe('a place in a live room', () => {
  it('may be at a date of a meetup', async () => {
    const { id, host, others } = await makeMeetupRoom()
    const phone = createPhone(host.user)
    const friend = await enterMeetup(others[0], id)
    await friend.next('snapshot')
    const room = phone.client.enterMeetup(id)
    const heard = listen(room)
    await until(() => room.state.status, 'in')
    expect(heard.snapshot).toMatchObject([{ kind: 'meetup', user_id: idOf(host) }])
    room.tell(spot(1))
    expect(await friend.next('location')).toMatchObject({ user_id: idOf(host), lat: spot(1).lat })
    room.leave()
  })

  it('says positions and hears those of others', async () => {
    const { friend, room, heard, host, guest } = await together()
    room.tell(spot(1))
    expect(await friend.next('location')).toMatchObject({ user_id: idOf(host), lat: spot(1).lat })
    friend.say(spot(5))
    await until(() => heard.location.map(({ user_id, lat }) => [user_id, lat]), [[idOf(guest), spot(5).lat]])
    expect(heard.snapshot).toMatchObject([{ user_id: idOf(host) }])
    room.leave()
    expect(room.state).toEqual({ status: 'over', reason: 'left' })
    expect(await friend.next('presence')).toMatchObject({ status: 'left' })
  })

  it('comes back by itself with a new ticket, and says what it could not say', async () => {
    const { friend, room, heard, phone } = await together()
    const now = Date.now()
    room.tell({ ...spot(0), timestamp: now })
    await friend.next('location')
    phone.sockets[0]!.cut()
    await until(() => room.state.status, 'waiting')
    for (let n = 1; n <= 20; n++) room.tell({ ...spot(n), timestamp: now + n })
    await until(() => heard.snapshot.length, 2)
    const tickets = phone.sentTo('/ws/tickets')
    expect(tickets).toHaveLength(2)
    // Of those that waited the newest are kept, and the last one is what the others see.
    const lats: number[] = []
    while (lats.at(-1) !== spot(20).lat) lats.push((await friend.next('location')).lat)
    expect(lats).toEqual(Array.from({ length: 12 }, (_, n) => spot(n + 9).lat))
    room.tell({ ...spot(21), timestamp: now + 21 })
    expect(await friend.next('location')).toMatchObject({ lat: spot(21).lat })
    expect(room.state.status).toBe('in')
    room.leave()
  })

  it('says its last position again, because it may have been lost', async () => {
    const { friend, room, heard, phone } = await together()
    const send = phone.sockets[0]!.send.bind(phone.sockets[0])
    phone.sockets[0]!.send = () => {}
    room.tell(spot(3))
    phone.sockets[0]!.send = send
    phone.sockets[0]!.cut()
    await until(() => heard.snapshot.length, 2)
    expect(await friend.next('location')).toMatchObject({ lat: spot(3).lat })
    room.leave()
  })

  it('keeps to the room’s limits, however much it is told', async () => {
    const { friend, room, heard } = await together()
    for (let n = 0; n < 60; n++) room.tell({ ...spot(n), timestamp: Date.now() + n })
    while ((await friend.next('location')).lat !== spot(59).lat);
    expect(heard.state.map(({ status }) => status)).toEqual(['in'])
    room.leave()
  })

  it('ends for good when the person has entered elsewhere', async () => {
    const { id, host, room, phone } = await together()
    await (await enter(host, id)).next('snapshot')
    await until(() => room.state, { status: 'over', reason: 'replaced' })
    expect(phone.sockets).toHaveLength(1)
  })

  it('ends its part, also when that is said without a connection', async () => {
    const { friend, room, phone, host } = await together()
    phone.sockets[0]!.cut()
    room.end()
    await until(() => room.state, { status: 'over', reason: 'done' })
    await friend.next('presence')
    expect(await friend.next('ended')).toMatchObject({ user_id: idOf(host) })
  })

  it('is over where no ticket is given, and says why', async () => {
    const { id } = await makeRoom()
    const stranger = createPhone((await signUp()).user)
    const room = stranger.client.enterRoom(id)
    await until(() => room.state.status, 'over')
    expect(room.state).toMatchObject({ reason: 'no_ticket', problem: { code: 'invitation_not_found' } })
  })

  it('tries once more with a new ticket when one was used, and no third time', async () => {
    const { id, host } = await makeRoom()
    const phone = createPhone(host.user)
    const used = (await host.post('/ws/tickets', { invitation_id: id })).json.ticket as string
    await (await enter(host, id)).next('snapshot')
    phone.network = async ({ path }, pass) => (path === '/ws/tickets' ? Response.json({ ticket: `${used}x`, expires_in: 30 }) : pass())
    const room = phone.client.enterRoom(id)
    await until(() => room.state, { status: 'over', reason: 'unauthenticated' })
    expect(phone.sockets).toHaveLength(2)
    const second = createPhone(host.user)
    second.network = async (_, pass) => (second.sent.length === 1 ? Response.json({ ticket: `${used}x`, expires_in: 30 }) : pass())
    const entered = second.client.enterRoom(id)
    await until(() => entered.state.status, 'in')
    entered.leave()
  })

  it('comes again while the room cannot be asked, and while there is no network', async () => {
    const { id, host } = await makeRoom()
    const phone = createPhone(host.user)
    phone.network = async () => {
      throw new TypeError('Network request failed')
    }
    const room = phone.client.enterRoom(id)
    await until(() => room.state.status, 'waiting')
    phone.network = async (_, pass) => {
      const answer = await pass()
      await injectFault({ host: 'neon', cut: 'before', key: id })
      phone.network = (__, go) => go()
      return answer
    }
    room.wake()
    await until(() => room.state.status, 'in')
    expect(phone.sockets).toHaveLength(2)
    room.leave()
  })

  it('notices a connection on which nothing goes through any more', async () => {
    const { room, phone, heard } = await together()
    phone.sockets[0]!.freeze()
    room.wake()
    await until(() => phone.sockets.length, 2)
    await until(() => room.state.status, 'in')
    expect(heard.snapshot).toHaveLength(2)
    room.leave()
  })

  it('knows what to do after every code with which the room closes', () => {
    expect(closings.map(({ code, next }) => [code, next])).toEqual([
      [1000, 'stop'],
      [1013, 'reconnect'],
      [4001, 'new_ticket'],
      [4002, 'stop'],
      [4003, 'stop'],
      [4008, 'reconnect'],
      [4009, 'stop'],
    ])
  })
})
