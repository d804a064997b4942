import { sql } from 'drizzle-orm'
import { type Db, runBatch } from '../../../db/client.ts'

/** Compiling these statements takes longer than running them: Postgres takes them for larger than they are. */
const INTERPRETED = sql`SET LOCAL jit = off`

/** People from one id to another, both included. */
export interface UserRange {
  readonly from: string
  readonly to: string
}

/** Adds up all walks of the people in a range. Answers the next `limit` people after `after` whose stored sums or standings differ from that. */
export async function listUsersAmiss(
  db: Db,
  { from, to }: UserRange,
  { after, limit }: { after: string | null; limit: number },
): Promise<{ user_ids: string[]; checked: number }> {
  const isInRange = (userId: string) => sql`${sql.identifier(userId)} BETWEEN ${from}::uuid AND ${to}::uuid`
  const { amiss } = await runBatch(db, {
    interpreted: INTERPRETED,
    amiss: sql<{ user_ids: string[]; checked: number }>`
    WITH walked AS MATERIALIZED (
      SELECT user_id, coalesce(region_code, nation()) AS region_code, seoul_day(started_at) AS day, started_at, completed_at, distance_m
      FROM walks
      WHERE is_valid AND is_ranked AND deleted_at IS NULL AND source = 'recorded' AND ${isInRange('user_id')}
    ), months AS (
      SELECT user_id, date_trunc('month', day::timestamp)::date AS month, region_code AS area_code, count(*)::int AS walk_count,
             sum(distance_m)::int AS distance_m, max(started_at) AS last_walk_at
      FROM walked
      GROUP BY 1, 2, 3
    ), months_amiss AS (
      SELECT user_id
      FROM months
      FULL JOIN (SELECT * FROM area_months WHERE ${isInRange('user_id')}) AS stored USING (user_id, month, area_code)
      WHERE (months.walk_count, months.distance_m, months.last_walk_at) IS DISTINCT FROM (stored.walk_count, stored.distance_m, stored.last_walk_at)
    ), counted AS (
      SELECT walked.user_id, period.period_key, walked.region_code, walked.distance_m, walked.started_at
      FROM walked
      CROSS JOIN LATERAL ranking_periods_of(walked.day) AS period
      WHERE walked.completed_at < period.closes_at
        AND period.period_key NOT IN (SELECT period_key FROM ranking_periods WHERE closed_at IS NOT NULL)
      UNION ALL
      SELECT user_id, 'all', region_code, distance_m, started_at FROM walked
    ), areas AS MATERIALIZED (
      SELECT given.region_code, area.area_code
      FROM (SELECT DISTINCT region_code FROM walked) AS given
      CROSS JOIN LATERAL areas_around(given.region_code) AS area
    ), standings AS (
      SELECT counted.user_id, counted.period_key, areas.area_code, count(*)::int AS walk_count, sum(counted.distance_m)::int AS distance_m,
             max(counted.started_at) AS last_walk_at
      FROM counted
      JOIN areas ON areas.region_code = counted.region_code
      JOIN users ON users.id = counted.user_id AND users.deleted_at IS NULL
      GROUP BY 1, 2, 3
    ), standings_amiss AS (
      SELECT user_id
      FROM standings
      FULL JOIN (
        SELECT *
        FROM rankings
        WHERE standing > 0 AND ${isInRange('user_id')}
          AND period_key NOT IN (SELECT period_key FROM ranking_periods WHERE closed_at IS NOT NULL)
      ) AS stored USING (user_id, period_key, area_code)
      WHERE (standings.walk_count, standings.distance_m, standings.last_walk_at) IS DISTINCT FROM (stored.walk_count, stored.distance_m, stored.last_walk_at)
    ), amiss AS (
      SELECT user_id
      FROM (SELECT user_id FROM months_amiss UNION SELECT user_id FROM standings_amiss) AS either
      WHERE ${after === null} OR user_id > ${after}::uuid
      ORDER BY user_id
      LIMIT ${limit}
    )
    SELECT coalesce((SELECT json_agg(user_id ORDER BY user_id) FROM amiss), '[]') AS user_ids, (SELECT count(DISTINCT user_id)::int FROM walked) AS checked`,
  })
  return amiss[0] ?? { user_ids: [], checked: 0 }
}

/** Folds everything of these people again, each in a batch of their own. */
export async function refoldUsers(db: Db, userIds: readonly string[]): Promise<void> {
  for (const userId of userIds) {
    await runBatch(db, {
      lock: sql`SELECT 1 FROM users WHERE id = ${userId} FOR NO KEY UPDATE`,
      refolded: sql`SELECT refold_rankings(${userId}::uuid)`,
    })
  }
}

/** Boards from one area to below another, and of these boards the standings from one distance to below another. */
export interface BinRange {
  readonly from_area: string
  readonly below_area: string
  readonly from_m: number
  readonly below_m: number
}

/** Lists the codes of all sigungus, in order. */
export async function listSigunguCodes(db: Db): Promise<string[]> {
  const { rows } = await db.execute<{ code: string }>(sql`SELECT code FROM regions WHERE level = 'sigungu' ORDER BY code COLLATE "C"`)
  return rows.map(({ code }) => code)
}

/** Counts bins of one period again and adds the difference, so that people who move meanwhile still count. Answers how many bins were wrong. */
export async function mendHistogram(db: Db, periodKey: string, { from_area, below_area, from_m, below_m }: BinRange): Promise<number> {
  const { mended } = await runBatch(db, {
    interpreted: INTERPRETED,
    mended: sql`
    WITH counted AS (
      SELECT area_code, level.digits, bin_floor(level.digits, histogram_m) AS floor_m, sum(finest.users)::int AS users
      FROM (
        SELECT area_code, histogram_m, count(*) AS users
        FROM rankings
        WHERE period_key = ${periodKey} AND area_code >= ${from_area} AND area_code < ${below_area}
          AND standing >= standing_of(${from_m}, 0) AND standing < standing_of(${below_m}, 0)
          AND histogram_m IS NOT NULL
        GROUP BY area_code, histogram_m
      ) AS finest
      CROSS JOIN LATERAL generate_series(coarsest_digits(area_code), finest_digits(area_code)) AS level (digits)
      GROUP BY 1, 2, 3
    ), off AS (
      SELECT area_code, digits, floor_m, coalesce(counted.users, 0) - coalesce(stored.users, 0) AS users
      FROM counted
      FULL JOIN (
        SELECT area_code, digits, floor_m, users
        FROM ranking_histogram
        WHERE period_key = ${periodKey} AND area_code >= ${from_area} AND area_code < ${below_area} AND floor_m >= ${from_m} AND floor_m < ${below_m}
      ) AS stored USING (area_code, digits, floor_m)
      WHERE coalesce(counted.users, 0) <> coalesce(stored.users, 0)
    )
    INSERT INTO ranking_histogram AS bin (period_key, area_code, digits, floor_m, users)
    SELECT ${periodKey}, area_code, digits, floor_m, users
    FROM off
    ORDER BY area_code, digits, floor_m
    ON CONFLICT (period_key, area_code, digits, floor_m) DO UPDATE SET users = bin.users + excluded.users
    RETURNING 1`,
  })
  return mended.length
}
