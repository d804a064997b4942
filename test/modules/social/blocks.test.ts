import { describe, expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { givePremium } from '../../support/walkers.ts'
import { accept, enterAll, idOf, inMinutes, invite, makeRoom, type Person, spot } from '../../support/rooms.ts'
import { signUp } from '../../support/login.ts'
import { tell } from '../../support/pushes.ts'
import { addPet, walk } from '../../support/walks.ts'

const notFound = (code: string) => ({ status: 404, json: { code } })

describe('a block', () => {
  it('is listed for whoever made it, newest first and by the page, until it is lifted', async () => {
    const [owner, ...others] = await Promise.all([signUp(), signUp(), signUp(), signUp()])
    for (const other of others) expect(await owner.post(`/blocks/${idOf(other)}`)).toMatchObject({ status: 204 })
    const first = await owner.get('/blocks?limit=2')
    expect(first.json.items.map(({ user }: { user: { id: string } }) => user.id)).toEqual([idOf(others[2]!), idOf(others[1]!)])
    const second = await owner.get(`/blocks?limit=2&cursor=${first.json.next_cursor}`)
    expect(second.json).toMatchObject({ items: [{ user: { id: idOf(others[0]!) } }], next_cursor: null })
    expect((await others[0]!.get('/blocks')).json.items).toEqual([])

    expect(await owner.delete(`/blocks/${idOf(others[2]!)}`)).toMatchObject({ status: 204 })
    expect(await owner.delete(`/blocks/${idOf(others[2]!)}`)).toMatchObject({ status: 204 })
    expect((await owner.get('/blocks')).json.items).toHaveLength(2)
  })

  it('twice is one, of oneself is none, and of somebody who is not there is a 404', async () => {
    const [owner, other, gone] = await Promise.all([signUp(), signUp(), signUp()])
    await Promise.all([owner.post(`/blocks/${idOf(other)}`), owner.post(`/blocks/${idOf(other)}`)])
    expect((await owner.get('/blocks')).json.items).toHaveLength(1)
    expect(await owner.post(`/blocks/${idOf(owner)}`)).toMatchObject({ status: 422, json: { code: 'cannot_block_self' } })
    await gone.delete('/users/me')
    expect(await owner.post(`/blocks/${idOf(gone)}`)).toMatchObject(notFound('user_not_found'))
    expect(await owner.post(`/blocks/${crypto.randomUUID()}`)).toMatchObject(notFound('user_not_found'))
  })

  it('hides both from each other, exactly as if they were not there, and tells nobody', async () => {
    const [owner, other] = await Promise.all([signUp(), signUp()])
    const shared = await walk(other, [await addPet(other)], { more: { shared_to_feed: true } })
    await givePremium(owner)
    const asOwner = [`/users/${idOf(other)}`, `/users/${idOf(other)}/badges`, `/walks/${shared.id}`]
    for (const path of asOwner) expect((await owner.get(path)).status).toBe(200)
    await tell(owner, 'follow', new Date(), { sender: other.user, facts: { user_id: idOf(other) } })
    expect((await owner.get('/notifications')).json.items).toHaveLength(1)

    await other.post(`/blocks/${idOf(owner)}`)
    for (const path of asOwner) {
      const [hidden, missing] = await Promise.all([owner.get(path), owner.get(path.replace(/[0-9a-f-]{36}/, crypto.randomUUID()))])
      expect(hidden.status).toBe(404)
      expect({ ...hidden.json, request_id: '' }).toEqual({ ...missing.json, request_id: '' })
    }
    expect(await other.get(`/users/${idOf(owner)}`)).toMatchObject(notFound('user_not_found'))
    expect((await owner.get('/notifications')).json.items).toEqual([])
    // Being blocked cannot be found out by blocking.
    expect(await owner.post(`/blocks/${idOf(other)}`)).toMatchObject({ status: 204 })
    await other.delete(`/blocks/${idOf(owner)}`)
    expect((await owner.get(`/users/${idOf(other)}`)).status).toBe(404)
    await owner.delete(`/blocks/${idOf(other)}`)
    expect((await owner.get(`/users/${idOf(other)}`)).status).toBe(200)
  })

  it('ends invitations between the two for both, in either direction', async () => {
    const [host, guest, friend] = await Promise.all([signUp(), signUp(), signUp()])
    const id = await invite(host, [guest])
    const group = await invite(friend, [host, guest])
    await guest.post(`/blocks/${idOf(host)}`)
    expect(await host.post('/invitations', { invitee_ids: [idOf(guest)], scheduled_at: '2100-01-01T00:00:00Z' })).toMatchObject({
      status: 422,
    })
    expect(await host.get(`/invitations/${id}`)).toMatchObject(notFound('invitation_not_found'))
    expect(await guest.get(`/invitations/${id}`)).toMatchObject(notFound('invitation_not_found'))
    expect(await guest.patch(`/invitations/${id}`, { status: 'accepted' })).toMatchObject(notFound('invitation_not_found'))
    expect((await guest.get('/invitations')).json).toMatchObject({ items: [{ id: group }], unread_count: 1 })
    // Of somebody else's invitation they see themselves, not each other.
    expect((await host.get(`/invitations/${group}`)).json.invitees.map(({ id: of }: { id: string }) => of)).toEqual([idOf(host)])
    expect((await friend.get(`/invitations/${group}`)).json.invitees).toHaveLength(2)
  })

  it('refuses an invitation of somebody who blocks, as of somebody who is not there', async () => {
    const [host, guest] = await Promise.all([signUp(), signUp()])
    await guest.post(`/blocks/${idOf(host)}`)
    const scheduled_at = new Date(Date.now() + 3_600_000).toISOString()
    expect(await host.post('/invitations', { invitee_ids: [idOf(guest)], scheduled_at })).toMatchObject(notFound('user_not_found'))
    expect((await guest.get('/notifications')).json.items).toEqual([])
  })
})

describe('in a live room, a block', () => {
  it('by either parts host and guest for good before it is answered', async () => {
    const { id, host, guests } = await makeRoom(2)
    const [guest, third] = guests as [Person, Person]
    const [a, b, c] = await enterAll(id, [host, guest, third])
    await guest.post(`/blocks/${idOf(host)}`)
    a!.say(spot())
    expect(await b!.closing()).toBeGreaterThanOrEqual(4002)
    for (let left = await a!.next('presence'); left.status !== 'left'; left = await a!.next('presence'));
    expect(b!.heard.filter(({ type }) => type === 'location')).toEqual([])
    expect(await guest.post('/ws/tickets', { invitation_id: id })).toMatchObject(notFound('invitation_not_found'))
    await guest.delete(`/blocks/${idOf(host)}`)
    // The answer does not come back, nor can it be given again. The room of the others goes on.
    expect((await guest.get(`/invitations/${id}`)).json).toMatchObject({ status: 'expired', room: { is_open: false } })
    expect(await guest.patch(`/invitations/${id}`, { status: 'accepted' })).toMatchObject({
      status: 409,
      json: { code: 'invitation_expired' },
    })
    expect((await guest.post('/ws/tickets', { invitation_id: id })).status).toBeGreaterThanOrEqual(400)
    expect((await third.get(`/invitations/${id}`)).json).toMatchObject({ status: 'accepted', room: { is_open: true } })
    c!.say({ type: 'ping', n: 1 })
    await c!.next('pong')
  })

  it('between guests parts these two alone', async () => {
    const { id, host, guests } = await makeRoom(2)
    const [a, b, c] = await enterAll(id, [host, ...guests])
    await guests[0].post(`/blocks/${idOf(guests[1]!)}`)
    for (const client of [a!, b!, c!]) client.unread()
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    b!.say(spot(10))
    await a!.next('locations')
    c!.say({ type: 'ping', n: 1 })
    await c!.next('pong')
    expect(c!.heard.filter(({ type }) => type === 'locations')).toEqual([])
    const [again] = await enterAll(id, [guests[1]!])
    const [snapshot] = again!.heard
    expect(snapshot).toMatchObject({ type: 'snapshot', items: [], members: [{ user_id: idOf(host) }, { user_id: idOf(guests[1]!) }] })
  })
})

it('a block reaches only those it is between', async () => {
  const [host, guest, third] = await Promise.all([signUp(), signUp(), signUp()])
  const id = await invite(host, [guest, third])
  await accept(third, id)
  await host.post(`/blocks/${idOf(guest)}`)
  expect((await third.get(`/invitations/${id}`)).json.invitees).toHaveLength(2)
  expect((await host.get(`/invitations/${id}`)).json.invitees).toHaveLength(1)
})

describe('what a block ends', () => {
  const followsOf = async (...people: readonly Person[]) => {
    const ids = people.map((person) => `'${idOf(person)}'`).join(', ')
    const { rows } = await createTestDeps().db.execute(`
      SELECT follower_id, followee_id FROM follows WHERE follower_id IN (${ids}) AND followee_id IN (${ids})`)
    return rows
  }
  const countsOf = async (person: Person) => {
    const { follower_count, following_count } = (await person.get('/users/me')).json
    return [follower_count, following_count]
  }

  it('both follows, with their counts, and no other; lifting it brings none back', async () => {
    const [me, other, third] = (await Promise.all([signUp(), signUp(), signUp()])) as [Person, Person, Person]
    for (const [one, two] of [
      [me, other],
      [other, me],
      [third, me],
      [third, other],
    ] as const)
      await one.post(`/follows/${idOf(two)}`)
    await Promise.all([me.post(`/blocks/${idOf(other)}`), me.post(`/blocks/${idOf(other)}`)])
    expect(await followsOf(me, other)).toEqual([])
    expect(await Promise.all([me, other, third].map(countsOf))).toEqual([
      [1, 0],
      [1, 0],
      [0, 2],
    ])
    for (const [one, two] of [
      [me, other],
      [other, me],
    ] as const)
      expect(await one.post(`/follows/${idOf(two)}`)).toMatchObject(notFound('user_not_found'))
    await me.delete(`/blocks/${idOf(other)}`)
    expect(await followsOf(me, other)).toEqual([])
    expect(await other.post(`/follows/${idOf(me)}`)).toMatchObject({ status: 204 })
  })

  it('nothing where there is nobody to block', async () => {
    const [me, leaving] = (await Promise.all([signUp(), signUp()])) as [Person, Person]
    await leaving.post(`/follows/${idOf(me)}`)
    await leaving.delete('/users/me')
    expect(await me.post(`/blocks/${idOf(leaving)}`)).toMatchObject(notFound('user_not_found'))
    expect(await followsOf(me, leaving)).toHaveLength(1)
  })

  it('invitations that wait, were accepted or declined, whoever is the host', async () => {
    const [me, other, third] = (await Promise.all([signUp(), signUp(), signUp()])) as [Person, Person, Person]
    const waiting = await invite(me, [other])
    const accepted = await invite(other, [me, third])
    await accept(me, accepted)
    const declined = await invite(me, [other, third])
    await other.patch(`/invitations/${declined}`, { status: 'declined' })
    await me.post(`/blocks/${idOf(other)}`)
    await me.delete(`/blocks/${idOf(other)}`)
    for (const [guest, id] of [
      [other, waiting],
      [me, accepted],
      [other, declined],
    ] as const) {
      expect((await guest.get(`/invitations/${id}`)).json).toMatchObject({ status: 'expired' })
      expect((await guest.patch(`/invitations/${id}`, { status: 'accepted' })).status).toBe(409)
    }
    for (const id of [accepted, declined]) expect((await third.get(`/invitations/${id}`)).json).toMatchObject({ status: 'pending' })
  })

  it('a follow and an invitation that the other makes at the same moment, fifty times', async () => {
    const me = await signUp()
    const others = await Promise.all(Array.from({ length: 50 }, () => signUp()))
    await Promise.all(
      others.map(async (other, i) => {
        const acts = [() => me.post(`/blocks/${idOf(other)}`), () => other.post(`/follows/${idOf(me)}`)]
        if (i % 5 === 0) acts.push(() => other.post('/invitations', { invitee_ids: [idOf(me)], scheduled_at: inMinutes(30) }))
        await Promise.all((i % 2 === 0 ? acts : acts.toReversed()).map((act) => act()))
      }),
    )
    expect(await followsOf(me, ...others)).toEqual([])
    expect(await countsOf(me)).toEqual([0, 0])
    const { rows } = await createTestDeps().db.execute(`SELECT answer FROM invitees WHERE user_id = '${idOf(me)}' AND answer <> 'expired'`)
    expect(rows).toEqual([])
  }, 120_000)
})
