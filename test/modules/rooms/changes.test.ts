import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { createApi } from '../../support/api.ts'
import { passTime } from '../../support/clock.ts'
import { injectFault } from '../../support/faults.ts'
import { logIn, signUp } from '../../support/login.ts'
import { accept, enter, enterAll, idOf, invite, makeRoom, type RoomClient, spot, stubOf } from '../../support/rooms.ts'

const locationsOf = ({ heard }: RoomClient) => heard.filter(({ type }) => type === 'location' || type === 'locations')

describe('before the request is answered', () => {
  it('a cancellation has ended the room', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    await host.delete(`/invitations/${id}`)
    a!.say(spot())
    expect(await Promise.all([a!.closing(), b!.closing()])).toEqual([4002, 4002])
    expect(await b!.next('ended')).toEqual({ type: 'ended', user_id: null, reason: 'cancelled' })
    expect(locationsOf(b!)).toEqual([])
  })

  it('a guest who withdraws is out, and the others hear only that they have left', async () => {
    const { id, host, guests } = await makeRoom(2)
    const [a, b, c] = await enterAll(id, [host, ...guests])
    await guests[0].patch(`/invitations/${id}`, { status: 'declined' })
    expect(await b!.closing()).toBe(4002)
    for (const client of [a!, c!]) {
      await client.settle()
      expect(client.heard.filter((message) => message.type === 'presence' && message.status === 'left')).toMatchObject([
        { user_id: idOf(guests[0]) },
      ])
      expect(client.closed).toBeNull()
    }
    // Two people are left, so they hear each other at once again.
    a!.say(spot())
    expect(await c!.next('location')).toMatchObject({ user_id: idOf(host) })
    const heard = b!.heard.length
    await accept(guests[0], id)
    const back = await enter(guests[0], id)
    expect(await back.next('snapshot')).toMatchObject({ items: [{ user_id: idOf(host) }] })
    expect(b!.heard).toHaveLength(heard)
  })

  it.each<[string, (host: Awaited<ReturnType<typeof signUp>>) => Promise<unknown>]>([
    ['logging out', (host) => host.post('/auth/logout', {})],
    ['logging out everywhere else', async (host) => (await logIn(host.kakao_id)).delete('/auth/sessions')],
    [
      'logging out that device',
      async (host) => {
        const tablet = await logIn(host.kakao_id)
        const { json } = await tablet.get('/auth/sessions')
        const other = json.items.find(({ is_current }: { is_current: boolean }) => !is_current)
        return tablet.delete(`/auth/sessions/${other.id}`)
      },
    ],
    [
      'a refresh token that is used a second time too late',
      async (host) => {
        const later = (seconds: number) => ({ now: () => new Date(Date.now() + seconds * 1_000) })
        const refresh = (seconds: number) =>
          createApi({ deps: later(seconds) }).post('/auth/refresh', { refresh_token: host.user.refresh_token })
        expect((await refresh(0)).status).toBe(200)
        expect((await refresh(60)).json.code).toBe('refresh_token_reused')
      },
    ],
    [
      'unlinking in Kakao',
      async (host) => {
        const form = new URLSearchParams({ app_id: '987654', user_id: host.kakao_id, referrer_type: 'UNLINK_FROM_APPS' })
        const { status } = await createApi().post('/auth/kakao/unlink', undefined, {
          raw: form.toString(),
          headers: { Authorization: 'KakaoAK 0dev0admin0key000000000000000004', 'Content-Type': 'application/x-www-form-urlencoded' },
        })
        expect(status).toBe(200)
      },
    ],
  ])('%s has closed the connection with 4001', async (_, act) => {
    const [host, guest] = await Promise.all([signUp(), signUp()])
    const id = await invite(host, [guest])
    await accept(guest, id)
    const [a, b] = await enterAll(id, [host, guest])
    await act(host)
    b!.say(spot())
    expect(await a!.closing()).toBe(4001)
    expect(locationsOf(a!)).toEqual([])
    await b!.settle()
    expect(b!.heard).toContainEqual(expect.objectContaining({ type: 'presence', user_id: idOf(host), status: 'left' }))
    expect(b!.closed).toBeNull()
  })

  it('a guest who deletes their account is out, and a host who does ends the room', async () => {
    const { id, host, guests } = await makeRoom(2)
    const [a, b, c] = await enterAll(id, [host, ...guests])
    await guests[0].delete('/users/me')
    expect(await b!.closing()).toBe(4001)
    expect(a!.closed).toBeNull()
    await host.delete('/users/me')
    expect(await Promise.all([a!.closing(), c!.closing()])).toEqual([4002, 4002])
  })

  it('a privacy zone hides its owner from those who are there and those who come', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    a!.say(spot())
    await b!.next('location')
    await host.put('/users/me/privacy-zone', { lat: 37.5, lng: 127.03, radius_m: 100 })
    a!.say(spot(20))
    expect(await b!.next('near_home')).toEqual({ type: 'near_home', user_id: idOf(host) })
    // However small the zone, its cells are hidden whole, and it is said once.
    a!.say(spot(120))
    await a!.settle()
    await b!.settle()
    expect(b!.heard.filter(({ type }) => type === 'near_home')).toHaveLength(1)
    b!.close()
    const back = await enter(guests[0], id)
    expect(await back.next('snapshot')).toMatchObject({ items: [{ type: 'near_home', user_id: idOf(host) }] })
    passTime(2 * 60_000)
    a!.say(spot(1_200))
    expect(await back.next('location')).toMatchObject({ lat: spot(1_200).lat })
    await host.delete('/users/me/privacy-zone')
    passTime(2 * 60_000)
    a!.say(spot(150))
    expect(await back.next('location')).toMatchObject({ lat: spot(150).lat })
    const hidden = b!.heard.slice(b!.heard.findIndex(({ type }) => type === 'near_home'))
    expect(JSON.stringify(hidden)).not.toContain('37.5')
  })

  it('a privacy zone hides a position that the room had before', async () => {
    const { id, host, guests } = await makeRoom()
    const [a] = await enterAll(id, [host])
    a!.say(spot())
    await a!.settle()
    await host.put('/users/me/privacy-zone', { lat: 37.5, lng: 127.03, radius_m: 100 })
    const b = await enter(guests[0], id)
    expect(await b.next('snapshot')).toMatchObject({ items: [{ type: 'near_home', user_id: idOf(host) }] })
    expect(JSON.stringify(b.heard)).not.toContain('37.5')
  })
})

describe('while Postgres cannot say who may see whom', () => {
  it('nobody is shown anything, and afterwards everybody who has moved', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    await injectFault({ host: 'neon', cut: 'before', key: id, match: 'people AS', times: 3 })
    expect(await stubOf(id).recheck()).toBe(false)
    a!.say(spot())
    await a!.settle()
    await b!.settle()
    expect(locationsOf(b!)).toEqual([])
    await expect.poll(() => stubOf(id).recheck()).toBe(true)
    expect(await b!.next('location')).toMatchObject({ user_id: idOf(host), lat: spot().lat })
  })

  it('a block is not lost: the room asks again until it knows', async () => {
    const { id, host, guests } = await makeRoom()
    const [a, b] = await enterAll(id, [host, guests[0]])
    await injectFault({ host: 'neon', cut: 'before', key: id, match: 'people AS', times: 2 })
    expect((await host.post(`/blocks/${idOf(guests[0])}`)).status).toBe(204)
    a!.say(spot())
    expect(await b!.closing()).toBe(4003)
    expect(locationsOf(b!)).toEqual([])
  })
})

it('a change that comes while somebody is being looked up counts for that person', async () => {
  const { id, host, guests } = await makeRoom()
  const [a] = await enterAll(id, [host])
  const entering = (async () => {
    await injectFault({ host: 'neon', delay_ms: 600, key: id, match: 'people AS' })
    return enter(guests[0], id)
  })()
  await new Promise((resolve) => setTimeout(resolve, 300))
  await host.post(`/blocks/${idOf(guests[0])}`)
  // Nobody else was invited, so the block ends the meeting for the host as well.
  const refused = [4002, 4003]
  expect(refused).toContain(await entering.then((client) => client.closing()).catch(() => 4003))
  expect(await a!.closing()).toBe(4002)
  expect(a!.heard.filter(({ type }) => type === 'presence')).toEqual([])
})

it('a room that nobody is in asks nothing, and a room that was never entered stores nothing', async () => {
  const { id, host } = await makeRoom()
  await host.post('/auth/logout', {})
  await runInDurableObject(stubOf(id), (_, { storage }) => {
    expect([...storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'")]).toEqual([])
  })
})
