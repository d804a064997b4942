import { describe, expect, it } from 'vitest'
import { askForMeetupTicket, enterAllMeetup, makeMeetupRoom } from '../../support/meetup-rooms.ts'
import { demand, signUpAdmin } from '../../support/moderation.ts'
import { idOf, inMinutes, type Person, type RoomClient } from '../../support/rooms.ts'

/** A room of a meetup with its host and two others in it, who have all been greeted. */
async function makeFullRoom() {
  const room = await makeMeetupRoom(2)
  const [a, b, c] = (await enterAllMeetup(room.id, [room.host, ...room.others])) as [RoomClient, RoomClient, RoomClient]
  const [one, two] = room.others as [Person, Person]
  return { ...room, one, two, a, b, c }
}

/** Of whom somebody has heard that they have left. */
const goneOf = ({ heard }: RoomClient) =>
  heard.flatMap((message) => (message.type === 'presence' && message.status === 'left' ? [message.user_id] : []))

describe('a request that takes somebody out of a meetup has taken them out of its room when it is answered:', () => {
  it('leaving', async () => {
    const { id, meetup, one, b, a } = await makeFullRoom()
    expect((await one.delete(`/meetups/${meetup}/join?occurrence_id=${id}`)).status).toBe(204)
    expect(await b.closing()).toBe(4003)
    await a.settle()
    expect(goneOf(a)).toEqual([idOf(one)])
    expect(await askForMeetupTicket(one, id)).toMatchObject({ status: 404 })
  })

  it('being removed', async () => {
    const { id, meetup, host, one, b } = await makeFullRoom()
    expect((await host.delete(`/meetups/${meetup}/participants/${idOf(one)}`)).status).toBe(204)
    expect(await b.closing()).toBe(4003)
    expect(await askForMeetupTicket(one, id)).toMatchObject({ status: 404 })
  })

  it.each(['host', 'guest'] as const)('a block by the %s', async (who) => {
    const { id, host, one, a, b, c } = await makeFullRoom()
    const [blocker, blocked] = who === 'host' ? [host, one] : [one, host]
    expect((await blocker.post(`/blocks/${idOf(blocked)}`)).status).toBe(204)
    expect(await b.closing()).toBe(4003)
    expect(await askForMeetupTicket(one, id)).toMatchObject({ status: 404 })
    for (const client of [a, c]) {
      await client.settle()
      expect(goneOf(client)).toEqual([idOf(one)])
    }
  })

  it('leaving the service', async () => {
    const { one, b } = await makeFullRoom()
    expect((await one.delete('/users/me')).status).toBeLessThan(300)
    expect([4001, 4003]).toContain(await b.closing())
  })
})

describe('a request that ends a meetup has ended its room when it is answered:', () => {
  const ended = async (clients: readonly RoomClient[]) => Promise.all(clients.map((client) => client.closing()))

  it('cancelling, all dates or one', async () => {
    for (const query of [true, false]) {
      const { id, meetup, host, a, b, c } = await makeFullRoom()
      expect((await host.delete(`/meetups/${meetup}${query ? `?occurrence_id=${id}` : ''}`)).status).toBe(204)
      expect(await ended([a, b, c])).toEqual([4002, 4002, 4002])
    }
  })

  it('its host leaving the service', async () => {
    const { host, b, c } = await makeFullRoom()
    expect((await host.delete('/users/me')).status).toBeLessThan(300)
    expect(await ended([b, c])).toEqual([4002, 4002])
  })

  it('moving it, in time or place', async () => {
    for (const change of [{ scheduled_at: inMinutes(300) }, { lat: 37.6, lng: 127.1 }]) {
      const { meetup, host, a, b, c } = await makeFullRoom()
      expect((await host.patch(`/meetups/${meetup}`, change)).status).toBe(200)
      expect(await ended([a, b, c])).toEqual([4002, 4002, 4002])
    }
  })

  it('a report that hides it at once, and a moderator who removes it or closes it on demand', async () => {
    const { meetup, one, two, a, b, c } = await makeFullRoom()
    expect((await one.post('/reports', { target_type: 'meetup', target_id: meetup, reason: 'spam' })).status).toBe(200)
    await a.settle()
    expect(a.heard.filter(({ type }) => type === 'ended')).toEqual([])
    expect((await two.post('/reports', { target_type: 'meetup', target_id: meetup, reason: 'harassment' })).status).toBe(200)
    expect(await ended([a, b, c])).toEqual([4002, 4002, 4002])

    const removed = await makeFullRoom()
    const admin = await signUpAdmin()
    await removed.one.post('/reports', { target_type: 'meetup', target_id: removed.meetup, reason: 'spam' })
    expect((await admin.patch(`/admin/reports/meetup/${removed.meetup}`, { action: 'remove' })).status).toBe(200)
    expect(await ended([removed.a, removed.b, removed.c])).toEqual([4002, 4002, 4002])

    const closed = await makeFullRoom()
    const { id } = await demand(closed.meetup, { target_type: 'meetup' })
    expect((await admin.patch(`/admin/takedowns/${id}`, { decision: 'close' })).status).toBe(200)
    expect(await ended([closed.a, closed.b, closed.c])).toEqual([4002, 4002, 4002])
  })
})
