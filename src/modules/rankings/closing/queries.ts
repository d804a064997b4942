import { sql } from 'drizzle-orm'
import { asArray } from '../../../db/array.ts'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { giveBadges } from '../../facts/sql.ts'
import type { Period } from '../periods.ts'

/** Takes a snapshot of weeks. From now on people without premium see these weeks as they stand now. */
export async function insertSnapshot(db: Db, periodKeys: readonly string[], at: Date): Promise<void> {
  await db.execute(sql`
    INSERT INTO ranking_periods AS period (period_key, snapshot, snapshot_at)
    SELECT given.period_key, 1, ${at.toISOString()} FROM unnest(${asArray(periodKeys)}::text[]) AS given (period_key)
    ON CONFLICT (period_key) DO UPDATE
    SET snapshot = period.snapshot + 1, snapshot_at = greatest(period.snapshot_at, excluded.snapshot_at)`)
}

export interface PeriodState {
  readonly period_key: string
  readonly is_ranked: boolean
  readonly is_closed: boolean
}

/** Lists those of the periods in which somebody walked and that are not finished. */
export async function listUnfinishedPeriods(db: Db, periods: readonly Period[]): Promise<PeriodState[]> {
  const { rows } = await db.execute<PeriodState & Record<string, unknown>>(sql`
    SELECT given.period_key, known.ranked_at IS NOT NULL AS is_ranked, known.closed_at IS NOT NULL AS is_closed
    FROM unnest(${asArray(periods.map(({ key }) => key))}::text[]) WITH ORDINALITY AS given (period_key, position)
    LEFT JOIN ranking_periods known ON known.period_key = given.period_key
    WHERE known.finished_at IS NULL
      -- The scalar subquery looks once into the index for each period. The planner may make a hash of all rows from an EXISTS.
      AND (known.closed_at IS NOT NULL OR (SELECT true FROM rankings WHERE rankings.period_key = given.period_key LIMIT 1))
    ORDER BY given.position`)
  return rows
}

/** Notes a step of a period's end. A step that was noted before keeps its time. The lock waits for transactions that are changing the period. */
export async function notePeriod(db: Db, periodKey: string, step: 'ranked_at' | 'closed_at' | 'finished_at', at: Date): Promise<void> {
  const column = sql.identifier(step)
  await runBatch(db, {
    known: sql`INSERT INTO ranking_periods (period_key) VALUES (${periodKey}) ON CONFLICT DO NOTHING`,
    lock: sql`SELECT 1 FROM ranking_periods WHERE period_key = ${periodKey} FOR UPDATE`,
    noted: sql`UPDATE ranking_periods SET ${column} = coalesce(${column}, ${at.toISOString()}) WHERE period_key = ${periodKey}`,
  })
}

/** Lists the next areas of a period's boards and how many people each has. It goes in slices, because all boards together have millions of rows. */
export async function listAreas(
  db: Db,
  periodKey: string,
  { after, limit }: { after: string; limit: number },
): Promise<{ area_code: string; participants: number }[]> {
  const { rows } = await db.execute<{ area_code: string; participants: number }>(sql`
    SELECT area_code, count(*)::int AS participants
    FROM rankings
    WHERE period_key = ${periodKey} AND area_code > ${after} AND standing > 0
    GROUP BY area_code
    ORDER BY area_code
    LIMIT ${limit}`)
  return rows
}

export interface BoardKey {
  readonly standing: string
  readonly last_walk_at: string
  readonly user_id: string
}

/**
 * Writes the closing ranks of the next `limit` people of each area after a key (from the top when it is `null`). Answers the last key of the last area. Rows
 * that another transaction is changing are skipped. That can happen only as long as the period is open.
 */
export function updateClosingRanks(
  db: Db,
  periodKey: string,
  { areas, after, limit }: { areas: readonly string[]; after: BoardKey | null; limit: number },
): Promise<BoardKey | null> {
  return firstRow(
    db,
    sql`
    WITH ranked AS MATERIALIZED (
      SELECT area.area_code, person.user_id, person.rank, person.standing, person.last_walk_at
      FROM unnest(${asArray(areas)}::text[]) AS area (area_code)
      CROSS JOIN LATERAL ranking_page(
        NULL, ${periodKey}, area.area_code, ${after?.standing ?? null}::bigint, ${after?.last_walk_at ?? null}::timestamptz, ${after?.user_id ?? null}::uuid, ${limit}
      ) AS person
    ), free AS MATERIALIZED (
      SELECT rankings.user_id, rankings.area_code, ranked.rank
      FROM ranked
      JOIN rankings ON rankings.user_id = ranked.user_id
        AND rankings.period_key = ${periodKey}
        AND rankings.area_code = ranked.area_code
      WHERE rankings.closing_rank IS DISTINCT FROM ranked.rank
      FOR NO KEY UPDATE OF rankings SKIP LOCKED
    ), written AS (
      UPDATE rankings
      SET closing_rank = free.rank
      FROM free
      WHERE rankings.user_id = free.user_id AND rankings.period_key = ${periodKey} AND rankings.area_code = free.area_code
    )
    SELECT standing::text AS standing, last_walk_at::text AS last_walk_at, user_id
    FROM ranked
    ORDER BY area_code DESC, standing, last_walk_at DESC, user_id DESC
    LIMIT 1`,
  )
}

/** Writes who finished a closed week first in a dong with at least three participants, equals included. What was written before stays. */
export async function insertDongWins(db: Db, { key, from_day }: Period): Promise<void> {
  await db.execute(sql`
    INSERT INTO weekly_dong_wins (user_id, monday, region_code)
    SELECT won.user_id, ${from_day}, won.area_code
    FROM regions
    CROSS JOIN LATERAL ranking_page(NULL, ${key}, regions.code, NULL, NULL, NULL, 1) AS first
    JOIN rankings won ON won.period_key = ${key} AND won.area_code = regions.code AND won.standing = first.standing
    WHERE regions.level = 'dong' AND participants(NULL, ${key}, regions.code) >= 3
    ON CONFLICT (user_id, monday) DO NOTHING`)
}

/** Gives the next `limit` winners of a week the badges they have reached. Answers the last of these winners, or `null` when no more are left. */
export async function awardDongWinners(
  db: Db,
  monday: string,
  { after, limit }: { after: string | null; limit: number },
  at: Date,
): Promise<string | null> {
  const winners = sql`
      SELECT users.id
      FROM weekly_dong_wins
      JOIN users ON users.id = weekly_dong_wins.user_id
      WHERE weekly_dong_wins.monday = ${monday} AND (${after}::uuid IS NULL OR users.id > ${after}::uuid)
      ORDER BY users.id
      LIMIT ${limit}`
  const { awarded } = await runBatch(db, {
    lock: sql`${winners} FOR NO KEY UPDATE OF users`,
    awarded: sql<{ id: string }>`
      SELECT winner.id, ${giveBadges(sql`winner.id`, at)}
      FROM (${winners}) AS winner
      ORDER BY winner.id`,
  })
  return awarded.length === limit ? (awarded.at(-1)?.id ?? null) : null
}

/** Deletes up to `limit` standings of weeks and months that were finished before a time, and all bins of these periods. */
export async function deleteOldStandings(db: Db, finishedBefore: { week: Date; month: Date }, limit: number): Promise<number> {
  const old = sql`
      SELECT period_key
      FROM ranking_periods
      WHERE finished_at < CASE WHEN period_key LIKE '%-W%' THEN ${finishedBefore.week.toISOString()}::timestamptz ELSE ${finishedBefore.month.toISOString()}::timestamptz END`
  const { standings } = await runBatch(db, {
    // The bins go first. Otherwise a trigger would take each row that is deleted out of the same few bins.
    bins: sql`DELETE FROM ranking_histogram WHERE period_key IN (${old})`,
    standings: sql<{ deleted: number }>`
      WITH gone AS (
        DELETE FROM rankings
        USING (
          SELECT rankings.user_id, rankings.period_key, rankings.area_code
          FROM (${old}) AS old
          JOIN rankings ON rankings.period_key = old.period_key
          LIMIT ${limit}
        ) AS old
        WHERE rankings.user_id = old.user_id
          AND rankings.period_key = old.period_key
          AND rankings.area_code = old.area_code
        RETURNING 1
      )
      SELECT count(*)::int AS deleted FROM gone`,
  })
  return standings[0]?.deleted ?? 0
}
