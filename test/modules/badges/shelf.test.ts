import { describe, expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { daysBefore, DOOR, giveWalks, heldBy, seoul, walkFrom } from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { addPet } from '../../support/walks.ts'

const NOON = seoul('2026-11-18 12:00:00')
const { db } = createTestDeps()

async function idOf(code: string): Promise<string> {
  const { rows } = await db.execute<{ id: string }>(`SELECT id FROM badges WHERE code = '${code}'`)
  return rows[0]!.id
}

/** Somebody who walked in the rain after long walks of earlier days: seven badges, a secret one among them. */
async function collector() {
  const owner = await signUp()
  await giveWalks(owner, [{ started_at: daysBefore(NOON, 3), distance_m: 9_900, duration_sec: 18_000, ...DOOR }])
  const walk = await walkFrom(owner, [await addPet(owner)], NOON, { weather: { pty: '1' } })
  expect(walk.codes.toSorted()).toEqual(['dist_10k', 'dist_1k', 'dist_5k', 'dist_first', 'sp_rain', 'time_1h', 'time_5h'])
  return { owner, walk }
}

describe('GET /users/{id}/badges', () => {
  it('pages through what somebody has earned, newest first, and misses none', async () => {
    const [{ owner }, stranger] = [await collector(), await signUp()]
    await walkFrom(owner, [await addPet(owner)], seoul('2026-11-19 22:00:00'))
    const path = `/users/${owner.user.user_id}/badges`
    const seen: any[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { json } = await stranger.get(`${path}?limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      expect(json.items.length).toBeLessThanOrEqual(3)
      seen.push(...json.items)
      cursor = json.next_cursor
    }
    expect(seen).toEqual((await stranger.get(path)).json.items)
    expect(seen).toHaveLength((await heldBy(owner)).length)
    expect(seen[0].code).toBe('sp_night')
    const times = seen.map(({ earned_at }) => Date.parse(earned_at))
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    expect((await stranger.get(`${path}?cursor=nonsense`)).status).toBe(422)
    expect((await stranger.get(`${path}?limit=51`)).status).toBe(422)
  })

  it('pages through the editions of one badge that were earned at once', async () => {
    const [owner, badge] = [await signUp(), await idOf('season_winter')]
    const rows = [2024, 2025, 2026].map((year) => `('${owner.user.user_id}', '${badge}', ${year}, '2026-01-01', 1, 1)`)
    await db.execute(`INSERT INTO user_badges (user_id, badge_id, season_year, earned_at, walk_count, day_count) VALUES ${rows.join(', ')}`)
    const years: number[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { json } = await owner.get(`/users/${owner.user.user_id}/badges?limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      years.push(...json.items.map(({ season_year }: any) => season_year))
      cursor = json.next_cursor
    }
    expect(years).toEqual([2026, 2025, 2024])
  })

  it('does not tell what a secret badge was for to whom who does not hold it', async () => {
    const [{ owner }, stranger] = [await collector(), await signUp()]
    const id = await idOf('sp_rain')
    const rain = async (viewer: typeof stranger) =>
      (await viewer.get(`/users/${owner.user.user_id}/badges`)).json.items.find((badge: any) => badge.id === id)
    expect(await rain(stranger)).toMatchObject({ code: null, description: null, icon: '🌧️' })
    expect(await rain(owner)).toMatchObject({ code: 'sp_rain', description: '비 오는 날 산책했어요' })
    await walkFrom(stranger, [await addPet(stranger)], NOON, { weather: { pty: 'drizzle' } })
    expect(await rain(stranger)).toMatchObject({ code: 'sp_rain', description: '비 오는 날 산책했어요' })
  })

  it('is empty for somebody without badges, and a 404 for nobody and for one who left', async () => {
    const [owner, leaver] = [await signUp(), await signUp()]
    expect((await owner.get(`/users/${leaver.user.user_id}/badges`)).json).toEqual({ items: [], next_cursor: null })
    await leaver.delete('/users/me')
    for (const id of [leaver.user.user_id, crypto.randomUUID()])
      expect(await owner.get(`/users/${id}/badges`)).toMatchObject({ status: 404, json: { code: 'user_not_found' } })
  })
})

describe('the badge shown beside the nickname', () => {
  it('is one that was earned, another later, and none again', async () => {
    const [{ owner }, stranger] = [await collector(), await signUp()]
    const [first, tenth] = [await idOf('dist_first'), await idOf('dist_10k')]
    const show = (representative_badge_id: string | null) => owner.patch('/users/me', { representative_badge_id })
    const seen = async () => (await stranger.get(`/users/${owner.user.user_id}`)).json.representative_badge
    expect((await show(first)).json.representative_badge).toEqual({ id: first, name: '첫 발자국', icon: '🐾' })
    expect(await seen()).toMatchObject({ id: first })
    await owner.patch('/users/me', { weekly_goal_km: 30 })
    expect((await show(tenth)).json.representative_badge).toMatchObject({ id: tenth })
    expect((await show(tenth)).json.representative_badge).toMatchObject({ id: tenth })
    expect(await seen()).toMatchObject({ id: tenth })
    expect((await owner.get('/users/me')).json.representative_badge).toMatchObject({ id: tenth })
    expect((await show(null)).json.representative_badge).toBeNull()
    expect(await seen()).toBeNull()
  })

  it('is none that was not earned, and then nothing has changed', async () => {
    const { owner } = await collector()
    const [first, never] = [await idOf('dist_first'), await idOf('dist_1000k')]
    await owner.patch('/users/me', { representative_badge_id: first })
    expect(await owner.patch('/users/me', { representative_badge_id: never, weekly_goal_km: 77 })).toMatchObject({
      status: 409,
      json: { code: 'badge_not_earned' },
    })
    expect(await owner.patch('/users/me', { representative_badge_id: crypto.randomUUID(), weekly_goal_km: 77 })).toMatchObject({
      status: 404,
      json: { code: 'badge_not_found' },
    })
    expect((await owner.get('/users/me')).json).toMatchObject({ representative_badge: { id: first }, weekly_goal_km: 20 })
  })

  it('stays one when two are chosen at once, and when its season comes again', async () => {
    const { owner } = await collector()
    const ids = await Promise.all(['dist_first', 'dist_1k', 'dist_5k'].map(idOf))
    const answers = await Promise.all(ids.map((representative_badge_id) => owner.patch('/users/me', { representative_badge_id })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const { rows } = await db.execute(`SELECT badge_id FROM user_badges WHERE user_id = '${owner.user.user_id}' AND is_representative`)
    expect(rows).toHaveLength(1)
    await walkFrom(owner, [await addPet(owner)], seoul('2027-01-20 12:00:00'), { weather: { pty: '3' } })
    const winter = await idOf('season_winter')
    await owner.patch('/users/me', { representative_badge_id: winter })
    await walkFrom(owner, [await addPet(owner)], seoul('2028-01-20 12:00:00'), { weather: { pty: '3' } })
    expect((await owner.patch('/users/me', { representative_badge_id: winter })).json.representative_badge).toMatchObject({ id: winter })
  })
})

describe('GET /walks/{id}', () => {
  it('shows the badges that the walk earned, to its owner and to whom it is shared with', async () => {
    const [{ owner, walk }, stranger] = [await collector(), await signUp()]
    const { json } = await owner.get(`/walks/${walk.id}`)
    expect(json.badges.map(({ code }: any) => code).toSorted()).toEqual(walk.codes.toSorted())
    const later = await walkFrom(owner, [await addPet(owner)], seoul('2026-11-18 18:00:00'))
    expect((await owner.get(`/walks/${later.id}`)).json.badges).toEqual([])
    await owner.patch(`/walks/${walk.id}`, { shared_to_feed: true })
    const shared = (await stranger.get(`/walks/${walk.id}`)).json.badges
    expect(shared).toHaveLength(7)
    expect(shared.filter(({ code }: any) => code === null)).toHaveLength(1)
  })
})
