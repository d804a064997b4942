import { sql } from 'drizzle-orm'
import * as fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { listBadges } from '../../../src/modules/badges/service.ts'
import { getStreak } from '../../../src/modules/streaks/service.ts'
import { createTestDeps } from '../../support/api.ts'
import { histories } from '../../support/histories.ts'
import { catalogue } from './catalogue.ts'
import { type Act, beginHistory, type History, play, type WalkPlan } from './history.ts'
import * as oracle from './oracle.ts'

const RUNS = histories(500)
const { db } = createTestDeps()

/** At sea, where nobody else's test walks: metres east and north of there. */
const at = (east: number, north: number): oracle.Place => [126 + east / 92_640, 33.7 + north / 110_910]
/** Starts 300 to 400 m from their neighbours and more than 550 m from the next, so that whether one is a place hangs on which others are. */
const STARTS = [at(0, 0), at(300, 0), at(600, 0), at(900, 0), at(150, 350), at(450, 350), at(750, 350), at(450, -350)]
const KINDS = ['park', 'park', 'beach', 'park', 'mountain', 'park', 'beach', 'park'] as const
const PLACES: readonly oracle.KnownPlace[] = KINDS.map((kind, i) => ({
  id: crypto.randomUUID(),
  kind,
  middle: at(600 * i, 3_000),
  radius_m: 100,
}))

beforeAll(async () => {
  const rows = PLACES.map(({ id, kind, middle: [lng, lat], radius_m }) => ({ id, kind, lng, lat, radius_m }))
  await db.execute(sql`
    INSERT INTO places (id, code, kind, name, counts_for_badges, area)
    SELECT id, id, kind, kind, true, ST_Buffer(ST_MakePoint(lng, lat)::geography, radius_m)
    FROM json_to_recordset(${JSON.stringify(rows)}) AS place (id uuid, kind place_kind, lng float8, lat float8, radius_m int)`)
})

const way = fc
  .record({ start: fc.nat(STARTS.length - 1), from: fc.nat(KINDS.length - 1), until: fc.nat(KINDS.length - 1), isTour: fc.boolean() })
  .map(({ start, from, until, isTour }) => {
    const [lng, lat] = STARTS[start]!
    return isTour ? [STARTS[start]!, PLACES[from]!.middle, PLACES[until]!.middle] : [STARTS[start]!, [lng, lat + 0.001] as const]
  })

const TIMES = ['00:00:00', '03:59:59', '04:00:00', '05:59:59', '06:00:00', '12:00:00', '21:59:59', '22:00:00', '23:59:30', '23:59:59']
const pets = fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 2 })
const walkPlan: fc.Arbitrary<WalkPlan> = fc.record({
  daysAgo: fc.nat(9),
  time: fc.constantFrom(...TIMES),
  way,
  distance_m: fc.constantFrom(500, 999, 1_000, 4_000, 9_999, 10_000, 30_000),
  duration_sec: fc.constantFrom(600, 3_599, 3_600, 17_400, 36_000),
  is_valid: fc.constantFrom(true, true, true, true, true, false),
  pets,
})
/** Day after day, sent in any order; without some days, as single gaps are what rest days are for. */
const dailyWalks = fc
  .record({ walk: walkPlan, days: fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 3, maxLength: 5 }) })
  .chain(({ walk, days }) =>
    fc
      .shuffledSubarray(days, { minLength: days.length })
      .map((order): Act => ({ act: 'sync', walks: order.map((day) => ({ ...walk, is_valid: true, daysAgo: walk.daysAgo + day })) })),
  )
const number = fc.nat(30)
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('sync'), walks: fc.array(walkPlan, { minLength: 1, maxLength: 3 }) }) },
  { weight: 3, arbitrary: dailyWalks },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('complete'), walk: walkPlan }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constantFrom('delete', 'delete', 'restore'), walk: number }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('judge'), walk: number, is_valid: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('pets'), walk: number, pets }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('facts'),
      walk: number,
      pty: fc.constantFrom('0', '1', '2', '3', 'drizzle', 'flurry', null),
      photo_count: fc.constantFrom(0, 9, 10, 30),
      company: fc.constantFrom(0, 1, 2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('birth'),
      pet: fc.nat(2),
      birth_date: fc.constantFrom('2024-02-29', '2020-03-01', '2021-01-01', null),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('premium'),
      fromHours: fc.integer({ min: -400, max: 30 }),
      hours: fc.integer({ min: 1, max: 900 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('revoke', 'win') }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('wait'), hours: fc.constantFrom(1, 5, 13, 24, 25, 48, 49, 120) }) },
) as fc.Arbitrary<Act>

/** Days on which something turns: the year, a season, February, a month, a week. */
const DAYS = [
  '2027-01-01',
  '2026-12-25',
  '2027-02-28',
  '2028-02-29',
  '2027-03-01',
  '2028-03-02',
  '2027-06-01',
  '2026-09-01',
  '2026-11-30',
  '2026-08-03',
]

it('keeps facts, places, streaks, badges and answers that are what the walks say, after any history', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...DAYS),
      fc.integer({ min: -72, max: 240 }),
      fc.boolean(),
      dailyWalks,
      fc.array(act, { minLength: 1, maxLength: 4 }),
      async (day, hours, isPremium, first, acts) => {
        const history = await beginHistory(db, {
          at: oracle.inSeoul(day, '12:00:00') + hours * 3_600_000,
          birth_dates: ['2024-02-29', `2020${day.slice(4)}`.replace('02-29', '02-28'), null],
          places: PLACES,
          catalogue,
        })
        if (isPremium) await play(history, { act: 'premium', fromHours: -1_000, hours: 2_000 })
        for (const one of [first, ...acts]) await play(history, one)
        await expectWhatTheWalksSay(history)
      },
    ),
    { numRuns: RUNS, interruptAfterTimeLimit: 580_000, markInterruptAsFailure: true },
  )
}, 600_000)

async function expectWhatTheWalksSay({ actor, person, held, now }: History): Promise<void> {
  const { rows } = await db.execute(stored(actor.user_id))
  expect(rows[0]).toEqual(factsOf(person, held))

  // What GET /badges and GET /streak answer, less the door: five hundred times through it takes half as long again.
  const deps = { db, now: () => new Date(now) }
  const all = await listBadges(deps, actor, { sort: 'category' })
  const badges = all.filter(({ code }) => code === null || catalogue.some((badge) => badge.code === code))
  const expected = catalogue.map((badge) => oracle.shown(badge, person, held, now))
  expect(
    badges.map(({ status, progress_value, progress_percent, earned_at, earned_years }) => ({
      status,
      progress_value,
      progress_percent,
      earned_at: earned_at && Date.parse(earned_at),
      earned_years,
    })),
  ).toEqual(expected)

  const run = oracle.currentRun(person, now)
  const today = oracle.streakDay(now)
  const rested = oracle.restDays(person)
  expect(await getStreak(deps, actor)).toMatchObject({
    current: run?.days ?? 0,
    best: oracle.longestRun(person),
    today,
    is_today_done: run?.last_day === today,
    first_day: run?.first_day ?? null,
    last_day: run?.last_day ?? null,
    rest_day: {
      allowance: oracle.isPremiumAt(person, now) ? 1 : 0,
      used_on: rested.find((rest) => rest.slice(0, 7) === today.slice(0, 7)) ?? null,
      is_holding: run !== null && run.last_day < oracle.addDays(today, -1),
    },
    rest_days: rested.toReversed(),
  })
}

/** All that is kept of a person beside the walks; facts that are nothing may be there or not. */
const stored = (userId: string) => sql`
  SELECT (SELECT coalesce(json_agg(json_build_array(day, walk_count, distance_m, duration_sec) ORDER BY day), '[]')
          FROM user_days WHERE user_id = ${userId} AND (walk_count, distance_m, duration_sec) <> (0, 0, 0)) AS days,
         (SELECT coalesce(json_agg(json_build_array(walk_count, distance_m, duration_sec)), '[]')
          FROM user_totals WHERE user_id = ${userId} AND (walk_count, distance_m, duration_sec) <> (0, 0, 0)) AS totals,
         (SELECT coalesce(json_agg(json_build_array(day, metric, value) ORDER BY day, metric::text COLLATE "C"), '[]')
          FROM metric_days WHERE user_id = ${userId} AND value <> 0) AS metric_days,
         (SELECT coalesce(json_agg(json_build_array(metric, value) ORDER BY metric::text COLLATE "C"), '[]')
          FROM metric_totals WHERE user_id = ${userId} AND value <> 0) AS metric_totals,
         (SELECT coalesce(json_agg(json_build_array(walk_id, is_place) ORDER BY walk_id), '[]')
          FROM walk_starts WHERE user_id = ${userId}) AS starts,
         (SELECT coalesce(json_agg(json_build_array(walk_id, place_id, day) ORDER BY walk_id, place_id), '[]')
          FROM place_visits WHERE user_id = ${userId}) AS visits,
         (SELECT coalesce(json_agg(json_build_array(first_day, last_day, days) ORDER BY first_day), '[]')
          FROM streak_runs WHERE user_id = ${userId}) AS runs,
         (SELECT coalesce(json_agg(json_build_array(month, day) ORDER BY day), '[]') FROM rest_days WHERE user_id = ${userId}) AS rest_days,
         (SELECT coalesce(json_agg(json_build_array(code, season_year, extract(epoch FROM earned_at) * 1000, walk_id,
                                                    extract(epoch FROM first_walk_at) * 1000, walk_count, day_count) ORDER BY code COLLATE "C", season_year), '[]')
          FROM user_badges JOIN badges ON badges.id = badge_id WHERE user_id = ${userId}) AS held`

function factsOf(person: oracle.Person, held: readonly oracle.Held[]) {
  const walks = oracle.counted(person)
  const days = [...new Set(walks.map(({ started_at }) => oracle.seoulDay(started_at)))].toSorted()
  const on = (day: string) => walks.filter(({ started_at }) => oracle.seoulDay(started_at) === day)
  const sum = (of: oracle.OracleWalk[], value: (walk: oracle.OracleWalk) => number) => of.reduce((total, walk) => total + value(walk), 0)
  const figures = (of: oracle.OracleWalk[]) => [
    of.length,
    sum(of, ({ distance_m }) => distance_m),
    sum(of, ({ duration_sec }) => duration_sec),
  ]
  const metrics = [
    'birthday_walks',
    'early_bird_walks',
    'new_year_walks',
    'night_owl_walks',
    'rain_walks',
    'snow_walks',
    'together_walks',
    'walk_photos',
  ]
  const gained = (of: oracle.OracleWalk[]) =>
    metrics.map((metric): [string, number] => [metric, sum(of, (walk) => oracle.gainsOf(walk)[metric]!)]).filter(([, value]) => value > 0)
  const places = oracle.newPlaces(person)
  const byText = (a: string, b: string) => (a < b ? -1 : 1)
  return {
    days: days.map((day) => [day, ...figures(on(day))]),
    totals: walks.length > 0 ? [figures(walks)] : [],
    metric_days: days.flatMap((day) => gained(on(day)).map((gain) => [day, ...gain])),
    metric_totals: gained(walks),
    starts: walks.map(({ id }) => [id, places.includes(id)] as const).toSorted(([a], [b]) => byText(a, b)),
    visits: walks
      .flatMap((walk) => oracle.visitedPlaces(person, walk).map(({ id }) => [walk.id, id, oracle.seoulDay(walk.started_at)] as const))
      .toSorted((a, b) => byText(a[0] + a[1], b[0] + b[1])),
    runs: oracle.streakRuns(person).map(({ first_day, last_day, days: count }) => [first_day, last_day, count]),
    rest_days: oracle.restDays(person).map((day) => [`${day.slice(0, 7)}-01`, day]),
    held: held
      .toSorted((a, b) => byText(a.code, b.code) || a.season_year - b.season_year)
      .map(({ code, season_year, earned_at, walk_id, first_walk_at, walk_count, day_count }) => [
        code,
        season_year,
        earned_at,
        walk_id,
        first_walk_at,
        walk_count,
        day_count,
      ]),
  }
}
