import { expect, it } from 'vitest'
import { createApi, type Api } from '../support/api.ts'
import { courseBody } from '../support/courses.ts'
import { signUp } from '../support/login.ts'
import { meetupBody } from '../support/meetups.ts'
import { freshPhoto } from '../support/photos.ts'
import { idOf, inMinutes, type Person } from '../support/rooms.ts'
import { userRoutes } from '../support/route-table.ts'
import { shareWalk } from '../support/shared-walks.ts'
import { givePremium } from '../support/walkers.ts'
import { addPet, completionBody, freshTrack, walk } from '../support/walks.ts'

interface Creation {
  readonly path: string
  readonly body: Record<string, unknown>
  /** Where what was made is deleted, and seen. */
  readonly thing: (id: string) => string
}

const conflict = { status: 409, json: { code: 'idempotency_conflict' } }

/** Every route that makes something under an id of the client's and whose things can be deleted. */
const creations: Readonly<Record<string, (owner: Api) => Promise<Creation>>> = {
  'POST /pets': async () => ({ path: '/pets', body: { name: '보리', species: 'dog' }, thing: (id) => `/pets/${id}` }),
  'POST /pets/{id}/health-records': async (owner) => {
    const path = `/pets/${await addPet(owner)}/health-records`
    return { path, body: { record_type: 'hospital_visit', record_date: '2026-11-01' }, thing: (id) => `${path}/${id}` }
  },
  'POST /comments': async (owner) => ({
    path: '/comments',
    body: { walk_id: await shareWalk(owner), content: '오늘도 좋았어요' },
    thing: (id) => `/comments/${id}`,
  }),
  'POST /courses': async (owner) => {
    await givePremium(owner as Person)
    return { path: '/courses', body: courseBody(), thing: (id) => `/courses/${id}` }
  },
  'POST /walks': async (owner) => ({ path: '/walks', body: { pet_id: await addPet(owner) }, thing: (id) => `/walks/${id}` }),
}

it.each(Object.entries(creations))('%s again after the deletion makes nothing, and shows nothing that is gone', async (_, prepare) => {
  for (const keyed of [false, true]) {
    const owner = await signUp()
    const { path, body, thing } = await prepare(owner)
    const options = keyed ? { headers: { 'Idempotency-Key': 'once' } } : {}
    const request = keyed ? body : { ...body, id: crypto.randomUUID() }
    const { json, status } = await owner.post(path, request, options)
    expect(status).toBe(201)
    expect((await owner.delete(thing(json.id))).status).toBe(204)
    expect(await owner.post(path, request, options)).toMatchObject(conflict)
    expect(await owner.post(path, request, options)).toMatchObject(conflict)
  }
})

it('POST /walks/sync again after the deletion says so of that walk alone', async () => {
  const owner = await signUp()
  const pet_id = await addPet(owner)
  const whole = (agoMs: number) => {
    const track = freshTrack({ length_m: 700, agoMs })
    return { id: crypto.randomUUID(), pet_id, started_at: new Date(Math.min(...track.time_ms)).toISOString(), ...completionBody(track) }
  }
  const walks = [whole(3_600_000), whole(10 * 3_600_000)]
  const statuses = async () => {
    const { json } = await owner.post('/walks/sync', { walks })
    return json.results.map(({ status, problem }: any) => problem?.code ?? status)
  }
  expect(await statuses()).toEqual(['completed', 'completed'])
  await owner.delete(`/walks/${walks[0]!.id}`)
  expect(await statuses()).toEqual(['idempotency_conflict', 'completed'])
})

it('POST /invitations again after it was cancelled answers as it is seen now: cancelled', async () => {
  const [host, guest] = await Promise.all([signUp(), signUp()])
  const request = { id: crypto.randomUUID(), invitee_ids: [idOf(guest)], scheduled_at: inMinutes(60) }
  await host.post('/invitations', request)
  await host.delete(`/invitations/${request.id}`)
  const { status, json } = await host.post('/invitations', request)
  expect(status).toBe(201)
  expect(json).toEqual((await host.get(`/invitations/${request.id}`)).json)
  expect(json.status).toBe('cancelled')
})

it('POST /meetups again after it was cancelled answers as it is seen now: cancelled', async () => {
  for (const keyed of [false, true]) {
    const host = await signUp()
    const request = { ...meetupBody(), ...(!keyed && { id: crypto.randomUUID() }) }
    const options = keyed ? { headers: { 'Idempotency-Key': 'once' } } : {}
    const made = await host.post('/meetups', request, options)
    await host.delete(`/meetups/${made.json.id}`)
    const { status, json } = await host.post('/meetups', request, options)
    expect(status).toBe(201)
    expect(json).toEqual((await host.get(`/meetups/${made.json.id}`)).json)
    expect(json.cancelled_at).toEqual(expect.any(String))
  }
})

it('an upload again after the deletion is another photo', async () => {
  const owner = await signUp()
  const { id } = await walk(owner, [await addPet(owner)])
  const file = await freshPhoto()
  const first = await owner.post(`/upload/walk-photo/${id}`, file)
  await owner.delete(`/walks/${id}/photos/${first.json.id}`)
  const second = await owner.post(`/upload/walk-photo/${id}`, file)
  expect(second.status).toBe(201)
  expect(second.json.id).not.toBe(first.json.id)
  expect((await owner.get(second.json.photo_url)).status).toBe(200)
  expect((await owner.get(`/walks/${id}`)).json.photos).toMatchObject([{ id: second.json.id }])
})

it('is tried of every route that answers that something was made', async () => {
  const { json: document } = await createApi().get('/openapi.json')
  const making = userRoutes
    .filter(({ method, route }) => method === 'POST' && '201' in document.paths[route].post.responses)
    .map(({ method, route }) => `${method} ${route}`)
  const tried = [
    ...Object.keys(creations),
    // It has no body, and test/modules/stats/calendar-feed.test.ts tries it.
    'POST /users/me/calendar-feed',
    // An appeal cannot be deleted, and an import neither.
    'POST /appeals',
    'POST /users/me/imports',
    'POST /invitations',
    'POST /meetups',
    // Nor is anything about money.
    'POST /payments/billing/issue',
    'POST /payments/orders',
    'POST /payments/refunds',
    ...['pet-profile/{pet_id}', 'walk-photo/{walk_id}', 'image'].map((kind) => `POST /upload/${kind}`),
  ]
  expect(tried.toSorted()).toEqual(making.toSorted())
})
