import { type SQL, sql } from 'drizzle-orm'
import { asArray } from '../../../db/array.ts'
import { type Db, runBatch } from '../../../db/client.ts'
import type { HallCategory } from '../schema.ts'

export interface HallSubject {
  readonly category: HallCategory
  readonly period_key: string
  /** The months that are added up. It is empty for a category of all time. */
  readonly months: readonly string[]
}

export interface Candidate {
  readonly user_id: string
  readonly rank: number
  readonly distance_m: number
  readonly walk_count: number
  readonly days: number | null
  readonly from_day: string | null
  readonly until_day: string | null
  /** Walks behind the claim that have not been examined yet: the first `UNEXAMINED_MAX` of them. */
  readonly unexamined: string[]
}

/** One message examines no more than these. */
const UNEXAMINED_MAX = 20

/** Whether somebody has a ranked walk that was examined and is not beyond doubt. Such a walk keeps a claim that rests on it out of the hall. */
const hasDoubt = (userId: SQL, isAmong: SQL): SQL => sql`EXISTS (
            SELECT 1
            FROM walks doubtful
            WHERE doubtful.user_id = ${userId} AND NOT doubtful.is_beyond_doubt AND doubtful.is_valid AND doubtful.is_ranked AND doubtful.deleted_at IS NULL AND ${isAmong}
          )`

/** Lists who would be in the hall as things stand, the best first. Equals share a rank. */
export async function listCandidates(db: Db, subject: HallSubject, limit: number): Promise<Candidate[]> {
  const { rows } = await db.execute<Candidate & Record<string, unknown>>(sql`
    WITH best AS (${bestOf(subject, limit)})
    SELECT best.user_id, best.rank::int AS rank, best.distance_m::int AS distance_m, best.walk_count::int AS walk_count,
           best.days, to_json(best.from_day) AS from_day, to_json(best.until_day) AS until_day,
           coalesce(made_of.unexamined, '[]') AS unexamined
    FROM best
    CROSS JOIN LATERAL (
      SELECT json_agg(found.id) AS unexamined
      FROM (
        SELECT walks.id
        FROM walks
        WHERE walks.user_id = best.user_id
          AND walks.is_valid AND walks.is_ranked AND walks.deleted_at IS NULL
          AND (best.walk_id IS NULL OR walks.id = best.walk_id)
          AND walks.started_at >= best.from_at
          AND walks.started_at < best.until_at
          AND walks.is_beyond_doubt IS NULL
        LIMIT ${UNEXAMINED_MAX}
      ) AS found
    ) AS made_of
    ORDER BY best.rank, best.user_id`)
  return rows
}

/** Selects the best by category. `walk_id`, `from_at` and `until_at` say which walks a candidate's claim rests on. */
function bestOf({ category, months }: HallSubject, limit: number): SQL {
  const seoul = (day: SQL) => sql`(${day})::timestamp AT TIME ZONE 'Asia/Seoul'`
  const isPresent = (userId: SQL) => sql`EXISTS (SELECT 1 FROM users WHERE users.id = ${userId} AND users.deleted_at IS NULL)`
  const everything = sql`NULL::uuid AS walk_id, '-infinity'::timestamptz AS from_at, 'infinity'::timestamptz AS until_at`
  switch (category) {
    case 'longest_walk':
      return sql`
      SELECT longest.user_id, rank() OVER (ORDER BY longest.distance_m DESC) AS rank, longest.distance_m, 1 AS walk_count, NULL::int AS days,
             seoul_day(longest.started_at) AS from_day, seoul_day(longest.started_at) AS until_day,
             longest.id AS walk_id, '-infinity'::timestamptz AS from_at, 'infinity'::timestamptz AS until_at
      FROM (
        SELECT walks.id, walks.user_id, walks.distance_m, walks.started_at
        FROM walks
        WHERE walks.is_valid AND walks.is_ranked AND walks.deleted_at IS NULL
          AND walks.is_beyond_doubt IS NOT FALSE
          AND ${isPresent(sql`walks.user_id`)}
          AND NOT EXISTS (
            SELECT 1
            FROM walks longer
            WHERE longer.user_id = walks.user_id AND longer.is_valid AND longer.is_ranked AND longer.deleted_at IS NULL
              AND (longer.distance_m, longer.id) > (walks.distance_m, walks.id)
          )
        ORDER BY walks.distance_m DESC
        LIMIT ${limit}
      ) AS longest`
    case 'longest_streak':
      return sql`
      SELECT longest.user_id, rank() OVER (ORDER BY longest.days DESC) AS rank, counted.distance_m, counted.walk_count, longest.days,
             longest.first_day AS from_day, longest.last_day AS until_day, NULL::uuid AS walk_id, longest.from_at, longest.until_at
      FROM (
        SELECT runs.user_id, runs.days, runs.first_day, runs.last_day, span.from_at, span.until_at
        FROM streak_runs runs
        CROSS JOIN LATERAL (
          SELECT (runs.first_day + time '04:00') AT TIME ZONE 'Asia/Seoul' AS from_at, (runs.last_day + 1 + time '04:00') AT TIME ZONE 'Asia/Seoul' AS until_at
        ) AS span
        WHERE ${isPresent(sql`runs.user_id`)}
          AND NOT ${hasDoubt(sql`runs.user_id`, sql`doubtful.started_at >= span.from_at AND doubtful.started_at < span.until_at`)}
          -- Each of its days has a ranked walk.
          AND runs.days = (
            SELECT count(DISTINCT streak_day(walks.started_at))
            FROM walks
            WHERE walks.user_id = runs.user_id AND walks.is_valid AND walks.is_ranked AND walks.deleted_at IS NULL
              AND walks.started_at >= span.from_at AND walks.started_at < span.until_at
          )
          AND NOT EXISTS (
            SELECT 1 FROM streak_runs longer WHERE longer.user_id = runs.user_id AND (longer.days, longer.first_day) > (runs.days, runs.first_day)
          )
        ORDER BY runs.days DESC
        LIMIT ${limit}
      ) AS longest
      CROSS JOIN LATERAL (
        SELECT sum(walks.distance_m) AS distance_m, count(*) AS walk_count
        FROM walks
        WHERE walks.user_id = longest.user_id AND walks.is_valid AND walks.is_ranked AND walks.deleted_at IS NULL
          AND walks.started_at >= longest.from_at AND walks.started_at < longest.until_at
      ) AS counted`
    case 'total_distance':
      return sql`
      SELECT farthest.user_id, rank() OVER (ORDER BY farthest.standing DESC) AS rank, farthest.distance_m, farthest.walk_count, NULL::int AS days,
             NULL::date AS from_day, NULL::date AS until_day, ${everything}
      FROM (
        SELECT rankings.user_id, rankings.standing, rankings.distance_m, rankings.walk_count
        FROM rankings
        WHERE rankings.period_key = 'all' AND rankings.area_code = nation() AND rankings.standing > 0
          AND NOT ${hasDoubt(sql`rankings.user_id`, sql`true`)}
        ORDER BY rankings.standing DESC
        LIMIT ${limit}
      ) AS farthest`
    case 'month_mvp':
    case 'season_champion': {
      const first = sql`${months[0]}::text || '-01'`
      const last = sql`${months.at(-1)}::text || '-01'`
      const [fromAt, untilAt] = [seoul(sql`(${first})::date`), seoul(sql`(${last})::date + interval '1 month'`)]
      const isEligible = sql`${isPresent(sql`rankings.user_id`)}
            AND NOT ${hasDoubt(sql`rankings.user_id`, sql`doubtful.started_at >= ${fromAt} AND doubtful.started_at < ${untilAt}`)}`
      const ofNation = (key: SQL) => sql`rankings.period_key = ${key} AND rankings.area_code = nation() AND rankings.standing > 0`
      const sumOf = (userId: SQL) => sql`
        SELECT sum(rankings.distance_m)::int AS distance_m, sum(rankings.walk_count)::int AS walk_count
        FROM rankings
        WHERE rankings.user_id = ${userId} AND rankings.period_key = ANY (${asArray(months)}::text[]) AND rankings.area_code = nation()`
      // Adding up everybody would take too long. The sums of each month's best give a total that the last of the hall has at least. Whoever has as much in all has
      // that total, divided by the number of months, in at least one month. Only these people are added up.
      return sql`
      SELECT farthest.user_id, rank() OVER (ORDER BY farthest.standing DESC) AS rank, farthest.distance_m, farthest.walk_count, NULL::int AS days,
             NULL::date AS from_day, NULL::date AS until_day,
             NULL::uuid AS walk_id, ${fromAt} AS from_at, ${untilAt} AS until_at
      FROM (
        WITH months AS (
          SELECT unnest(${asArray(months)}::text[]) AS period_key
        ), likely AS (
          SELECT DISTINCT best.user_id
          FROM months
          CROSS JOIN LATERAL (
            SELECT rankings.user_id
            FROM rankings
            WHERE ${ofNation(sql`months.period_key`)} AND ${isEligible}
            ORDER BY rankings.standing DESC
            LIMIT ${10 * limit}
          ) AS best
        ), least AS (
          SELECT summed.distance_m AS total_m
          FROM likely
          CROSS JOIN LATERAL (${sumOf(sql`likely.user_id`)}) AS summed
          ORDER BY summed.distance_m DESC
          OFFSET ${limit - 1}
          LIMIT 1
        ), possible AS (
          SELECT DISTINCT rankings.user_id
          FROM months
          JOIN rankings ON ${ofNation(sql`months.period_key`)}
          WHERE rankings.standing >= standing_of(coalesce((SELECT total_m FROM least), 0) / ${months.length}, 0)
            AND ${isEligible}
        )
        SELECT possible.user_id, summed.distance_m, summed.walk_count, standing_of(summed.distance_m, summed.walk_count) AS standing
        FROM possible
        CROSS JOIN LATERAL (${sumOf(sql`possible.user_id`)}) AS summed
        ORDER BY standing DESC
        LIMIT ${limit}
      ) AS farthest`
    }
  }
}

/** Replaces what the hall says on a subject by `entries`. */
export async function replaceHall(db: Db, { category, period_key }: HallSubject, entries: readonly Candidate[], now: Date): Promise<void> {
  await runBatch(db, {
    gone: sql`
      DELETE FROM hall_of_fame
      WHERE category = ${category} AND period_key = ${period_key} AND user_id <> ALL (${asArray(entries.map(({ user_id }) => user_id))}::uuid[])`,
    entries: sql`
      INSERT INTO hall_of_fame (category, period_key, user_id, rank, distance_m, walk_count, days, from_day, until_day, written_at)
      SELECT ${category}, ${period_key}, entry.user_id, entry.rank, entry.distance_m, entry.walk_count, entry.days, entry.from_day, entry.until_day, ${now.toISOString()}
      FROM json_to_recordset(${JSON.stringify(entries)})
        AS entry (user_id uuid, rank int, distance_m int, walk_count int, days int, from_day date, until_day date)
      JOIN users ON users.id = entry.user_id
      ON CONFLICT (category, period_key, user_id) DO UPDATE
      SET rank = excluded.rank, distance_m = excluded.distance_m, walk_count = excluded.walk_count, days = excluded.days,
          from_day = excluded.from_day, until_day = excluded.until_day, written_at = excluded.written_at`,
  })
}
