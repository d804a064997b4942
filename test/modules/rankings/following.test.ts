import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, seoulDate } from '../../../src/core/time.ts'
import { FOLLOWING_MAX, NAMED_MAX } from '../../../src/modules/rankings/limits.ts'
import { deleteWalk, restoreWalk } from '../../../src/modules/walks/changes.queries.ts'
import { judgeWalk } from '../../../src/modules/walks/review/queries.ts'
import { createTestDeps } from '../../support/api.ts'
import { actorOf, completeMadeUp } from '../../support/measured-walks.ts'
import { changeUser, follow, makeCrowd, unfollow } from '../../support/shared-walks.ts'
import { makeDong, makeWalker, quietMonday, type Walker } from '../../support/walkers.ts'

const { db } = createTestDeps()
const idOf = ({ user }: Walker) => user.user_id

/** A viewer who follows the others, in a week in which nobody else walks. */
async function makeCircle(count: number, monday = quietMonday()) {
  const { dong } = await makeDong()
  // They live apart, and the viewer nowhere: the board is of whom one follows.
  const [viewer, ...others] = await Promise.all(Array.from({ length: count }, (_, i) => makeWalker(i % 2 ? dong : null)))
  for (const other of others) await follow(viewer!, other)
  const hourOf = (hour: number) => new Date(monday.getTime() + hour * HOUR_MS)
  const complete = (walker: Walker, distance_m: number, hour: number) =>
    completeMadeUp(walker, { pet_ids: [walker.pet], started_at: hourOf(hour), distance_m }, hourOf(hour + 1))
  const at = (walker: Walker, when: Date) => walker.with({ now: () => when })
  return { viewer: viewer!, others, monday, hourOf, complete, at }
}

const placesOf = (json: any) => json.items.map(({ rank, user, distance_m, walk_count }: any) => [rank, user.id, distance_m, walk_count])

describe('the board of those one follows', () => {
  it('holds them and me, wherever they live, live and for nothing, and equals share a rank', async () => {
    const { viewer, others, complete, at, hourOf } = await makeCircle(5)
    const [far, early, late] = others as [Walker, Walker, Walker, Walker]
    const stranger = await makeWalker(null)
    await complete(stranger, 99_000, 1)
    await complete(far, 3_000, 1)
    await complete(late, 2_000, 9)
    await complete(early, 2_000, 2)
    await complete(viewer, 600, 5)
    const { status, json } = await at(viewer, hourOf(30)).get('/rankings?scope=following')
    expect(status).toBe(200)
    expect(placesOf(json)).toEqual([
      [1, idOf(far), 3_000, 1],
      [2, idOf(early), 2_000, 1],
      [2, idOf(late), 2_000, 1],
      [4, idOf(viewer), 600, 1],
    ])
    expect(json).toMatchObject({ period: 'weekly', scope: 'following', region: null, is_live: true, participants: 4, next_cursor: null })
    expect(json.me).toEqual({ rank: 4, change: null, distance_m: 600, walk_count: 1, gap_to_next_m: 1_400 })
    expect(json.items[0]).toMatchObject({ is_me: false, change: null, pet: { name: '초코' } })
    expect((await at(viewer, hourOf(30)).get('/rankings/me?scope=following')).json).toMatchObject({ me: { rank: 4 }, participants: 4 })
    // From me alone they are not followed.
    expect(placesOf((await at(far, hourOf(30)).get('/rankings?scope=following')).json)).toEqual([[1, idOf(far), 3_000, 1]])
  })

  it('is weekly, and has no region', async () => {
    const { viewer } = await makeCircle(1)
    for (const wrong of ['period=monthly', 'period=alltime', 'region_code=1168000000', 'period_key=2026-11'])
      expect(await viewer.get(`/rankings?scope=following&${wrong}`)).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
    expect((await viewer.get('/rankings/me?scope=following&period=monthly')).status).toBe(422)
    expect((await viewer.get('/rankings?scope=following')).json).toMatchObject({ items: [], me: null, participants: 0 })
  })

  it('goes from page to page without a gap, begins around me, and ends after 200', async () => {
    const { viewer, monday, complete, at, hourOf } = await makeCircle(1)
    const crowd = await makeCrowd(FOLLOWING_MAX + 5)
    const week = (await at(viewer, hourOf(1)).get('/rankings?scope=following')).json.period_key
    await db.execute(`INSERT INTO follows SELECT '${idOf(viewer)}', id, now() FROM unnest('{${crowd.join(',')}}'::uuid[]) AS id`)
    await db.execute(`
      INSERT INTO rankings (user_id, period_key, area_code, walk_count, distance_m, last_walk_at)
      SELECT id, '${week}', nation(), 1, 1000 + 100 * (n / 3), '${monday.toISOString()}' FROM unnest('{${crowd.join(',')}}'::uuid[]) WITH ORDINALITY AS person (id, n)`)
    await complete(viewer, 5_050, 2)
    const seen: unknown[][] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { json, status } = await at(viewer, hourOf(9)).get(`/rankings?scope=following&limit=47${cursor && `&cursor=${cursor}`}`)
      expect(status).toBe(200)
      expect(json.participants).toBe(FOLLOWING_MAX + 6)
      seen.push(...placesOf(json))
      cursor = json.next_cursor
    }
    expect(seen).toHaveLength(FOLLOWING_MAX)
    expect(new Set(seen.map(([, id]) => id)).size).toBe(FOLLOWING_MAX)
    for (const [i, [rank, , distance_m]] of seen.entries()) {
      expect(distance_m).toBeLessThanOrEqual((seen[i - 1]?.[2] as number) ?? Infinity)
      expect(rank).toBe(seen.findIndex((other) => other[2] === distance_m) + 1)
    }
    const mine = seen.findIndex(([, id]) => id === idOf(viewer))
    const around = (await at(viewer, hourOf(9)).get('/rankings?scope=following&around=me&limit=10')).json
    expect(placesOf(around)).toEqual(seen.slice(mine - 5, mine + 5))
    await db.execute(`DELETE FROM rankings WHERE period_key = '${week}' AND user_id <> '${idOf(viewer)}'`)
  })

  it('begins on Monday at 00:00 in Seoul', async () => {
    const { viewer, others, complete, at, hourOf } = await makeCircle(2)
    const other = others[0]!
    await complete(other, 1_000, -0.5)
    await complete(other, 2_000, 0)
    await complete(other, 4_000, 167.5)
    await complete(other, 8_000, 168)
    const distanceAt = async (hour: number) => (await at(viewer, hourOf(hour)).get('/rankings?scope=following')).json.items[0]?.distance_m
    expect(await distanceAt(-0.1)).toBe(1_000)
    expect(await distanceAt(0)).toBe(6_000)
    expect(await distanceAt(167.9)).toBe(6_000)
    expect(await distanceAt(168)).toBe(8_000)
  })
})

/** Distances that are often equal. */
const DISTANCES = [600, 600, 800, 1_200, 12_340]
const PEOPLE = 5
const person = fc.integer({ min: 0, max: PEOPLE - 1 })
const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ act: fc.constant('walk' as const), who: person, slot: fc.nat(40), distance: fc.nat(DISTANCES.length - 1) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constantFrom('delete' as const, 'restore' as const, 'refuse' as const, 'unrank' as const),
      nth: fc.nat(30),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constantFrom(
        'block' as const,
        'blocked' as const,
        'unfollow' as const,
        'ban' as const,
        'suspend' as const,
        'leave' as const,
        'hide' as const,
      ),
      who: person,
    }),
  },
)

/** Histories of people who are equal, so that there are some whatever is drawn. */
const walked = (who: number, slot: number, distance = 0) => ({ act: 'walk' as const, who, slot, distance })
const TIED = [
  [walked(0, 3), walked(1, 4), walked(2, 5, 1), walked(3, 6), { act: 'block' as const, who: 3 }, walked(4, 7, 4)],
  [walked(0, 8, 4), walked(1, 9, 3), walked(2, 9, 3), walked(3, 9, 3), walked(4, 9, 2), { act: 'ban' as const, who: 4 }],
]

it('the board and the days are what the walks say, after any history of walks, deletions, refusals, blocks and departures', async () => {
  let [shown, tied, hidden] = [0, 0, 0]
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 16 }), async (history) => {
      const { viewer, others, monday, hourOf, at } = await makeCircle(PEOPLE)
      const people = [viewer, ...others]
      const walks: {
        id: string
        who: number
        slot: number
        distance_m: number
        is_valid: boolean
        is_ranked: boolean
        is_deleted: boolean
      }[] = []
      const [unseen, gone, hides] = [new Set<number>(), new Set<number>(), new Set<number>()]
      for (const one of history) {
        if (one.act === 'walk') {
          // A slot is four hours, and the first lies before the week.
          if (
            gone.has(one.who) ||
            walks.some(({ who, slot, is_deleted, is_valid }) => who === one.who && slot === one.slot && is_valid && !is_deleted)
          )
            continue
          const started_at = hourOf(4 * (one.slot - 1))
          const distance_m = DISTANCES[one.distance]!
          const { id } = await completeMadeUp(
            people[one.who]!,
            { pet_ids: [people[one.who]!.pet], started_at, distance_m },
            new Date(started_at.getTime() + HOUR_MS),
          )
          walks.push({ id, who: one.who, slot: one.slot, distance_m, is_valid: true, is_ranked: true, is_deleted: false })
        } else if ('nth' in one) {
          const walk = walks[one.nth % Math.max(1, walks.length)]
          if (!walk || gone.has(walk.who)) continue
          const actor = actorOf(people[walk.who]!)
          const now = hourOf(165)
          if (one.act === 'delete' && !walk.is_deleted) {
            await deleteWalk(db, actor, walk.id, now)
            walk.is_deleted = true
          } else if (one.act === 'restore' && walk.is_deleted) {
            const answer = await restoreWalk(db, actor, walk.id, new Date(0), now)
            walk.is_deleted = answer?.walk === null
          } else if (one.act === 'refuse' && !walk.is_deleted) {
            await judgeWalk(db, walk.id, { is_valid: false, reasons: [] }, now)
            walk.is_valid = false
          } else if (one.act === 'unrank' && !walk.is_deleted && walk.is_valid) {
            await db.execute(`UPDATE walks SET is_ranked = false WHERE id = '${walk.id}'`)
            await db.execute(`SELECT settle_walk('${walk.id}', now())`)
            walk.is_ranked = false
          }
        } else if (one.who > 0) {
          const other = people[one.who]!
          if (gone.has(one.who)) continue
          if (one.act === 'block') await viewer.post(`/blocks/${idOf(other)}`)
          if (one.act === 'blocked') await other.post(`/blocks/${idOf(viewer)}`)
          if (one.act === 'unfollow') await unfollow(viewer, other)
          if (one.act === 'ban') await changeUser(other, 'banned_at = now()')
          // Whoever is suspended walks as always.
          if (one.act === 'suspend') await changeUser(other, `suspended_until = now() + interval '1 day'`)
          if (one.act === 'leave') await changeUser(other, 'deleted_at = now()')
          if (one.act === 'hide') {
            await changeUser(other, `settings = settings || '{"hide_walk_times": true}'`)
            hides.add(one.who)
          }
          if (['block', 'blocked', 'unfollow'].includes(one.act)) unseen.add(one.who)
          if (['ban', 'leave'].includes(one.act)) gone.add(one.who)
        }
      }
      hidden += unseen.size + gone.size
      const inWeek = ({ slot }: { slot: number }) => slot >= 1
      const counted = (who: number) => walks.filter((walk) => walk.who === who && walk.is_valid && !walk.is_deleted && inWeek(walk))
      const seen = people.map((_, who) => who).filter((who) => !unseen.has(who) && !gone.has(who))
      const board = seen
        .map((who) => ({ who, walks: counted(who).filter(({ is_ranked }) => is_ranked) }))
        .filter(({ walks: own }) => own.length > 0)
        .map(({ who, walks: own }) => ({
          id: idOf(people[who]!),
          distance_m: own.reduce((sum, { distance_m }) => sum + distance_m, 0),
          walk_count: own.length,
          last: Math.max(...own.map(({ slot }) => slot)),
        }))
        .toSorted((a, b) => b.distance_m - a.distance_m || b.walk_count - a.walk_count || a.last - b.last || (a.id < b.id ? -1 : 1))
      const rankOf = (row: (typeof board)[number]) =>
        1 +
        board.filter(
          (other) => other.distance_m > row.distance_m || (other.distance_m === row.distance_m && other.walk_count > row.walk_count),
        ).length
      const now = hourOf(165)
      const { json } = await at(viewer, now).get('/rankings?scope=following')
      expect(placesOf(json)).toEqual(board.map((row) => [rankOf(row), row.id, row.distance_m, row.walk_count]))
      expect(json.participants).toBe(board.length)
      const mine = board.find(({ id }) => id === idOf(viewer))
      const better = mine && board.filter((row) => rankOf(row) < rankOf(mine)).at(-1)
      expect(json.me).toEqual(
        mine
          ? {
              rank: rankOf(mine),
              change: null,
              distance_m: mine.distance_m,
              walk_count: mine.walk_count,
              gap_to_next_m: better ? better.distance_m - mine.distance_m : null,
            }
          : null,
      )
      shown += board.length
      if (new Set(board.map(rankOf)).size < board.length) tied++

      const { json: week } = await at(viewer, now).get('/rankings/following/days')
      const dayOf = (slot: number) => seoulDate(hourOf(4 * (slot - 1)))
      const days = Array.from({ length: 7 }, (_, i) => seoulDate(new Date(monday.getTime() + i * DAY_MS)))
      expect(week.days.map(({ day }: any) => day)).toEqual(days)
      for (const { day, people: named, walker_count } of week.days) {
        const walkers = seen.filter(
          (who) => counted(who).some(({ slot }) => dayOf(slot) === day) && !(hides.has(who) && day === seoulDate(now)),
        )
        expect(named.map(({ user }: any) => user.id).toSorted()).toEqual(walkers.map((who) => idOf(people[who]!)).toSorted())
        expect(walker_count).toBe(walkers.length)
        if (walkers.includes(0)) expect(named[0]).toMatchObject({ is_me: true, user: { id: idOf(viewer) } })
      }
    }),
    {
      numRuns: 24,
      examples: TIED.map((history): [typeof history] => [history]),
      interruptAfterTimeLimit: 280_000,
      markInterruptAsFailure: true,
    },
  )
  expect(shown).toBeGreaterThan(20)
  expect(tied).toBeGreaterThan(1)
  expect(hidden).toBeGreaterThan(5)
}, 300_000)

describe('the days', () => {
  it('name whoever hides the times of their walks when the day is over', async () => {
    const { viewer, others, complete, at, hourOf } = await makeCircle(3)
    const [open, shy] = others as [Walker, Walker]
    await shy.patch('/users/me/settings', { hide_walk_times: true })
    await complete(open, 1_000, 8)
    await complete(shy, 1_000, 8)
    const namedAt = async (hour: number) =>
      (await at(viewer, hourOf(hour)).get('/rankings/following/days')).json.days[0].people.map(({ user }: any) => user.id).toSorted()
    expect(await namedAt(23.9)).toEqual([idOf(open)])
    expect(await namedAt(24)).toEqual([idOf(open), idOf(shy)].toSorted())
    // One's own days are one's own.
    expect((await at(shy, hourOf(9)).get('/rankings/following/days')).json.days[0].people).toMatchObject([
      { is_me: true, pet: { name: '초코' } },
    ])
  })

  it('name twenty of a day and count all, and of whom follows many those who stand highest', async () => {
    const { viewer, monday, at, hourOf } = await makeCircle(1)
    const crowd = await makeCrowd(FOLLOWING_MAX + 10)
    const ids = `unnest('{${crowd.join(',')}}'::uuid[]) WITH ORDINALITY AS person (id, n)`
    const { period_key } = (await at(viewer, hourOf(1)).get('/rankings?scope=following')).json
    await db.execute(`INSERT INTO follows SELECT '${idOf(viewer)}', id, now() FROM ${ids}`)
    await db.execute(`
      INSERT INTO rankings (user_id, period_key, area_code, walk_count, distance_m, last_walk_at)
      SELECT id, '${period_key}', nation(), 1, 1000 * n, '${monday.toISOString()}' FROM ${ids}`)
    await db.execute(
      `INSERT INTO user_days (user_id, day, walk_count, distance_m, duration_sec, calories) SELECT id, '${seoulDate(monday)}', 1, 1000 * n, 600, 0 FROM ${ids}`,
    )
    const [first] = (await at(viewer, hourOf(30)).get('/rankings/following/days')).json.days
    expect(first.walker_count).toBe(FOLLOWING_MAX)
    expect(first.people.map(({ user }: any) => user.id)).toEqual(crowd.toReversed().slice(0, NAMED_MAX))
    await db.execute(`DELETE FROM rankings WHERE period_key = '${period_key}' AND user_id <> '${idOf(viewer)}'`)
  })
})

it('the criteria are there for everybody, and say the figures that they name', async () => {
  const { viewer } = await makeCircle(1)
  const { status, json, headers } = await viewer.get('/rankings/criteria')
  expect(status).toBe(200)
  expect(headers.get('Cache-Control')).toContain('public')
  expect(json.figures.following_shown_max).toBe(FOLLOWING_MAX)
  const words = JSON.stringify(json.items)
  for (const figure of ['500m', '시속 15km', '60km', '16시간', '낮 12시', '200명']) expect(words).toContain(figure)
})
