import { ApiProblem, type Client, isPassing, type LiveRoom, type Storage, type WalkOutcome } from './src/index.ts'

/** A recorded walk, as the phone's location updates make it. */
export interface Recording {
  readonly points: readonly { readonly lat: number; readonly lng: number; readonly time_ms: number; readonly accuracy_m: number }[]
}

/** First login to first badge: onboarding, a walk that survives a tunnel, and what it earned. */
export async function firstWalk(client: Client, storage: Storage, kakaoToken: string, recording: Recording): Promise<string[]> {
  const { user, is_new_user } = await client.signIn('/auth/kakao', { access_token: kakaoToken, device: { name: '내 폰', platform: 'ios' } })
  if (is_new_user) {
    const agreed = (['service', 'privacy', 'location'] as const).map((document) => ({ document, version: '2026-01-01', agreed: true }))
    await client.post('/users/me/consents', { body: agreed })
  }
  const { items } = await client.get('/pets')
  const pet = items[0] ?? (await client.post('/pets', { body: { name: '초코', species: 'dog', weight_kg: 4.2 } }))

  const { points } = recording
  const started_at = new Date(points[0]!.time_ms).toISOString()
  const ended_at = new Date(points.at(-1)!.time_ms).toISOString()
  const walk = {
    id: client.newId(),
    pet_id: pet.id,
    started_at,
    ended_at,
    route_geojson: { type: 'LineString' as const, coordinates: points.map(({ lng, lat }) => [lng, lat]) },
    coord_times: points.map(({ time_ms }) => time_ms),
    accuracies: points.map(({ accuracy_m }) => accuracy_m),
  }
  // The queue keeps the walk in the phone until the server has judged it, with a network or without.
  const outcome = await new Promise<WalkOutcome>((resolve, reject) => {
    client.walkQueue({ storage, owner: user.id, onOutcome: resolve }).sync(walk).catch(reject)
  })
  if (outcome.status !== 'completed') return ['problem' in outcome ? outcome.problem.detail : '기록을 읽을 수 없어요.']
  return outcome.completion?.badges_earned.map(({ name }) => name) ?? []
}

/** What the app shows when a call fails. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiProblem) return error.detail
  return isPassing(error) ? '인터넷 연결을 확인해 주세요.' : '문제가 생겼어요.'
}

/** Walks with others: shows where they are, until the room is over. */
export function walkTogether(client: Client, invitationId: string, show: (who: string, lat: number, lng: number) => void): LiveRoom {
  const room = client.enterRoom(invitationId)
  room.on('location', ({ user_id, lat, lng }) => show(user_id, lat, lng))
  room.on('snapshot', ({ items }) => {
    for (const item of items) if (item.type === 'location') show(item.user_id, item.lat, item.lng)
  })
  return room
}
