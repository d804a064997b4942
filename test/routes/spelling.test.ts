import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../src/core/time.ts'
import { createApi, createTestDeps } from '../support/api.ts'
import { signUp } from '../support/login.ts'
import { accept, dial, enterAll, idOf, invite, makeRoom, spot, takeTicket } from '../support/rooms.ts'
import { type SampleRoute, publicRoutes, userRoutes } from '../support/route-table.ts'
import { freshPhoto } from '../support/photos.ts'
import { givePremium } from '../support/walkers.ts'
import { addPet, completionBody, freshTrack, startWalk } from '../support/walks.ts'

const KEYED = { headers: { 'Idempotency-Key': 'once' } }
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** These end the session that asks. */
const ENDS_SESSION = new Set(['POST /auth/logout', 'DELETE /auth/sessions/{id}'])
/** Another one each time, or a list that other tests write meanwhile. */
const UNLIKE = new Set([
  'GET /feed',
  'GET /admin/jobs',
  'GET /admin/dead-letters',
  'GET /rankings/hall-of-fame',
  'GET /announcements',
  'POST /ws/tickets',
  'POST /auth/kakao',
  'POST /auth/naver',
  'POST /auth/apple',
  'POST /auth/refresh',
])

const shout = (text: string) => (UUID.test(text) ? text.toUpperCase() : text)
const shoutPath = (path: string) =>
  path
    .split(/([/?&=])/)
    .map(shout)
    .join('')
function shoutBody(value: unknown): unknown {
  if (typeof value === 'string') return shout(value)
  if (value instanceof Uint8Array || value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(shoutBody)
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, shoutBody(of)]))
}

/** The same answer where it does not name the moment it was given. */
const comparable = (text: string) =>
  text.replaceAll(/"request_id":"[^"]+"|expires=\d+&signature=[\w-]+|"as_of":"[^"]+"|"next_cursor":"[^"]+"/g, '')

/** What queues name is theirs to spell, and an order has a name of our own. */
const NAMES_SOMETHING = /^(?!.*(dead-letters|payments\/orders)).*\{(id|\w+_id)\}/
const named = ({ method, route }: SampleRoute) => `${method} ${route}`

describe.each([...userRoutes, ...publicRoutes])('$method $route', (route) => {
  it('takes ids in upper case for the same ids, and the request for the same request', async () => {
    const owner = await signUp()
    await givePremium(owner)
    const { path, body } = await route.prepare(owner)
    if (NAMES_SOMETHING.test(named(route))) expect(shoutPath(path)).not.toBe(path)
    const shouted = await owner.request(route.method, shoutPath(path), shoutBody(body), KEYED)
    expect(shouted.status).toBeLessThan(300)
    if (ENDS_SESSION.has(named(route)) || UNLIKE.has(named(route))) return
    const said = await owner.request(route.method, path, body, KEYED)
    expect(said.status).toBe(shouted.status)
    expect(comparable(said.text)).toBe(comparable(shouted.text))
  })
})

it('the same pet in two spellings is the same pet twice', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const pet_ids = [pet, pet.toUpperCase()]
  expect(await owner.post('/walks', { pet_ids })).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
  const id = await startWalk(owner, [pet])
  expect(await owner.patch(`/walks/${id}`, { pet_ids })).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
  const track = freshTrack({ length_m: 700 })
  const whole = {
    id: crypto.randomUUID().toUpperCase(),
    started_at: new Date(Math.min(...track.time_ms)).toISOString(),
    ...completionBody(track),
  }
  const { status, json } = await owner.post('/walks/sync', {
    walks: [
      { ...whole, pet_ids },
      { ...whole, pet_id: pet },
    ],
  })
  expect(status).toBe(200)
  const given = whole.id.toLowerCase()
  expect(json.results).toMatchObject([
    { id: given, status: 'failed', problem: { code: 'validation_failed' } },
    { id: given, status: 'completed', completion: { walk: { id: given } } },
  ])
})

it('a person in two spellings is invited once', async () => {
  const [host, guest] = await Promise.all([signUp(), signUp()])
  const scheduled_at = new Date(Date.now() + 3_600_000).toISOString()
  const twice = await host.post('/invitations', { invitee_ids: [idOf(guest), idOf(guest).toUpperCase()], scheduled_at })
  expect(twice).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
  const myself = await host.post('/invitations', { invitee_ids: [idOf(host).toUpperCase()], scheduled_at })
  expect(myself).toMatchObject({ status: 422, json: { code: 'cannot_invite_self' } })
  expect(await host.post(`/blocks/${idOf(host).toUpperCase()}`)).toMatchObject({ status: 422, json: { code: 'cannot_block_self' } })
})

it('a time without seconds, and the same one in UTC, make the same invitation', async () => {
  const [host, guest] = await Promise.all([signUp(), signUp()])
  const inSeoul = new Date(Date.now() + 9 * HOUR_MS + HOUR_MS).toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length)
  const body = { id: crypto.randomUUID(), invitee_ids: [idOf(guest)] }
  const said = await host.post('/invitations', { ...body, scheduled_at: `${inSeoul}+0900` })
  expect(said.status).toBe(201)
  const repeated = await host.post('/invitations', { ...body, scheduled_at: new Date(`${inSeoul}+09:00`).toISOString() })
  expect(repeated).toMatchObject({ status: 201, text: said.text })
})

it('what is uploaded for an id in upper case is seen, and lies where the purge looks for it', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  const walkId = crypto.randomUUID().toUpperCase()
  await owner.post('/walks', { id: walkId, pet_id: pet.toUpperCase() })
  await owner.post(`/walks/${walkId}/complete`, completionBody(freshTrack({ length_m: 700 })))
  for (const path of [`/upload/walk-photo/${walkId}`, `/upload/pet-profile/${pet.toUpperCase()}`]) {
    const { status, json } = await owner.post(path, await freshPhoto())
    expect(status).toBe(201)
    for (const url of [json.photo_url, json.thumbnail_url]) {
      expect((await createApi().get(url)).status).toBe(200)
      expect((await createApi().get(shoutPath(url))).status).toBe(200)
    }
  }
  const { bucket } = createTestDeps()
  const objects = await Promise.all(
    ['tracks', 'walk-photos', 'pet-profiles'].map((folder) => bucket.list({ prefix: `${folder}/${idOf(owner)}/` })),
  )
  const folders = objects.map(({ objects: [first] }) => first?.key.split('/')[2])
  expect(folders).toEqual([walkId.toLowerCase(), walkId.toLowerCase(), pet])
})

describe('a live room', () => {
  it('is one room in either spelling: people meet there, and a block reaches it at once', async () => {
    const { id, host, guests } = await makeRoom()
    const [guest] = guests
    const ticket = await takeTicket(host, id.toUpperCase())
    const shouted = await dial(`/ws/walk-together/${id.toUpperCase()}`, { 'Sec-WebSocket-Protocol': `ticket, ${ticket}` })
    await shouted.next('snapshot')
    const [said] = await enterAll(id, [guest])
    expect(await shouted.next('presence')).toMatchObject({ user_id: idOf(guest), status: 'joined' })
    shouted.say(spot())
    expect(await said!.next('location')).toMatchObject({ user_id: idOf(host) })
    await host.post(`/blocks/${idOf(guest).toUpperCase()}`)
    expect(await said!.closing()).toBe(4003)
  })

  it('holds one connection a person, in whatever spelling they come, and hears a cancellation in the other', async () => {
    const [host, guest] = await Promise.all([signUp(), signUp()])
    const id = await invite(host, [guest])
    await accept(guest, id.toUpperCase())
    const [older] = await enterAll(id, [guest])
    const [newer] = await enterAll(id.toUpperCase(), [guest])
    expect(await older!.closing()).toBe(4009)
    expect((await host.delete(`/invitations/${id.toUpperCase()}`)).status).toBe(204)
    expect(await newer!.closing()).toBe(4002)
  })

  it('takes an access token to the address in upper case', async () => {
    const { id, host } = await makeRoom()
    const client = await dial(`/ws/walk-together/${id.toUpperCase()}?token=${host.user.access_token}`)
    expect(await client.next('snapshot')).toMatchObject({ user_id: idOf(host) })
  })
})
