import { runDurableObjectAlarm } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { passTime } from '../../support/clock.ts'
import { signUp } from '../../support/login.ts'
import { askForMeetupTicket, enterAllMeetup, enterMeetup, makeDate, makeMeetupRoom } from '../../support/meetup-rooms.ts'
import { dial, hideNear, idOf, type Person, spot, stubOf } from '../../support/rooms.ts'

const MINUTE = 60_000
const { db } = createTestDeps()

const knock = async (person: Person, id: string) => (await dial(`/ws/walk-together/${id}?token=${person.user.access_token}`)).closing()

describe('the door of a meetup’s room', () => {
  it('lets those in who have a seat, the host first, and says whose room it is', async () => {
    const { id, host, others } = await makeMeetupRoom(2)
    const [a] = await enterAllMeetup(id, [host])
    expect(a!.heard[0]).toMatchObject({
      type: 'snapshot',
      kind: 'meetup',
      user_id: idOf(host),
      members: [
        { user_id: idOf(host), is_host: true, is_here: true },
        { is_host: false, is_here: false },
        { is_host: false, is_here: false },
      ],
    })
    const b = await dial(`/ws/walk-together/${id}?token=${others[0].user.access_token}`)
    expect(await b.next('snapshot')).toMatchObject({ kind: 'meetup' })
    expect(await a!.next('presence')).toMatchObject({ user_id: idOf(others[0]), status: 'joined' })
  })

  it('opens half an hour before the start', async () => {
    const { id, host } = await makeMeetupRoom(1, { startsInMinutes: 31 })
    expect(await askForMeetupTicket(host, id)).toMatchObject({ status: 409, json: { code: 'room_not_open_yet' } })
    expect(await knock(host, id)).toBe(4002)
    passTime(MINUTE + 1_000)
    await (await enterMeetup(host, id)).next('snapshot')
  })

  it('is closed six hours after the start', async () => {
    const { id, host, others } = await makeMeetupRoom(1, { startsInMinutes: -359 })
    const [a] = await enterAllMeetup(id, [host])
    passTime(MINUTE + 1_000)
    await runDurableObjectAlarm(stubOf(id))
    expect(await a!.next('ended')).toEqual({ type: 'ended', user_id: null, reason: 'expired' })
    expect(await a!.closing()).toBe(4002)
    expect(await askForMeetupTicket(others[0], id)).toMatchObject({ status: 409, json: { code: 'meetup_over' } })
    expect(await knock(others[0], id)).toBe(4002)
  })

  it.each(['waiting', 'requested'] as const)('keeps out who is %s, and says so', async (status) => {
    const { id, others } = await makeMeetupRoom(1, { status })
    expect(await askForMeetupTicket(others[0], id)).toMatchObject({ status: 409, json: { code: 'not_going' } })
    expect(await knock(others[0], id)).toBe(4002)
  })

  it.each(['left', 'removed', 'declined'] as const)('knows nobody who has %s', async (status) => {
    const { id, others } = await makeMeetupRoom(1, { status })
    expect(await askForMeetupTicket(others[0], id)).toMatchObject({ status: 404, json: { code: 'meetup_not_found' } })
    expect(await knock(others[0], id)).toBe(4003)
  })

  it('knows no stranger, nobody who has a block with the host, and no date that there is not', async () => {
    const { id, host, others } = await makeMeetupRoom()
    const stranger = await signUp()
    await db.execute(`INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ('${idOf(host)}', '${idOf(others[0])}', now())`)
    for (const person of [stranger, others[0]]) {
      expect(await askForMeetupTicket(person, id)).toMatchObject({ status: 404, json: { code: 'meetup_not_found' } })
      expect(await knock(person, id)).toBe(4003)
    }
    const nowhere = crypto.randomUUID()
    expect(await askForMeetupTicket(host, nowhere)).toMatchObject({ status: 404, json: { code: 'meetup_not_found' } })
    expect(await knock(host, nowhere)).toBe(4003)
  })

  it.each([
    ['cancelled', (id: string) => `UPDATE meetup_occurrences SET cancelled_at = now() WHERE id = '${id}'`],
    [
      'closed by moderation',
      (_: string, meetup: string) =>
        `INSERT INTO moderation_cases (target_type, target_id, author_id, snapshot, opened_at, due_at, hidden_at) SELECT 'meetup', id, host_id, '{}', now(), now(), now() FROM meetups WHERE id = '${meetup}'`,
    ],
  ])('is shut at a date that was %s', async (_, change) => {
    const { id, meetup, host } = await makeMeetupRoom()
    await db.execute(change(id, meetup))
    expect(await askForMeetupTicket(host, id)).toMatchObject({ status: 409, json: { code: 'meetup_cancelled' } })
    expect(await knock(host, id)).toBe(4002)
  })

  it('takes exactly one of an invitation and a date, each by its own name', async () => {
    const { id, host } = await makeMeetupRoom()
    for (const body of [{}, { invitation_id: id, occurrence_id: id }, { invitation_id: null }])
      expect(await host.post('/ws/tickets', body)).toMatchObject({ status: 422 })
    expect(await host.post('/ws/tickets', { invitation_id: id })).toMatchObject({ status: 404, json: { code: 'invitation_not_found' } })
    expect(await host.post('/ws/tickets', { invitation_id: null, occurrence_id: id })).toMatchObject({ status: 200 })
  })

  it('cannot be taken over by an invitation that somebody makes with the date’s id', async () => {
    const { id, host, others } = await makeMeetupRoom()
    const [attacker, victim] = await Promise.all([signUp(), signUp()])
    await hideNear(100_000, attacker, victim)
    const made = await attacker.post('/invitations', {
      id,
      invitee_ids: [idOf(others[0])],
      scheduled_at: new Date(Date.now() + 20 * MINUTE).toISOString(),
      ...spot(5_000),
      timestamp: undefined,
    })
    expect(made.status).toBe(201)
    await others[0].patch(`/invitations/${id}`, { status: 'accepted' })
    expect(await attacker.post('/ws/tickets', { invitation_id: id })).toMatchObject({ status: 404 })
    expect(await knock(attacker, id)).toBe(4003)
    const [a, b] = await enterAllMeetup(id, [host, others[0]])
    b!.say(spot(5_000))
    expect(await a!.next('on_the_way')).toEqual({ type: 'on_the_way', user_id: idOf(others[0]) })
  })

  it('holds fifty', async () => {
    const host = await signUp()
    const others = await Promise.all(Array.from({ length: 49 }, () => signUp()))
    const { id } = await makeDate(host, others)
    const [a, b, c] = await enterAllMeetup(id, [host, others[0]!, others[48]!])
    expect(c!.heard[0]).toMatchObject({ members: { length: 50 } })
    b!.say(spot(10))
    await a!.next('locations')
    expect(await c!.next('locations')).toMatchObject({ items: [{ type: 'location', user_id: idOf(others[0]!) }] })
  })
})
