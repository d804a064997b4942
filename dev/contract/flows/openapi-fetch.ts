import createClient from 'openapi-fetch'
import type { components, paths } from '../generated/openapi-fetch.d.ts'

// What an app does, with the client of openapi-typescript and openapi-fetch. It is compiled and never run: what compiles here compiles in the app.

type Problem = components['schemas']['Problem']
type SyncWalk = components['schemas']['SyncWalk']

export async function useTheApi(kakaoToken: string): Promise<void> {
  const client = createClient<paths>({ baseUrl: 'https://api.example.com' })
  const login = await client.POST('/auth/kakao', { body: { access_token: kakaoToken, device: { name: 'iPhone 15', platform: 'ios' } } })
  if (!login.data) return explain(login.error)
  const headers = { Authorization: `Bearer ${login.data.access_token}` }

  const pet = await client.POST('/pets', { headers, body: { id: crypto.randomUUID(), name: '초코', species: 'dog', weight_kg: 4.2 } })
  if (!pet.data) return explain(pet.error)

  const walk = await client.POST('/walks', { headers, body: { id: crypto.randomUUID(), pet_id: pet.data.id } })
  if (!walk.data) {
    if (walk.error.code === 'walk_already_active' && walk.error.walk_id) console.log(walk.error.walk_id.toUpperCase())
    return explain(walk.error)
  }
  // @ts-expect-error A walk has a pet.
  await client.POST('/walks', { headers, body: { id: crypto.randomUUID() } })

  const completed = await client.POST('/walks/{id}/complete', {
    headers,
    params: { path: { id: walk.data.id } },
    body: {
      ended_at: new Date().toISOString(),
      route_geojson: { type: 'LineString', coordinates: [[127.03, 37.47]] },
      coord_times: [Date.now()],
      accuracies: [5, null],
    },
  })
  if (!completed.data) return explain(completed.error)
  const { valid, streak, badges_earned, reasons, walk: measured, ranking } = completed.data
  console.log(valid, streak.current, badges_earned[0]?.name, measured.distance_m, ranking?.rank_after)
  const gap = reasons.find(({ code }) => code === 'gap')
  if (gap?.from) console.log(gap.from[0]?.toFixed(5), gap.detail)

  const board = await client.GET('/rankings', { headers, params: { query: { scope: 'dong', limit: 50 } } })
  for (const { user, pet: dog, rank } of board.data?.items ?? []) console.log(rank, user.nickname, dog?.name, dog?.breed?.name)

  let cursor: string | undefined
  do {
    const page: Awaited<ReturnType<typeof pageAfter>> = await pageAfter(cursor)
    for (const one of page?.items ?? []) console.log(one.started_at, one.pets.length)
    cursor = page?.next_cursor ?? undefined
  } while (cursor)
  async function pageAfter(after: string | undefined) {
    return (await client.GET('/walks', { headers, params: { query: { ...(after && { cursor: after }) } } })).data
  }

  const offline: SyncWalk = {
    id: crypto.randomUUID(),
    pet_id: pet.data.id,
    started_at: '2026-11-29T17:30:00+09:00',
    ended_at: '2026-11-29T18:00:00+09:00',
  }
  const synced = await client.POST('/walks/sync', { headers, body: { walks: [offline] } })
  for (const { status, completion, problem } of synced.data?.results ?? []) {
    if (status === 'completed') console.log(completion?.walk.id)
    else if (problem?.code === 'walk_overlap') console.log(problem.detail)
  }
}

function explain(problem: Problem): void {
  switch (problem.code) {
    case 'validation_failed':
      return console.log(problem.errors?.map(({ path, code }) => (code === 'too_big' ? path : code)))
    case 'nickname_change_too_soon':
      return console.log(problem.available_at)
    // @ts-expect-error There is no such code.
    case 'no_such_code':
    default:
      return console.log(problem.detail)
  }
}
