import {
  completeWalk,
  createPet,
  getRanking,
  listWalks,
  logInWithKakao,
  type Problem,
  ProblemCode,
  startWalk,
  type SyncWalk,
  syncWalks,
} from '../generated/orval/api.ts'

// What an app does, with the client of orval. It is compiled and never run.

export async function useTheApi(kakaoToken: string): Promise<void> {
  const login = await logInWithKakao({ access_token: kakaoToken, device: { name: 'iPhone 15', platform: 'ios' } })
  if (login.status !== 200) return explain(login.data)
  const options = { headers: { Authorization: `Bearer ${login.data.access_token}` } }

  const pet = await createPet({ id: crypto.randomUUID(), name: '초코', species: 'dog', age_years: 4 }, options)
  if (pet.status !== 201) return explain(pet.data)

  const walk = await startWalk({ id: crypto.randomUUID(), pet_id: pet.data.id }, options)
  if (walk.status !== 201) {
    return walk.data.code === ProblemCode.walk_already_active ? console.log(walk.data.walk_id) : explain(walk.data)
  }
  // @ts-expect-error A walk has a pet.
  await startWalk({ id: crypto.randomUUID() }, options)

  const completed = await completeWalk(
    walk.data.id,
    {
      ended_at: new Date().toISOString(),
      route_geojson: { type: 'LineString', coordinates: [[127.03, 37.47]] },
      coord_times: [Date.now()],
      accuracies: [5, null],
    },
    options,
  )
  if (completed.status !== 200) return explain(completed.data)
  const { valid, streak, badges_earned, reasons, walk: measured, ranking } = completed.data
  console.log(valid, streak.current, badges_earned[0]?.name, measured.distance_m, ranking?.rank_after)
  const gap = reasons.find(({ code }) => code === 'gap')
  if (gap?.from) console.log(gap.from[0]?.toFixed(5), gap.detail)

  const board = await getRanking({ scope: 'dong', limit: 50 }, options)
  const standings = board.status === 200 ? board.data.items : []
  for (const { user, pet: dog, rank } of standings) console.log(rank, user.nickname, dog?.name, dog?.breed?.name)

  let cursor: string | undefined
  do {
    const page: Awaited<ReturnType<typeof listWalks>> = await listWalks({ ...(cursor && { cursor }) }, options)
    if (page.status !== 200) return explain(page.data)
    for (const one of page.data.items) console.log(one.started_at, one.pets.length)
    cursor = page.data.next_cursor ?? undefined
  } while (cursor)

  const offline: SyncWalk = {
    id: crypto.randomUUID(),
    pet_id: pet.data.id,
    started_at: '2026-11-29T17:30:00+09:00',
    ended_at: '2026-11-29T18:00:00+09:00',
  }
  const synced = await syncWalks({ walks: [offline] }, options)
  if (synced.status !== 200) return explain(synced.data)
  for (const { status, completion, problem } of synced.data.results) {
    if (status === 'completed') console.log(completion?.walk.id)
    else if (problem?.code === ProblemCode.walk_overlap) console.log(problem.detail)
  }
}

function explain(problem: Problem): void {
  if (problem.code === ProblemCode.validation_failed) return console.log(problem.errors?.map(({ path }) => path))
  return console.log(problem.detail)
}
