import { completeWalk, createPet, getRanking, listWalks, logInWithKakao, startWalk, syncWalks } from '../generated/hey-api/sdk.gen.ts'
import type { Problem, SyncWalk } from '../generated/hey-api/types.gen.ts'

// What an app does, with the client of hey-api. It is compiled and never run.

export async function useTheApi(kakaoToken: string): Promise<void> {
  const login = await logInWithKakao({ body: { access_token: kakaoToken, device: { name: 'iPhone 15', platform: 'ios' } } })
  if (!login.data) return explain(login.error)
  const auth = login.data.access_token

  const pet = await createPet({ auth, body: { id: crypto.randomUUID(), name: '초코', species: 'dog', birth_date: '2022-03-01' } })
  if (!pet.data) return explain(pet.error)

  const walk = await startWalk({ auth, body: { id: crypto.randomUUID(), pet_ids: [pet.data.id] } })
  if (!walk.data) return walk.error.code === 'walk_already_active' ? console.log(walk.error.walk_id) : explain(walk.error)
  // @ts-expect-error A walk has a pet.
  await startWalk({ auth, body: { id: crypto.randomUUID() } })

  const completed = await completeWalk({
    auth,
    path: { id: walk.data.id },
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

  const board = await getRanking({ auth, query: { scope: 'dong', limit: 50 } })
  for (const { user, pet: dog, rank } of board.data?.items ?? []) console.log(rank, user.nickname, dog?.name, dog?.breed?.name)

  let cursor: string | undefined
  do {
    const { data }: Awaited<ReturnType<typeof listWalks>> = await listWalks({ auth, query: { ...(cursor && { cursor }) } })
    for (const one of data?.items ?? []) console.log(one.started_at, one.pets.length)
    cursor = data?.next_cursor ?? undefined
  } while (cursor)

  const offline: SyncWalk = {
    id: crypto.randomUUID(),
    pet_id: pet.data.id,
    started_at: '2026-11-29T17:30:00+09:00',
    ended_at: '2026-11-29T18:00:00+09:00',
  }
  const synced = await syncWalks({ auth, body: { walks: [offline] } })
  for (const { status, completion, problem } of synced.data?.results ?? []) {
    if (status === 'completed') console.log(completion?.walk.id)
    else if (problem?.code === 'walk_overlap') console.log(problem.detail)
  }
}

function explain(problem: Problem): void {
  switch (problem.code) {
    case 'validation_failed':
      return console.log(problem.errors?.map(({ path, code }) => (code === 'too_big' ? path : code)))
    // @ts-expect-error There is no such code.
    case 'no_such_code':
    default:
      return console.log(problem.detail)
  }
}
