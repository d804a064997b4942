import { describe, expect, it } from 'vitest'
import { createTestDeps } from '../../support/api.ts'
import { injectFault } from '../../support/faults.ts'
import {
  changeWalk,
  daysBefore,
  DOOR,
  giveDailyWalks,
  givePremium,
  giveWalks,
  heldBy,
  seoul,
  syncFrom,
  trackFrom,
  walkFrom,
} from '../../support/facts.ts'
import { signUp } from '../../support/login.ts'
import { addPet, completionBody, startWalk } from '../../support/walks.ts'
import { judgeWalk } from '../../../src/modules/walks/review/queries.ts'

const NOON = seoul('2026-11-18 12:00:00')
const trips = (headers: Headers) => /db;desc="(\d+)"/.exec(headers.get('Server-Timing') ?? '')?.[1]
const progressOf = (json: any) =>
  json.badge_progress.map(({ code, previous_value, progress_value }: any) => [code, previous_value, progress_value])

describe('what a completion answers', () => {
  it('badges earned, what moved of the others nearest first, and the streak, in one trip', async () => {
    const owner = await signUp()
    await giveDailyWalks(owner, NOON, [1, 2])
    const { json, headers } = await walkFrom(owner, [await addPet(owner)], NOON)
    const { distance_m, duration_sec } = json.walk
    expect(trips(headers)).toBe('1')
    expect(json.streak).toEqual({ current: 3, best: 3, rest_day_used: false })
    expect(json.badges_earned).toContainEqual(
      expect.objectContaining({ code: 'streak_3', category: 'streak', name: '3일 스타트', icon: '🔥', season_year: null }),
    )
    expect(json.badges_earned.map(({ code }: any) => code).toSorted()).toEqual(['dist_1k', 'dist_first', 'streak_3'])
    const moved = progressOf(json)
    expect(moved).toContainEqual(['dist_5k', 1_000, 1_000 + distance_m])
    expect(moved).toContainEqual(['streak_7', 2, 3])
    expect(moved).toContainEqual(['time_1h', 1_200, 1_200 + duration_sec])
    // Neither what was just earned, nor what stands where it stood, nor what premium alone would move.
    const codes = moved.map(([code]: [string]) => code)
    for (const code of ['dist_1k', 'streak_3', 'sp_newyear', 'season_autumn_m', 'sp_marathon']) expect(codes).not.toContain(code)
    const shares = json.badge_progress.map(({ progress_value, threshold }: any) => progress_value / threshold)
    expect(shares).toEqual(shares.toSorted((a: number, b: number) => b - a))
    for (const { progress_percent, progress_value, threshold } of json.badge_progress)
      expect(progress_percent).toBe(Math.floor((100 * progress_value) / threshold))
  })

  it('is the same again when it is asked again, whatever has happened since', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const first = await walkFrom(owner, [pet], NOON)
    const { id: second } = await walkFrom(owner, [pet], seoul('2026-11-18 18:00:00'))
    await owner.delete(`/walks/${second}`)
    await givePremium(owner, seoul('2026-01-01 00:00:00'), seoul('2027-01-01 00:00:00'))
    const later = owner.with({ now: () => seoul('2026-11-20 12:00:00') })
    const again = await later.post(`/walks/${first.id}/complete`, completionBody(trackFrom(NOON)))
    expect(again.json).toEqual(first.json)
    expect(trips(again.headers)).toBe('1')
  })

  it('is the same when the first answer was lost after the commit', async () => {
    const owner = await signUp()
    const track = trackFrom(NOON)
    const then = owner.with({ now: () => seoul('2026-11-18 13:00:00') })
    const id = await startWalk(then, [await addPet(owner)], { started_at: NOON.toISOString() })
    await injectFault({ host: 'neon', cut: 'after', key: id })
    expect((await then.post(`/walks/${id}/complete`, completionBody(track))).status).toBe(503)
    const { json } = await then.post(`/walks/${id}/complete`, completionBody(track))
    expect(json.badges_earned.map(({ code }: any) => code)).toEqual(['dist_first'])
    expect(progressOf(json)).toContainEqual(['dist_1k', 0, json.walk.distance_m])
    expect(json.streak).toEqual({ current: 1, best: 1, rest_day_used: false })
  })

  it('is of nothing when the walk was refused', async () => {
    const owner = await signUp()
    const { json } = await walkFrom(owner, [await addPet(owner)], NOON, { length_m: 120 })
    expect(json).toMatchObject({
      valid: false,
      badges_earned: [],
      badge_progress: [],
      streak: { current: 0, best: 0, rest_day_used: false },
    })
    expect(await heldBy(owner)).toEqual([])
  })

  it('tells nothing of a secret badge that moves, and all of one that is earned', async () => {
    const owner = await signUp()
    const { json } = await walkFrom(owner, [await addPet(owner)], NOON, { weather: { pty: '1' } })
    expect(json.badges_earned).toContainEqual(
      expect.objectContaining({ code: 'sp_rain', name: '비 오는 날 산책', description: '비 오는 날 산책했어요' }),
    )
    expect(JSON.stringify(json.badge_progress)).not.toContain('sp_snow')
  })

  it('moves premium badges, and gives them, to those who are premium', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    await giveWalks(owner, [{ started_at: daysBefore(NOON, 1), distance_m: 29_000 }])
    const free = await walkFrom(owner, [pet], NOON)
    expect(JSON.stringify(free.json)).not.toContain('season_autumn_m')
    await givePremium(owner, NOON, seoul('2026-12-18 00:00:00'))
    const { json } = await walkFrom(owner, [pet], seoul('2026-11-18 18:00:00'))
    expect(json.badges_earned).toContainEqual(expect.objectContaining({ code: 'season_autumn_m', tier: 'premium', season_year: 2026 }))
    expect(progressOf(json)).not.toContainEqual(expect.arrayContaining(['season_winter_m']))
  })

  it('and each of many walks sent at once has its own, in one trip', async () => {
    const owner = await signUp()
    const pet_id = await addPet(owner)
    const now = seoul('2026-11-18 22:00:00')
    const walks = [2, 0, 1].map((daysAgo) => {
      const track = trackFrom(daysBefore(NOON, daysAgo))
      return { id: crypto.randomUUID(), pet_id, started_at: daysBefore(NOON, daysAgo).toISOString(), ...completionBody(track) }
    })
    const { json, headers } = await owner.with({ now: () => now }).post('/walks/sync', { walks })
    expect(trips(headers)).toBe('1')
    expect(json.results.map(({ completion }: any) => completion.streak)).toEqual([
      { current: 0, best: 1, rest_day_used: false },
      { current: 1, best: 1, rest_day_used: false },
      { current: 3, best: 3, rest_day_used: false },
    ])
    const earned = json.results.map(({ completion }: any) => completion.badges_earned.map(({ code }: any) => code))
    expect(earned[0]).toContain('dist_first')
    expect(earned[1]).not.toContain('dist_first')
    expect(earned[2]).toContain('streak_3')
    expect((await owner.with({ now: () => now }).post('/walks/sync', { walks })).json).toEqual(json)
  })
})

describe('two completions at once', () => {
  it('of one walk give its badges once, and one answer', async () => {
    const owner = await signUp()
    const then = owner.with({ now: () => seoul('2026-11-18 13:00:00') })
    const id = await startWalk(then, [await addPet(owner)], { started_at: NOON.toISOString() })
    const body = completionBody(trackFrom(NOON))
    const [a, b, c] = await Promise.all([1, 2, 3].map(() => then.post(`/walks/${id}/complete`, body)))
    expect(a!.json.badges_earned.map(({ code }: any) => code)).toEqual(['dist_first'])
    expect([b!.json, c!.json]).toEqual([a!.json, a!.json])
  })

  it('of two walks give each badge once, as one after the other would', async () => {
    const owner = await signUp()
    const pet_id = await addPet(owner)
    await giveDailyWalks(owner, NOON, [1, 2])
    const then = owner.with({ now: () => seoul('2026-11-18 22:00:00') })
    const send = (clock: string) => {
      const startsAt = seoul(`2026-11-18 ${clock}`)
      const walk = { id: crypto.randomUUID(), pet_id, started_at: startsAt.toISOString(), ...completionBody(trackFrom(startsAt)) }
      return then.post('/walks/sync', { walks: [walk] })
    }
    const answers = await Promise.all(['08:00:00', '12:00:00', '16:00:00', '20:00:00'].map(send))
    const completions = answers.map(({ json }) => json.results[0].completion)
    const earned = completions.flatMap(({ badges_earned }) => badges_earned.map(({ code }: any) => code))
    expect(earned.toSorted()).toEqual([...new Set(earned)].toSorted())
    expect(earned).toEqual(expect.arrayContaining(['dist_first', 'dist_1k', 'streak_3']))
    const total = 1_000 + completions.reduce((sum, { walk }) => sum + walk.distance_m, 0)
    const { json } = await then.get('/badges?category=distance')
    expect(json.find(({ code }: any) => code === 'dist_10k')).toMatchObject({ progress_value: total })
    // Each saw what those before it had done: no two say the same.
    const told = completions.flatMap((json) => progressOf(json).filter(([code]: [string]) => code === 'dist_10k'))
    expect(new Set(told.map(([, before]) => before)).size).toBe(4)
  })
})

describe('facts heal, and badges that were earned stay', () => {
  const standing = async (api: Awaited<ReturnType<typeof signUp>>) => {
    const { json } = await api.with({ now: () => seoul('2026-11-18 23:00:00') }).get('/badges?sort=category')
    const of = (code: string) => json.find((badge: any) => badge.code === code)
    return {
      total_m: of('dist_100k').progress_value,
      places: of('explore_50').progress_value,
      run: of('streak_100').progress_value,
      first: of('dist_first').status,
    }
  }

  it('when a walk comes late, is deleted, comes back, and is judged anew', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const { id, json, now } = await walkFrom(owner, [pet], NOON)
    const one = { total_m: json.walk.distance_m, places: 1, run: 1, first: 'earned' }
    expect(await standing(owner)).toEqual(one)

    const late = await syncFrom(owner, pet, seoul('2026-11-17 12:00:00'), now, { origin: { ...DOOR, lat: 36.95 } })
    const both = { total_m: one.total_m + late.json.walk.distance_m, places: 2, run: 2, first: 'earned' }
    expect(await standing(owner)).toEqual(both)

    await owner.delete(`/walks/${late.id}`)
    expect(await standing(owner)).toEqual(one)
    await owner.delete(`/walks/${id}`)
    expect(await standing(owner)).toEqual({ total_m: 0, places: 0, run: 0, first: 'earned' })
    for (const walk of [id, late.id]) await owner.with({ now: () => now }).post(`/walks/${walk}/restore`)
    expect(await standing(owner)).toEqual(both)

    const { db } = createTestDeps()
    expect(await judgeWalk(db, late.id, { is_valid: false, reasons: [{ code: 'gps_spoofing', effect: 'refused', detail: '' }] }, now)).toBe(
      true,
    )
    expect(await standing(owner)).toEqual(one)
    const judged = (await owner.get(`/walks/${late.id}`)).json
    expect([judged.is_valid, judged.reasons[0].code]).toEqual([false, 'gps_spoofing'])
    expect(await judgeWalk(db, late.id, { is_valid: true, reasons: [] }, now)).toBe(true)
    expect(await standing(owner)).toEqual(both)
  })

  it('a walk that an appeal finds valid earns what it reaches', async () => {
    const owner = await signUp()
    const { id, now } = await walkFrom(owner, [await addPet(owner)], NOON, { length_m: 120 })
    expect(await heldBy(owner)).toEqual([])
    await judgeWalk(createTestDeps().db, id, { is_valid: true, reasons: [] }, now)
    expect(await heldBy(owner)).toEqual(['dist_first'])
  })

  it('a walk judged valid across another one is refused, and nothing changes', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const { id, now } = await walkFrom(owner, [pet], NOON)
    const { db } = createTestDeps()
    await judgeWalk(db, id, { is_valid: false, reasons: [] }, now)
    const other = await walkFrom(owner, [pet], NOON)
    await expect(judgeWalk(db, id, { is_valid: true, reasons: [] }, now)).rejects.toThrow('walks_no_overlap')
    expect(await standing(owner)).toMatchObject({ total_m: other.json.walk.distance_m })
  })

  it('an earlier place that comes late unseats a later one near it, and gives it back', async () => {
    const owner = await signUp()
    const pet = await addPet(owner)
    const { lat, lng } = DOOR
    await giveWalks(owner, [{ started_at: daysBefore(NOON, 1), lat, lng }])
    // 400 m from it, 300 m from what is not there yet: no new place.
    await giveWalks(owner, [{ started_at: NOON, lat: lat + 400 / 111_000, lng }])
    expect(await standing(owner)).toMatchObject({ places: 1 })
    const { id } = await syncFrom(owner, pet, daysBefore(NOON, 2), seoul('2026-11-18 22:00:00'), {
      origin: { lat: lat - 300 / 111_000, lng },
    })
    // The late one is the place now, and the one 700 m from it is another.
    expect(await standing(owner)).toMatchObject({ places: 2 })
    await owner.delete(`/walks/${id}`)
    expect(await standing(owner)).toMatchObject({ places: 1 })
  })

  it('badges stay when the walk that earned them is purged, and name no walk that is gone', async () => {
    const owner = await signUp()
    const { id } = await walkFrom(owner, [await addPet(owner)], NOON)
    const then = owner.with({ now: () => seoul('2026-11-18 23:00:00') })
    const badge = (await then.get('/badges?status=earned')).json.find(({ code }: any) => code === 'dist_first')
    expect((await then.get(`/badges/${badge.id}`)).json).toMatchObject({ walk_id: id, pets: [{ name: '초코' }] })
    await owner.delete(`/walks/${id}`)
    expect((await then.get(`/badges/${badge.id}`)).json).toMatchObject({ status: 'earned', walk_id: null })
    await createTestDeps().db.execute(`DELETE FROM walks WHERE id = '${id}'`)
    expect((await then.get(`/badges/${badge.id}`)).json).toMatchObject({ status: 'earned', walk_id: null, walk_count: 1, day_count: 1 })
  })

  it('what comes to a walk later is counted once, and again when it changes', async () => {
    const owner = await signUp()
    const { id, now } = await walkFrom(owner, [await addPet(owner)], NOON)
    const photos = async () =>
      (await owner.with({ now: () => now }).get('/badges')).json.find(({ code }: any) => code === 'sp_photo10').progress_value
    await changeWalk(owner, id, { photo_count: 4 }, now)
    await changeWalk(owner, id, { photo_count: 4 }, now)
    expect(await photos()).toBe(4)
    await changeWalk(owner, id, { photo_count: 3 }, now)
    expect(await photos()).toBe(3)
  })
})
