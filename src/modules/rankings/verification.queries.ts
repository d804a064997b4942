import { sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../db/client.ts'

/** Users from one id to another, both included. */
export interface UserRange {
  readonly from: string
  readonly to: string
}

/** Adds everybody's walks in the range up from the beginning, and answers whose stored sums or places are not that; at most `limit`. */
export async function listUsersAmiss(db: Db, { from, to }: UserRange, limit: number): Promise<{ user_ids: string[]; checked: number }> {
  const isInRange = (userId: string) => sql`${sql.identifier(userId)} BETWEEN ${from}::uuid AND ${to}::uuid`
  const row = await firstRow<{ user_ids: string[]; checked: number }>(
    db,
    sql`
    WITH walked AS MATERIALIZED (
      SELECT user_id, coalesce(region_code, nation()) AS region_code, seoul_day(started_at) AS day, started_at, completed_at, distance_m
      FROM walks
      WHERE is_valid AND deleted_at IS NULL AND ${isInRange('user_id')}
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
    ), places AS (
      SELECT counted.user_id, counted.period_key, areas.area_code, count(*)::int AS walk_count, sum(counted.distance_m)::int AS distance_m,
             max(counted.started_at) AS last_walk_at
      FROM counted
      JOIN areas ON areas.region_code = counted.region_code
      JOIN users ON users.id = counted.user_id AND users.deleted_at IS NULL
      GROUP BY 1, 2, 3
    ), places_amiss AS (
      SELECT user_id
      FROM places
      FULL JOIN (
        SELECT *
        FROM rankings
        WHERE standing > 0 AND ${isInRange('user_id')}
          AND period_key NOT IN (SELECT period_key FROM ranking_periods WHERE closed_at IS NOT NULL)
      ) AS stored USING (user_id, period_key, area_code)
      WHERE (places.walk_count, places.distance_m, places.last_walk_at) IS DISTINCT FROM (stored.walk_count, stored.distance_m, stored.last_walk_at)
    ), amiss AS (
      SELECT user_id FROM months_amiss
      UNION
      SELECT user_id FROM places_amiss
      LIMIT ${limit}
    )
    SELECT coalesce((SELECT json_agg(user_id) FROM amiss), '[]') AS user_ids, (SELECT count(DISTINCT user_id)::int FROM walked) AS checked`,
  )
  return row ?? { user_ids: [], checked: 0 }
}

/** Folds everything of these people again, each as if alone. */
export async function refoldUsers(db: Db, userIds: readonly string[]): Promise<void> {
  for (const userId of userIds) {
    await db.batch([
      db.execute(sql`SELECT 1 FROM users WHERE id = ${userId} FOR NO KEY UPDATE`),
      db.execute(sql`SELECT refold_rankings(${userId}::uuid)`),
    ])
  }
}

/** Counts the nation's bins of one period from one distance to below another again, and mends them by the difference, which leaves room for those who move meanwhile; how many were off. */
export async function mendHistogram(db: Db, periodKey: string, { fromM, belowM }: { fromM: number; belowM: number }): Promise<number> {
  const { rowCount } = await db.execute(sql`
    WITH counted AS (
      SELECT histogram_m AS floor_m, count(*)::int AS users
      FROM rankings
      WHERE period_key = ${periodKey} AND area_code = nation()
        AND standing >= standing_of(${fromM}, 0) AND standing < standing_of(${belowM}, 0)
        AND histogram_m IS NOT NULL
      GROUP BY histogram_m
    ), off AS (
      SELECT floor_m, coalesce(counted.users, 0) - coalesce(stored.users, 0) AS users
      FROM counted
      FULL JOIN (
        SELECT floor_m, users FROM ranking_histogram WHERE period_key = ${periodKey} AND floor_m >= ${fromM} AND floor_m < ${belowM}
      ) AS stored USING (floor_m)
      WHERE coalesce(counted.users, 0) <> coalesce(stored.users, 0)
    )
    INSERT INTO ranking_histogram AS bin (period_key, floor_m, users)
    SELECT ${periodKey}, floor_m, users
    FROM off
    ORDER BY floor_m
    ON CONFLICT (period_key, floor_m) DO UPDATE SET users = bin.users + excluded.users`)
  return rowCount
}
