import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { periodAt } from '../../../src/modules/rankings/periods.ts'
import { deleteWalk, restoreWalk } from '../../../src/modules/walks/changes.queries.ts'
import { judgeWalk } from '../../../src/modules/walks/review/queries.ts'
import { createTestDeps } from '../../support/api.ts'
import { histories } from '../../support/histories.ts'
import { actorOf, completeMadeUp } from '../../support/measured-walks.ts'
import { makeDong, makeWalker, moveTo, quietMonday, type Walker } from '../../support/walkers.ts'

const NATION = '0000000000'
const WALKERS = 4
/** There are few distances, so that many are equal. */
const DISTANCES = [600, 600, 800, 1_200, 12_340, 12_345]

/** The regions in which the people of this file live. */
const boards: string[] = []

interface WalkOf {
  readonly id: string
  readonly walker: number
  readonly started_at: Date
  readonly completed_at: Date
  readonly distance_m: number
  readonly region: string | null
  is_valid: boolean
  is_deleted: boolean
}

const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('walk' as const),
      walker: fc.nat(WALKERS - 1),
      slot: fc.nat(23),
      distance: fc.nat(DISTANCES.length - 1),
      late: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('delete' as const, 'restore' as const, 'refuse' as const), nth: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('move' as const), walker: fc.nat(WALKERS - 1), to: fc.nat(3) }) },
)

type Event = typeof event extends fc.Arbitrary<infer T> ? T : never

it('every rank is the RANK() over the sums of the walks, after any history of walks, deletions, refusals and moves', async () => {
  const here = await makeDong()
  const next = await makeDong(here.sigungu)
  const far = await makeDong()
  const regions = [here.dong, next.dong, far.dong, null]
  boards.push(here.dong, next.dong, far.dong, here.sigungu, far.sigungu)
  const sigunguOf = new Map([
    [here.dong, here.sigungu],
    [next.dong, here.sigungu],
    [far.dong, far.sigungu],
  ])
  const areasOf = (region: string | null) => [NATION, ...(region ? [region, sigunguOf.get(region)!] : [])]
  // The same people walk in another week each time. What they walked before counts for all time.
  const walkers = await Promise.all(Array.from({ length: WALKERS }, () => makeWalker(here.dong)))
  const ids = walkers.map(({ user }) => user.user_id)
  const homes: (string | null)[] = walkers.map(() => here.dong)
  const before: WalkOf[] = []
  const runs = histories(200)
  // Months are those of one run alone.
  const apart = 8
  const firstMonday = quietMonday({ weeks: apart * (runs + 1) })
  let run = 0

  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 6, maxLength: 14 }), async (history) => {
      const monday = new Date(firstMonday.getTime() + apart * 7 * DAY_MS * ++run)
      const walks: WalkOf[] = []
      for (const one of history) await play(one, { monday, walkers, homes, walks, regions })

      const expected = oracle(walks, areasOf).map(({ walker, ...standing }) => ({ user_id: ids[walker]!, ...standing }))
      expect(
        await ranksOf(
          ids,
          expected.map(({ period }) => period),
        ),
      ).toEqual(expected.toSorted(byKey))
      before.push(...walks)
      expect(await allTimeSumsOf(ids)).toEqual(
        sum(before, areasOf, () => ['all'])
          .map(({ walker, area, distance_m, walk_count }) => ({ user_id: ids[walker]!, area, distance_m, walk_count }))
          .toSorted(byKey),
      )
    }),
    // A shrunk history would meet what the failed one has left.
    { numRuns: runs, endOnFailure: true },
  )
}, 300_000)

async function play(
  one: Event,
  world: { monday: Date; walkers: Walker[]; homes: (string | null)[]; walks: WalkOf[]; regions: (string | null)[] },
): Promise<void> {
  const { monday, walkers, homes, walks, regions } = world
  const { db } = createTestDeps()
  if (one.act === 'move') {
    homes[one.walker] = regions[one.to]!
    return moveTo(walkers[one.walker]!, homes[one.walker]!)
  }
  if (one.act === 'walk') {
    // Walks go from the Friday before to the Monday after, so that weeks and months end on the way. Late walks come when their week has closed.
    const started_at = new Date(monday.getTime() + (one.slot * 12 - 72) * HOUR_MS)
    if (walks.some((walk) => walk.walker === one.walker && !walk.is_deleted && walk.started_at.getTime() === started_at.getTime())) return
    const completed_at = new Date(started_at.getTime() + (one.late ? 20 * DAY_MS : HOUR_MS))
    const { user, pet } = walkers[one.walker]!
    const distance_m = DISTANCES[one.distance]!
    const { id } = await completeMadeUp({ user }, { pet_ids: [pet], started_at, distance_m }, completed_at)
    walks.push({
      id,
      walker: one.walker,
      started_at,
      completed_at,
      distance_m,
      region: homes[one.walker]!,
      is_valid: true,
      is_deleted: false,
    })
    return
  }
  const walk = walks[one.nth % Math.max(1, walks.length)]
  if (!walk) return
  const actor = actorOf(walkers[walk.walker]!)
  if (one.act === 'delete') {
    await deleteWalk(db, actor, walk.id, new Date())
    walk.is_deleted = true
  } else if (one.act === 'restore') {
    const isFree = !walks.some(
      (other) =>
        other !== walk && other.walker === walk.walker && !other.is_deleted && other.is_valid && +other.started_at === +walk.started_at,
    )
    await restoreWalk(db, actor, walk.id, new Date(0), new Date())
    if (isFree || !walk.is_valid) walk.is_deleted = false
  } else if (!walk.is_deleted) {
    await judgeWalk(db, walk.id, { is_valid: false, reasons: [] }, new Date())
    walk.is_valid = false
  }
}

interface Standing {
  readonly walker: number
  readonly period: string
  readonly area: string
  readonly distance_m: number
  readonly walk_count: number
  readonly rank: number
}

/** Adds up who walked how far, by the area where they lived. */
function sum(walks: readonly WalkOf[], areasOf: (region: string | null) => string[], periodsOf: (walk: WalkOf) => string[]) {
  const sums = new Map<string, Omit<Standing, 'rank'>>()
  for (const walk of walks) {
    if (!walk.is_valid || walk.is_deleted) continue
    for (const period of periodsOf(walk)) {
      for (const area of areasOf(walk.region)) {
        const key = `${walk.walker} ${period} ${area}`
        const known = sums.get(key) ?? { walker: walk.walker, period, area, distance_m: 0, walk_count: 0 }
        sums.set(key, { ...known, distance_m: known.distance_m + walk.distance_m, walk_count: known.walk_count + 1 })
      }
    }
  }
  return [...sums.values()]
}

/** The standings of weeks and months. Walks that came after the closing are not in them. The better people are counted one by one. */
function oracle(walks: readonly WalkOf[], areasOf: (region: string | null) => string[]): Standing[] {
  const periodsOf = ({ started_at, completed_at }: WalkOf) =>
    (['weekly', 'monthly'] as const)
      .map((kind) => periodAt(kind, started_at))
      .flatMap(({ key, closes_at }) => (completed_at < closes_at ? [key] : []))
  const all = sum(walks, areasOf, periodsOf)
  const isBetter = (a: (typeof all)[0], b: (typeof all)[0]) =>
    a.distance_m > b.distance_m || (a.distance_m === b.distance_m && a.walk_count > b.walk_count)
  return all.map((one) => ({
    ...one,
    rank: 1 + all.filter((other) => other.period === one.period && other.area === one.area && isBetter(other, one)).length,
  }))
}

type Listed = { user_id: string | undefined; period?: string; area: string }
const byKey = (a: Listed, b: Listed) => (`${a.user_id} ${a.period} ${a.area}` < `${b.user_id} ${b.period} ${b.area}` ? -1 : 1)

async function ranksOf(ids: readonly string[], periods: readonly string[]) {
  if (periods.length === 0) return []
  const { rows } = await createTestDeps().db.execute<Omit<Standing, 'walker'> & { user_id: string }>(`
    SELECT user_id, period_key AS period, area_code AS area, distance_m, walk_count, live_rank(user_id, period_key, area_code)::int AS rank
    FROM rankings
    WHERE standing > 0
      AND period_key IN (${[...new Set(periods)].map((key) => `'${key}'`).join()})
      AND user_id IN (${ids.map((id) => `'${id}'`).join()})`)
  return rows.toSorted(byKey)
}

/** Reads only the sums of all time and no ranks, because the board of the nation holds people of other tests as well. */
async function allTimeSumsOf(ids: readonly string[]) {
  const { rows } = await createTestDeps().db.execute<{ user_id: string; area: string; distance_m: number; walk_count: number }>(`
    SELECT user_id, area_code AS area, distance_m, walk_count
    FROM rankings
    WHERE standing > 0 AND period_key = 'all' AND user_id IN (${ids.map((id) => `'${id}'`).join()})`)
  return rows.toSorted(byKey)
}

it('after all of that the bins of every board count its standings', async () => {
  const ours = boards.map((code) => `'${code}'`).join()
  const { rows } = await createTestDeps().db.execute(`
    SELECT period_key, area_code, digits, floor_m, users, counted
    FROM ranking_histogram
    FULL JOIN (
      SELECT period_key, area_code, level.digits, bin_floor(level.digits, distance_m) AS floor_m, count(*)::int AS counted
      FROM rankings
      CROSS JOIN LATERAL generate_series(coarsest_digits(area_code), finest_digits(area_code)) AS level (digits)
      WHERE standing > 0
      GROUP BY 1, 2, 3, 4
    ) AS counted USING (period_key, area_code, digits, floor_m)
    WHERE coalesce(users, 0) <> coalesce(counted, 0) AND (
      area_code IN (${ours})
      OR (area_code = '${NATION}' AND period_key IN (SELECT period_key FROM rankings WHERE area_code IN (${ours}) AND period_key <> 'all'))
    )`)
  expect(rows).toEqual([])
})
