import { describe, expect, it } from 'vitest'
import { givePremium } from '../../support/walkers.ts'
import { accept, enterAll, idOf, invite, makeRoom, spot } from '../../support/rooms.ts'
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
  it('by either puts the guest out before it is answered, and lets them in again once it is lifted', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    await guests[0].post(`/blocks/${idOf(host)}`)
    a!.say(spot())
    expect(await b!.closing()).toBe(4003)
    expect(await a!.next('presence')).toMatchObject({ user_id: idOf(guests[0]), status: 'joined' })
    expect(await a!.next('presence')).toMatchObject({ user_id: idOf(guests[0]), status: 'left' })
    expect(b!.heard.filter(({ type }) => type === 'location')).toEqual([])
    expect(await guests[0].post('/ws/tickets', { invitation_id: id })).toMatchObject(notFound('invitation_not_found'))
    await guests[0].delete(`/blocks/${idOf(host)}`)
    const [back] = await enterAll(id, [guests[0]])
    expect(back!.heard[0]).toMatchObject({ type: 'snapshot', items: [{ user_id: idOf(host) }] })
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
