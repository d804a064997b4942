import { createTestDeps, type Api } from './api.ts'
import { simulateLogin, randomNumericId, signUp } from './login.ts'
import { courseBody, giveDerived, makeCourse, makePublishable, publish, quietSpot, wayFrom } from './courses.ts'
import { givePlace } from './known-places.ts'
import { buy, order, payInWindow } from './orders.ts'
import { join, makeMeetup, meetupBody, walkersWithDogs } from './meetups.ts'
import { exportAll } from './exports.ts'
import { freshPhoto } from './photos.ts'
import { closeWalk, DEMAND, demand, evidenceOf, makeAdmin, reportWalk, warn } from './moderation.ts'
import { buy as buyOnPlay } from './play.ts'
import { tell } from './pushes.ts'
import { accept, inMinutes, invite, type Person } from './rooms.ts'
import { shareWalk } from './shared-walks.ts'
import { appStore } from './store-events.ts'
import { registerCard, subscribe } from './subscriptions.ts'
import { givePremium, makeDong, makeWalker, moveTo } from './walkers.ts'
import { addPet, completionBody, freshTrack, startWalk, walk } from './walks.ts'

export interface SampleRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** The path as in the OpenAPI document, `/walks/{id}`. */
  readonly route: string
  readonly path: string
  readonly body?: unknown
}

export interface SampleRoute {
  readonly route: string
  readonly method: SampleRequest['method']
  /** Makes the thing that the request is about, owned by `owner`, and the request that its owner sends. */
  prepare(owner: Api): Promise<{ path: string; body?: unknown }>
  /** The status that somebody else gets for the owner's thing. It is 404. Routes for admins answer 403, and routes without a thing of the owner another status. */
  readonly stranger: 'missing' | 'own' | 'refused'
  /** A text of the statement that writes, when other statements come before it. */
  readonly writes?: string
}

const of = (
  method: SampleRequest['method'],
  route: string,
  stranger: SampleRoute['stranger'],
  prepare: SampleRoute['prepare'],
  writes?: string,
): SampleRoute => ({ method, route, stranger, prepare, ...(writes && { writes }) })
const plain = (path: string, body?: unknown) => async () => ({ path, ...(body !== undefined && { body }) })

/** The owner of most things here has signed up. */
const asPerson = (owner: Api) => owner as Person

const HEALTH_RECORD = { record_type: 'weight', record_date: '2026-11-01', value_numeric: 5.2 }

const makeImport = async (owner: Api): Promise<string> => (await owner.post('/users/me/imports', { kind: 'files' })).json.id

const asAdmin = (path: string) => async (owner: Api) => {
  await makeAdmin(owner)
  return { path }
}

/** Whoever asks first has it read, and it is written down behind the answer. */
const WEATHER = '/weather?region_code=1168000000'

async function followSomebody(owner: Api): Promise<string> {
  const { user } = await signUp()
  await owner.post(`/follows/${user.user_id}`)
  return user.user_id
}

/** Moves the owner to a dong of their own, where one other person walks. Returns who that is. */
async function recommendSomebody(owner: Person): Promise<string> {
  const { dong } = await makeDong()
  await moveTo(owner, dong)
  const neighbour = await makeWalker(dong)
  await walk(neighbour, [neighbour.pet])
  return neighbour.user.user_id
}

async function addHealthRecord(owner: Api) {
  const pet = await addPet(owner)
  const { json } = await owner.post(`/pets/${pet}/health-records`, HEALTH_RECORD)
  return { pet, record: json.id as string }
}

async function addWalkPhoto(owner: Api, more: object = {}) {
  const { id } = await walk(owner, [await addPet(owner)], { more })
  const { json } = await owner.post(`/upload/walk-photo/${id}`, await freshPhoto())
  return { id, photo_id: json.id as string, photo_url: json.photo_url as string }
}

/** A meetup of somebody else that the owner has joined. */
async function joinedMeetup(owner: Api) {
  const meetup = await makeMeetup(await signUp())
  await addPet(owner)
  await join(asPerson(owner), meetup)
  return meetup
}

/** Somebody who has asked to come to a meetup of the owner. */
async function requestPath(owner: Api): Promise<string> {
  const [guest] = await walkersWithDogs(1)
  const meetup = await makeMeetup(owner, { approval: 'manual' })
  await join(guest!, meetup)
  return `/meetups/${meetup.id}/participants/${guest!.user.user_id}`
}

/** Every route that asks who is calling, with a request that succeeds. A test compares the table with the OpenAPI document. */
export const userRoutes: readonly SampleRoute[] = [
  of('GET', '/map/hazards', 'own', plain('/map/hazards?bbox=126.9,37.5,127,37.6')),
  of('POST', '/auth/logout', 'own', plain('/auth/logout', {})),
  of('GET', '/auth/sessions', 'own', plain('/auth/sessions')),
  of('DELETE', '/auth/sessions', 'own', plain('/auth/sessions')),
  of('DELETE', '/auth/sessions/{id}', 'missing', async (owner) => {
    const { json } = await owner.get('/auth/sessions')
    return { path: `/auth/sessions/${json.items[0].id}` }
  }),
  of('GET', '/users/me', 'own', plain('/users/me')),
  of('PATCH', '/users/me', 'own', plain('/users/me', { weekly_goal_km: 12 })),
  of('DELETE', '/users/me', 'own', plain('/users/me')),
  of('GET', '/users/me/onboarding-status', 'own', plain('/users/me/onboarding-status')),
  of('GET', '/users/me/consents', 'own', plain('/users/me/consents')),
  of('POST', '/users/me/consents', 'own', plain('/users/me/consents', [{ document: 'service', version: '2026-01-01', agreed: true }])),
  of('GET', '/users/nickname-check', 'own', plain('/users/nickname-check?nickname=%EC%B4%88%EC%BD%94%EC%95%84%EB%B9%A0')),
  of('PUT', '/users/me/location', 'own', plain('/users/me/location', { lat: 37.5006, lng: 127.0364 })),
  of('PUT', '/users/me/privacy-zone', 'own', plain('/users/me/privacy-zone', { lat: 37.5, lng: 127, radius_m: 200 })),
  of('DELETE', '/users/me/privacy-zone', 'own', plain('/users/me/privacy-zone')),
  of('GET', '/users/me/settings', 'own', plain('/users/me/settings')),
  of('PATCH', '/users/me/settings', 'own', plain('/users/me/settings', { auto_share: true })),
  of('GET', '/users/me/entitlements', 'own', plain('/users/me/entitlements')),
  of('GET', '/subscription/plans', 'own', plain('/subscription/plans')),
  of('GET', '/subscription', 'own', plain('/subscription')),
  of(
    'POST',
    '/payments/billing/issue',
    'own',
    async (owner) => ({ path: '/payments/billing/issue', body: { ...(await registerCard(owner)), plan: 'monthly' } }),
    'start_subscription(',
  ),
  of('DELETE', '/subscription', 'own', async (owner) => {
    await subscribe(owner)
    return { path: '/subscription' }
  }),
  of('PATCH', '/subscription', 'own', async (owner) => {
    await subscribe(owner)
    return { path: '/subscription', body: { plan: 'annual' } }
  }),
  of('POST', '/subscription/resume', 'own', async (owner) => {
    await subscribe(owner)
    await owner.delete('/subscription')
    return { path: '/subscription/resume' }
  }),
  of('POST', '/subscription/consents', 'own', async (owner) => {
    await subscribe(owner)
    return { path: '/subscription/consents', body: { kind: 'trial_conversion', agreed: true, price_won: 3_900 } }
  }),
  of(
    'POST',
    '/subscription/payment-method',
    'own',
    async (owner) => {
      await subscribe(owner)
      return { path: '/subscription/payment-method', body: await registerCard(owner) }
    },
    'replace_card(',
  ),
  of('GET', '/map/heatmap', 'own', plain('/map/heatmap?bbox=126.5,33.5,126.51,33.51&zoom=16')),
  of('GET', '/places', 'own', plain('/places?lat=33.5&lng=126.5')),
  of('GET', '/places/search', 'own', plain('/places/search?q=%EC%A0%9C%EC%A3%BC&lat=33.5&lng=126.5')),
  of('GET', '/places/{id}', 'own', async () => ({ path: `/places/${await givePlace()}` })),
  of('PUT', '/places/{id}/favorite', 'own', async () => ({ path: `/places/${await givePlace()}/favorite` })),
  of('DELETE', '/places/{id}/favorite', 'own', async (owner) => {
    const path = `/places/${await givePlace()}/favorite`
    await owner.put(path)
    return { path }
  }),
  of('GET', '/users/search', 'own', plain('/users/search?q=%EC%B4%88%EC%BD%94')),
  of('GET', '/users/{id}', 'own', async (owner) => ({ path: `/users/${owner.user?.user_id}` })),
  of('POST', '/pets', 'own', plain('/pets', { name: '보리', species: 'dog' })),
  of('GET', '/pets', 'own', plain('/pets')),
  of('GET', '/pets/{id}', 'missing', async (owner) => ({ path: `/pets/${await addPet(owner)}` })),
  of('PATCH', '/pets/{id}', 'missing', async (owner) => ({ path: `/pets/${await addPet(owner)}`, body: { name: '콩이' } })),
  of('DELETE', '/pets/{id}', 'missing', async (owner) => ({ path: `/pets/${await addPet(owner)}` })),
  of('GET', '/pets/{id}/paw-index', 'missing', async (owner) => {
    await owner.get(WEATHER)
    return { path: `/pets/${await addPet(owner)}/paw-index?region_code=1168000000` }
  }),
  of('GET', '/weather', 'own', async (owner) => {
    await owner.get(WEATHER)
    return { path: WEATHER }
  }),
  of('GET', '/pets/{id}/stats', 'missing', async (owner) => ({ path: `/pets/${await addPet(owner)}/stats` })),
  of('GET', '/pets/{id}/health-records', 'missing', async (owner) => ({ path: `/pets/${await addPet(owner)}/health-records` })),
  of('POST', '/pets/{id}/health-records', 'missing', async (owner) => ({
    path: `/pets/${await addPet(owner)}/health-records`,
    body: HEALTH_RECORD,
  })),
  of('PATCH', '/pets/{id}/health-records/{record_id}', 'missing', async (owner) => {
    const { pet, record } = await addHealthRecord(owner)
    return { path: `/pets/${pet}/health-records/${record}`, body: { memo: '아침' } }
  }),
  of('DELETE', '/pets/{id}/health-records/{record_id}', 'missing', async (owner) => {
    const { pet, record } = await addHealthRecord(owner)
    return { path: `/pets/${pet}/health-records/${record}` }
  }),
  of('GET', '/pets/{id}/health-report', 'missing', async (owner) => ({ path: `/pets/${await addPet(owner)}/health-report?month=2026-11` })),
  of('POST', '/walks', 'missing', async (owner) => ({ path: '/walks', body: { id: crypto.randomUUID(), pet_id: await addPet(owner) } })),
  of('GET', '/walks', 'own', plain('/walks')),
  of('POST', '/walks/sync', 'own', async (owner) => {
    const track = freshTrack({ length_m: 700 })
    const started_at = new Date(Math.min(...track.time_ms)).toISOString()
    return {
      path: '/walks/sync',
      body: { walks: [{ id: crypto.randomUUID(), pet_id: await addPet(owner), started_at, ...completionBody(track) }] },
    }
  }),
  of('GET', '/walks/active', 'own', plain('/walks/active')),
  of('GET', '/walks/{id}', 'missing', async (owner) => ({ path: `/walks/${(await walk(owner, [await addPet(owner)])).id}` })),
  of('PATCH', '/walks/{id}', 'missing', async (owner) => ({
    path: `/walks/${(await walk(owner, [await addPet(owner)])).id}`,
    body: { memo: '바람' },
  })),
  of('DELETE', '/walks/{id}', 'missing', async (owner) => ({ path: `/walks/${(await walk(owner, [await addPet(owner)])).id}` })),
  of('POST', '/walks/{id}/complete', 'missing', async (owner) => {
    const track = freshTrack({ length_m: 700 })
    const started_at = new Date(track.time_ms[0]!).toISOString()
    return { path: `/walks/${await startWalk(owner, [await addPet(owner)], { started_at })}/complete`, body: completionBody(track) }
  }),
  of('GET', '/walks/{id}/segments', 'missing', async (owner) => ({
    path: `/walks/${(await walk(owner, [await addPet(owner)])).id}/segments`,
  })),
  of('GET', '/walks/{id}/analytics', 'missing', async (owner) => ({
    path: `/walks/${(await walk(owner, [await addPet(owner)])).id}/analytics`,
  })),
  of('GET', '/walks/{id}/export.gpx', 'missing', async (owner) => ({
    path: `/walks/${(await walk(owner, [await addPet(owner)])).id}/export.gpx`,
  })),
  of('POST', '/walks/{id}/restore', 'missing', async (owner) => {
    const { id } = await walk(owner, [await addPet(owner)])
    await owner.delete(`/walks/${id}`)
    return { path: `/walks/${id}/restore` }
  }),
  of('GET', '/feed', 'own', plain('/feed')),
  of('POST', '/feed/{walk_id}/hide', 'missing', async (owner) => ({
    path: `/feed/${await shareWalk(owner, 'followers')}/hide`,
  })),
  of('DELETE', '/feed/{walk_id}/hide', 'missing', async (owner) => ({
    path: `/feed/${await shareWalk(owner, 'followers')}/hide`,
  })),
  of('GET', '/users/{id}/walks', 'own', async (owner) => ({ path: `/users/${owner.user?.user_id}/walks` })),
  of('GET', '/badges', 'own', plain('/badges')),
  of('GET', '/badges/summary', 'own', plain('/badges/summary')),
  of('GET', '/badges/in-progress', 'own', plain('/badges/in-progress')),
  of('GET', '/badges/{id}', 'own', async (owner) => ({ path: `/badges/${(await owner.get('/badges')).json[0].id}` })),
  of('GET', '/users/{id}/badges', 'own', async (owner) => ({ path: `/users/${owner.user?.user_id}/badges` })),
  of('GET', '/streak', 'own', plain('/streak')),
  of('GET', '/home', 'own', plain('/home')),
  of('GET', '/rankings', 'own', async (owner) => {
    await owner.put('/users/me/location', { lat: 37.5006, lng: 127.0364 })
    return { path: '/rankings?around=me' }
  }),
  of('GET', '/rankings/me', 'own', async (owner) => {
    await owner.put('/users/me/location', { lat: 37.5006, lng: 127.0364 })
    return { path: '/rankings/me?scope=sigungu' }
  }),
  of('GET', '/rankings/hall-of-fame', 'own', plain('/rankings/hall-of-fame')),
  of('GET', '/admin/jobs', 'refused', async (owner) => {
    await makeAdmin(owner)
    return { path: '/admin/jobs' }
  }),
  of('POST', '/admin/jobs', 'refused', async (owner) => {
    await makeAdmin(owner)
    const { rows } = await createTestDeps().db.execute<{ run: { job: string; scheduled_at: string } }>(`
      INSERT INTO job_runs (job, scheduled_at, started_at, finished_at) VALUES ('jobs.purge_runs', now() - random() * interval '9 years', now(), now())
      RETURNING json_build_object('job', job, 'scheduled_at', date_trunc('milliseconds', scheduled_at)) AS run`)
    return { path: '/admin/jobs', body: rows[0]?.run }
  }),
  of('POST', '/admin/notifications', 'refused', async (owner) => {
    await makeAdmin(owner)
    return { path: '/admin/notifications', body: { id: crypto.randomUUID(), title: '공지', body: '새 버전이 나왔어요' } }
  }),
  of('GET', '/admin/dead-letters', 'refused', async (owner) => {
    await makeAdmin(owner)
    return { path: '/admin/dead-letters' }
  }),
  of('POST', '/admin/dead-letters/{id}/retry', 'refused', async (owner) => {
    await makeAdmin(owner)
    // Queues give their messages such ids.
    const id = crypto.randomUUID().replaceAll('-', '')
    await createTestDeps().db.execute(`INSERT INTO dead_letters (id, queue, body, died_at) VALUES ('${id}', 'jobs-dead', '{}', now())`)
    return { path: `/admin/dead-letters/${id}/retry` }
  }),
  of('POST', '/reports', 'own', async () => {
    const author = await signUp()
    return { path: '/reports', body: { target_type: 'walk', target_id: await shareWalk(author), reason: 'spam' } }
  }),
  of('GET', '/admin/payments', 'refused', asAdmin('/admin/payments?kind=unknown')),
  of('GET', '/admin/reports', 'refused', asAdmin('/admin/reports')),
  of('GET', '/admin/reports/overdue-count', 'refused', asAdmin('/admin/reports/overdue-count')),
  of('GET', '/admin/reports/{target_type}/{target_id}', 'refused', async (owner) => {
    await makeAdmin(owner)
    return { path: `/admin/reports/walk/${await reportWalk(await signUp())}` }
  }),
  of('PATCH', '/admin/reports/{target_type}/{target_id}', 'refused', async (owner) => {
    await makeAdmin(owner)
    return { path: `/admin/reports/walk/${await reportWalk(await signUp())}`, body: { action: 'dismiss' } }
  }),
  of('GET', '/users/me/moderation', 'own', plain('/users/me/moderation')),
  of('POST', '/appeals', 'missing', async (owner) => ({
    path: '/appeals',
    body: { action_id: await warn(owner), text: '다시 봐 주세요' },
  })),
  of('GET', '/admin/appeals', 'refused', asAdmin('/admin/appeals')),
  of('PATCH', '/admin/appeals/{id}', 'refused', async (owner) => {
    await makeAdmin(owner)
    const author = await signUp()
    const { json } = await author.post('/appeals', { action_id: await warn(author), text: '다시 봐 주세요' })
    return { path: `/admin/appeals/${json.id}`, body: { decision: 'reject' } }
  }),
  of('POST', '/takedowns/{case_number}/objection', 'missing', async (owner) => ({
    path: `/takedowns/${await closeWalk(owner)}/objection`,
    body: { text: '제 사진이에요' },
  })),
  of('GET', '/admin/takedowns', 'refused', asAdmin('/admin/takedowns')),
  of('PATCH', '/admin/takedowns/{id}', 'refused', async (owner) => {
    await makeAdmin(owner)
    const { id } = await demand(await shareWalk(await signUp()))
    return { path: `/admin/takedowns/${id}`, body: { decision: 'close' } }
  }),
  of('GET', '/notifications', 'own', plain('/notifications?type=badge')),
  of('GET', '/notifications/unread-count', 'own', plain('/notifications/unread-count')),
  of('PATCH', '/notifications/{id}/read', 'missing', async (owner) => ({
    path: `/notifications/${(await tell(owner, 'comment', new Date()))[0]}/read`,
  })),
  of('POST', '/notifications/read-all', 'own', plain('/notifications/read-all')),
  of('DELETE', '/notifications/{id}', 'missing', async (owner) => ({
    path: `/notifications/${(await tell(owner, 'comment', new Date()))[0]}`,
  })),
  of(
    'POST',
    '/upload/pet-profile/{pet_id}',
    'missing',
    async (owner) => ({ path: `/upload/pet-profile/${await addPet(owner)}`, body: await freshPhoto() }),
    'INSERT INTO photos',
  ),
  of(
    'POST',
    '/upload/walk-photo/{walk_id}',
    'missing',
    async (owner) => {
      const { id } = await walk(owner, [await addPet(owner)])
      return { path: `/upload/walk-photo/${id}?lat=37.5&lng=127.03`, body: await freshPhoto() }
    },
    'INSERT INTO photos',
  ),
  of('POST', '/upload/image', 'own', async () => ({ path: '/upload/image', body: await freshPhoto() }), 'INSERT INTO photos'),
  of('GET', '/upload/images', 'own', async (owner) => {
    await owner.post('/upload/image', await freshPhoto())
    return { path: '/upload/images' }
  }),
  of('DELETE', '/upload/images/{id}', 'own', async (owner) => ({
    path: `/upload/images/${(await owner.post('/upload/image', await freshPhoto())).json.id}`,
  })),
  of('POST', '/users/me/imports', 'own', plain('/users/me/imports', { kind: 'files', name: '산책.gpx' }), 'INSERT INTO imports'),
  of('GET', '/users/me/imports', 'own', async (owner) => {
    await makeImport(owner)
    return { path: '/users/me/imports' }
  }),
  of('GET', '/users/me/imports/{id}', 'missing', async (owner) => ({ path: `/users/me/imports/${await makeImport(owner)}` })),
  of('GET', '/users/me/imports/{id}/files', 'missing', async (owner) => ({ path: `/users/me/imports/${await makeImport(owner)}/files` })),
  of(
    'PUT',
    '/users/me/imports/{id}/file',
    'missing',
    async (owner) => ({ path: `/users/me/imports/${await makeImport(owner)}/file`, body: new TextEncoder().encode('<gpx/>') }),
    "SET state = 'running'",
  ),
  of('DELETE', '/walks/{id}/photos/{photo_id}', 'missing', async (owner) => {
    const { id, photo_id } = await addWalkPhoto(owner)
    return { path: `/walks/${id}/photos/${photo_id}` }
  }),
  of('POST', '/walks/{id}/share-card', 'missing', async (owner) => ({
    path: `/walks/${(await walk(owner, [await addPet(owner)])).id}/share-card`,
    body: { theme: 'basic' },
  })),
  of('DELETE', '/walks/{id}/share-card', 'missing', async (owner) => {
    const { id } = await walk(owner, [await addPet(owner)])
    await owner.post(`/walks/${id}/share-card`)
    return { path: `/walks/${id}/share-card` }
  }),
  of('POST', '/follows/{user_id}', 'own', async () => ({ path: `/follows/${(await signUp()).user.user_id}` }), 'follow_person'),
  of('DELETE', '/follows/{user_id}', 'own', async (owner) => ({ path: `/follows/${await followSomebody(owner)}` })),
  of('DELETE', '/followers/{user_id}', 'own', async (owner) => {
    const follower = await signUp()
    await follower.post(`/follows/${owner.user?.user_id}`)
    return { path: `/followers/${follower.user.user_id}` }
  }),
  of('GET', '/users/{id}/followers', 'own', async (owner) => ({ path: `/users/${await followSomebody(owner)}/followers` })),
  of('GET', '/users/{id}/following', 'own', async (owner) => {
    await followSomebody(owner)
    return { path: `/users/${owner.user?.user_id}/following` }
  }),
  of('GET', '/recommendations', 'own', async (owner) => {
    await recommendSomebody(asPerson(owner))
    return { path: '/recommendations' }
  }),
  of('POST', '/recommendations/{user_id}/dismiss', 'own', async (owner) => ({
    path: `/recommendations/${await recommendSomebody(asPerson(owner))}/dismiss`,
  })),
  of(
    'PATCH',
    '/meetups/{id}',
    'own',
    async (owner) => ({ path: `/meetups/${(await makeMeetup(owner)).id}`, body: { title: '일요일 산책', max_participants: 20 } }),
    'edit_series',
  ),
  of('GET', '/blocks', 'own', plain('/blocks')),
  of('POST', '/blocks/{user_id}', 'own', async () => ({ path: `/blocks/${(await signUp()).user.user_id}` })),
  of('DELETE', '/blocks/{user_id}', 'own', async (owner) => {
    const { user } = await signUp()
    await owner.post(`/blocks/${user.user_id}`)
    return { path: `/blocks/${user.user_id}` }
  }),
  of('POST', '/likes/{walk_id}', 'own', async () => ({ path: `/likes/${await shareWalk(await signUp())}` }), 'like_walk'),
  of('DELETE', '/likes/{walk_id}', 'own', async (owner) => {
    const path = `/likes/${await shareWalk(await signUp())}`
    await owner.post(path)
    return { path }
  }),
  of('GET', '/walks/{id}/likes', 'missing', async (owner) => ({ path: `/walks/${await shareWalk(owner, 'followers')}/likes` })),
  of(
    'POST',
    '/comments',
    'missing',
    async (owner) => ({ path: '/comments', body: { walk_id: await shareWalk(owner, 'followers'), content: '오늘도 좋았어요' } }),
    'INSERT INTO comments',
  ),
  of('DELETE', '/comments/{id}', 'missing', async (owner) => {
    const { json } = await owner.post('/comments', { walk_id: await shareWalk(owner), content: '오늘도 좋았어요' })
    return { path: `/comments/${json.id}` }
  }),
  of('GET', '/walks/{id}/comments', 'missing', async (owner) => ({ path: `/walks/${await shareWalk(owner, 'followers')}/comments` })),
  of('PUT', '/walks/{id}/reactions/{emoji}', 'own', async () => ({ path: `/walks/${await shareWalk(await signUp())}/reactions/paw` })),
  of('DELETE', '/walks/{id}/reactions/{emoji}', 'own', async (owner) => {
    const path = `/walks/${await shareWalk(await signUp())}/reactions/heart`
    await owner.put(path)
    return { path }
  }),
  of('GET', '/walks/{id}/interactions', 'missing', async (owner) => ({
    path: `/walks/${await shareWalk(owner, 'followers')}/interactions`,
  })),
  of(
    'POST',
    '/invitations',
    'own',
    async () => ({
      path: '/invitations',
      body: { id: crypto.randomUUID(), invitee_ids: [(await signUp()).user.user_id], scheduled_at: inMinutes(60) },
    }),
    'INSERT INTO invitations',
  ),
  of('GET', '/invitations', 'own', plain('/invitations?box=received')),
  of('GET', '/invitations/{id}', 'missing', async (owner) => ({ path: `/invitations/${await invite(asPerson(owner), [await signUp()])}` })),
  of('PATCH', '/invitations/{id}', 'missing', async (owner) => ({
    path: `/invitations/${await invite(await signUp(), [asPerson(owner)])}`,
    body: { status: 'accepted' },
  })),
  of('DELETE', '/invitations/{id}', 'missing', async (owner) => ({
    path: `/invitations/${await invite(asPerson(owner), [await signUp()])}`,
  })),
  of('POST', '/meetups', 'own', async () => ({ path: '/meetups', body: meetupBody({ recurrence_rule: 'FREQ=WEEKLY' }) })),
  of('GET', '/meetups', 'own', plain('/meetups?lat=37.5&lng=127&size=small')),
  of('GET', '/meetups/standing', 'own', plain('/meetups/standing')),
  of('GET', '/meetups/{id}', 'own', async (owner) => ({ path: `/meetups/${(await makeMeetup(owner)).id}` })),
  of('DELETE', '/meetups/{id}', 'own', async (owner) => ({ path: `/meetups/${(await makeMeetup(owner)).id}` })),
  of('POST', '/meetups/{id}/renew', 'own', async (owner) => ({
    path: `/meetups/${(await makeMeetup(owner, { recurrence_rule: 'FREQ=WEEKLY' })).id}/renew`,
  })),
  of('POST', '/meetups/{id}/join', 'own', async (owner) => {
    await addPet(owner)
    return { path: `/meetups/${(await makeMeetup(await signUp())).id}/join`, body: {} }
  }),
  of('DELETE', '/meetups/{id}/join', 'own', async (owner) => ({ path: `/meetups/${(await joinedMeetup(owner)).id}/join` })),
  of('GET', '/meetups/{id}/participants', 'own', async (owner) => ({ path: `/meetups/${(await joinedMeetup(owner)).id}/participants` })),
  of('PATCH', '/meetups/{id}/participants/{user_id}', 'own', async (owner) => ({
    path: await requestPath(owner),
    body: { status: 'going' },
  })),
  of('DELETE', '/meetups/{id}/participants/{user_id}', 'own', async (owner) => ({ path: await requestPath(owner) })),
  of('POST', '/ws/tickets', 'own', async (owner) => {
    const guest = await signUp()
    const invitation_id = await invite(asPerson(owner), [guest])
    await accept(guest, invitation_id)
    return { path: '/ws/tickets', body: { invitation_id } }
  }),
  of('POST', '/payments/orders', 'own', plain('/payments/orders', { product: 'com.withbowwow.theme.dark' }), 'INSERT INTO orders'),
  of('GET', '/payments/orders/{id}', 'missing', async (owner) => ({ path: `/payments/orders/${(await order(owner)).order_id}` })),
  of(
    'POST',
    '/payments/confirm',
    'missing',
    async (owner) => ({ path: '/payments/confirm', body: await payInWindow(await order(owner)) }),
    'UPDATE orders',
  ),
  of(
    'POST',
    '/payments/refunds',
    'missing',
    async (owner) => ({ path: '/payments/refunds', body: { order_id: (await buy(owner)).order_id } }),
    'open_refund',
  ),
  of(
    'POST',
    '/payments/verify/apple',
    'own',
    async () => ({
      path: '/payments/verify/apple',
      body: { signed_transaction: (await appStore('buy', { product: 'com.withbowwow.premium.monthly' })).signed_transaction },
    }),
    'apply_purchase',
  ),
  of(
    'POST',
    '/payments/verify/google',
    'own',
    async () => ({
      path: '/payments/verify/google',
      body: { purchase_token: (await buyOnPlay()).purchase_token, product_id: 'com.withbowwow.premium.monthly' },
    }),
    'apply_purchase',
  ),
  of('GET', '/payments/history', 'own', plain('/payments/history')),
  of('GET', '/users/me/items', 'own', plain('/users/me/items')),
  of('GET', '/users/me/location-ledger', 'own', plain('/users/me/location-ledger')),
  of('POST', '/push-tokens', 'own', async () => ({
    path: '/push-tokens',
    body: { platform: 'ios', token: `fcm:${crypto.randomUUID()}${crypto.randomUUID()}${crypto.randomUUID()}` },
  })),
  of('DELETE', '/push-tokens/{token}', 'own', async (owner) => {
    const token = `fcm:${crypto.randomUUID()}${crypto.randomUUID()}${crypto.randomUUID()}`
    await owner.post('/push-tokens', { platform: 'android', token })
    return { path: `/push-tokens/${encodeURIComponent(token)}` }
  }),
  of('GET', '/walks/summary', 'own', plain('/walks/summary')),
  of('GET', '/walks/stats', 'missing', async (owner) => ({ path: `/walks/stats?pet_id=${await addPet(owner)}` })),
  of('GET', '/walks/calendar', 'own', async () => ({ path: `/walks/calendar?month=${new Date().toISOString().slice(0, 7)}` })),
  of('GET', '/walks/last-way', 'own', async (owner) => {
    await walk(owner, [await addPet(owner)])
    return { path: '/walks/last-way' }
  }),
  of('GET', '/walks/{id}/similar', 'missing', async (owner) => ({
    path: `/walks/${(await walk(owner, [await addPet(owner)])).id}/similar`,
  })),
  of('GET', '/photos', 'own', async (owner) => {
    await addWalkPhoto(owner)
    return { path: '/photos' }
  }),
  of('POST', '/users/me/calendar-feed', 'own', plain('/users/me/calendar-feed')),
  of('GET', '/users/me/calendar-feed', 'own', async (owner) => {
    await owner.post('/users/me/calendar-feed')
    return { path: '/users/me/calendar-feed' }
  }),
  of('DELETE', '/users/me/calendar-feed', 'own', async (owner) => {
    await owner.post('/users/me/calendar-feed')
    return { path: '/users/me/calendar-feed' }
  }),
  of('GET', '/badges/seasons/current', 'own', plain('/badges/seasons/current')),
  of('GET', '/grades', 'own', plain('/grades')),
  of('GET', '/titles', 'own', plain('/titles')),
  of('GET', '/rankings/following/days', 'own', async (owner) => {
    await followSomebody(owner)
    return { path: '/rankings/following/days' }
  }),
  of('GET', '/announcements', 'own', plain('/announcements')),
  of('GET', '/courses', 'own', plain('/courses?lat=33.5&lng=126.5')),
  of('POST', '/courses', 'own', async (owner) => {
    await asPremium(owner)
    return { path: '/courses', body: courseBody() }
  }),
  of('GET', '/courses/{id}', 'missing', async (owner) => ({ path: `/courses/${(await makeCourse(await asPremium(owner))).id}` })),
  of('PATCH', '/courses/{id}', 'missing', async (owner) => ({
    path: `/courses/${(await makeCourse(await asPremium(owner))).id}`,
    body: { name: '저녁 코스', description: '가로등이 밝아요' },
  })),
  of('DELETE', '/courses/{id}', 'missing', async (owner) => ({ path: `/courses/${(await makeCourse(await asPremium(owner))).id}` })),
  of('GET', '/courses/{id}/preview', 'missing', async (owner) => {
    const { id, pair } = await makePublishable(await asPremium(owner))
    return { path: `/courses/${id}/preview?${new URLSearchParams(pair)}` }
  }),
  of('PUT', '/courses/{id}/publication', 'missing', async (owner) => {
    const { id, pair } = await makePublishable(await asPremium(owner))
    return { path: `/courses/${id}/publication`, body: pair }
  }),
  of('DELETE', '/courses/{id}/publication', 'missing', async (owner) => ({
    path: `/courses/${(await publish(await asPremium(owner))).id}/publication`,
  })),
  of('PUT', '/courses/{id}/favorite', 'own', async (owner) => ({ path: `${await derivedCourse(owner)}/favorite` })),
  of('DELETE', '/courses/{id}/favorite', 'own', async (owner) => {
    const path = `${await derivedCourse(owner)}/favorite`
    await owner.put(path)
    return { path }
  }),
  of('POST', '/users/me/exports', 'own', plain('/users/me/exports', { photos: false }), 'INSERT INTO exports'),
  of('GET', '/users/me/exports', 'own', async (owner) => {
    await owner.post('/users/me/exports')
    return { path: '/users/me/exports' }
  }),
  of('GET', '/users/me/exports/{id}', 'missing', async (owner) => ({
    path: `/users/me/exports/${(await owner.post('/users/me/exports')).json.id}`,
  })),
  of('DELETE', '/users/me/exports/{id}', 'missing', async (owner) => ({
    path: `/users/me/exports/${(await owner.post('/users/me/exports')).json.id}`,
  })),
]

/** The owner may make courses. */
async function asPremium(owner: Api): Promise<Person> {
  await givePremium(asPerson(owner))
  return asPerson(owner)
}

async function derivedCourse(owner: Api): Promise<string> {
  await asPremium(owner)
  return `/courses/${await giveDerived(wayFrom(quietSpot(), [0, 0], [1_200, 0]))}`
}

/** A page that shows all that it can. */
async function sharePath(owner: Api): Promise<string> {
  const pet = await addPet(owner)
  await owner.post(`/upload/pet-profile/${pet}`, await freshPhoto())
  await owner.put('/users/me/location', { lat: 37.5006, lng: 127.0364 })
  await owner.patch('/users/me/settings', { share_page: { photos: true, nickname: true, region: true } })
  const { id } = await walk(owner, [pet])
  await owner.post(`/upload/walk-photo/${id}?lat=37.5&lng=127.03&taken_at=2026-11-01T00:00:00Z`, await freshPhoto())
  const { json } = await owner.post(`/walks/${id}/share-card`)
  return new URL(json.share_url).pathname
}

async function sharedPhotoPath(owner: Api): Promise<string> {
  const page = await sharePath(owner)
  const { text } = await owner.get(page)
  return /href="(\/s\/[^"]+\/photos\/[^"]+)"/.exec(text)![1]!
}

/** These routes speak WebSocket, and refuse people there. */
export const socketRoutes = [{ method: 'GET', route: '/ws/walk-together/{id}' }] as const

/** Every route that is open to anybody. */
export const publicRoutes: readonly SampleRoute[] = [
  of('GET', '/problems/{code}', 'own', plain('/problems/walk_not_found')),
  of('GET', '/health', 'own', plain('/health')),
  of('GET', '/ready', 'own', plain('/ready')),
  of('GET', '/regions', 'own', plain('/regions')),
  of('GET', '/media/{kind}/{user_id}/{parent_id}/{name}', 'own', async (owner) => ({
    path: (await addWalkPhoto(owner, { shared_to_feed: true })).photo_url,
  })),
  of('GET', '/s/{token}', 'own', async (owner) => ({ path: await sharePath(owner) })),
  of('GET', '/s/{token}/card.png', 'own', async (owner) => ({ path: `${await sharePath(owner)}/card.png` })),
  of('GET', '/s/{token}/preview.png', 'own', async (owner) => ({ path: `${await sharePath(owner)}/preview.png` })),
  of('GET', '/s/{token}/pet.jpg', 'own', async (owner) => ({ path: `${await sharePath(owner)}/pet.jpg` })),
  of('GET', '/s/{token}/photos/{name}', 'own', async (owner) => ({ path: await sharedPhotoPath(owner) })),
  of('GET', '/walks.ics', 'own', async (owner) => {
    const { pathname, search } = new URL((await owner.post('/users/me/calendar-feed')).json.url)
    return { path: pathname + search }
  }),
  of('POST', '/takedowns', 'own', async (owner) => ({
    path: '/takedowns',
    body: { ...DEMAND, target_type: 'walk', target_id: await shareWalk(owner) },
  })),
  of('GET', '/evidence/{target_type}/{target_id}/{name}', 'own', evidenceOf),
  of('GET', '/legal/{doc}', 'own', plain('/legal/location')),
  of('GET', '/app-config', 'own', plain('/app-config?platform=ios&app_version=1.0.0')),
  of('GET', '/.well-known/apple-app-site-association', 'own', plain('/.well-known/apple-app-site-association')),
  of('GET', '/.well-known/assetlinks.json', 'own', plain('/.well-known/assetlinks.json')),
  of('GET', '/rankings/criteria', 'own', plain('/rankings/criteria')),
  of('GET', '/exports/{id}/archive.zip', 'own', async (owner) => ({ path: (await exportAll(owner)).row.download_url })),
  of('GET', '/breeds', 'own', plain('/breeds?q=%EB%A7%90%ED%8B%B0')),
  of('POST', '/auth/kakao', 'own', async () => {
    const { access_token } = await simulateLogin({ provider: 'kakao', id: randomNumericId() })
    return { path: '/auth/kakao', body: { access_token } }
  }),
  of('POST', '/auth/naver', 'own', async () => {
    const { code, state } = await simulateLogin({ provider: 'naver', id: crypto.randomUUID() })
    return { path: '/auth/naver', body: { code, state } }
  }),
  of('POST', '/auth/apple', 'own', async () => {
    const { identity_token, nonce, code } = await simulateLogin({ provider: 'apple', id: `001234.${crypto.randomUUID()}` })
    return { path: '/auth/apple', body: { identity_token, nonce, authorization_code: code } }
  }),
  of('POST', '/auth/refresh', 'own', async (owner) => ({ path: '/auth/refresh', body: { refresh_token: owner.user?.refresh_token } })),
]
