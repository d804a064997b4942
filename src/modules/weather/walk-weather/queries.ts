import { type SQL, sql } from 'drizzle-orm'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { outboxInsert } from '../../../jobs/sql.ts'
import { JOB } from '../../../jobs/types.ts'
import { settleWalk } from '../../facts/sql.ts'
import { listCaused } from '../../notifications/sql.ts'
import type { SourceChange, SourceState } from '../sources/breaker.ts'
import { sourceStates, tellSources } from '../sources/sql.ts'
import type { FillWalks } from './schema.ts'

type Starts = FillWalks['starts']

export interface Limits {
  /** Walks that one run takes. */
  readonly walks: number
  /** Hours of cells that one run asks KMA for, the newest first. Those that are known already are given out without limit. */
  readonly starts: number
  /** Hours in one message. */
  readonly a_message: number
}

/** KMA tells of no hour before. */
const KEPT_BY_KMA = sql`interval '24 hours'`

/** How long a run has before its walks are due again. */
const LEASE = sql`interval '10 minutes'`

/** When the next walk's weather is looked for, as a scalar of SQL. */
export const nextWalkDue: SQL = sql`SELECT min(weather_due_at) FROM walks WHERE weather_due_at IS NOT NULL AND deleted_at IS NULL`

/** Takes walks whose weather is due, and leaves outbox rows for the hours at which they began. Answers the rows' ids. */
export async function takeDueWalks(db: Db, limits: Limits, now: Date): Promise<string[]> {
  const at = now.toISOString()
  const { rows } = await db.execute<{ id: string }>(sql`
    WITH due AS (
      SELECT id, kma_nx, kma_ny, date_trunc('hour', started_at) AS hour
      FROM walks
      WHERE weather_due_at <= ${at} AND deleted_at IS NULL
      ORDER BY weather_due_at DESC
      LIMIT ${limits.walks}
      FOR NO KEY UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE walks SET weather_due_at = ${at}::timestamptz + ${LEASE} FROM due WHERE walks.id = due.id
    ), hours AS (
      SELECT kma_nx, kma_ny, hour, is_told, row_number() OVER (PARTITION BY is_told ORDER BY hour DESC, kma_nx, kma_ny) - 1 AS place
      FROM (
        SELECT DISTINCT due.kma_nx, due.kma_ny, due.hour, coalesce(known.is_final, false) OR due.hour <= ${at}::timestamptz - ${KEPT_BY_KMA} AS is_told
        FROM due
        LEFT JOIN weather_hours known ON known.nx = due.kma_nx AND known.ny = due.kma_ny AND known.hour = due.hour
      ) AS all_of_them
    ), starts AS (
      SELECT kma_nx, kma_ny, hour, is_told, place / ${limits.a_message}::int AS message
      FROM hours
      WHERE is_told OR place < ${limits.starts}
    ), told AS (
      ${outboxInsert(
        JOB.fillWalkWeather,
        sql`
      SELECT jsonb_build_object('starts', jsonb_agg(jsonb_build_object('nx', kma_nx, 'ny', kma_ny, 'hour', to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))) AS payload
      FROM starts
      GROUP BY is_told, message`,
      )}
    )
    SELECT id FROM told`)
  return rows.map(({ id }) => id)
}

/** Lists the hours that have to be read: those without a final reading that KMA still tells, the newest first. `sources` say whether KMA may be asked now. */
export async function listUnread(db: Db, starts: Starts, now: Date): Promise<{ unread: Starts; sources: SourceState[] }> {
  const at = now.toISOString()
  const row = await firstRow<{ unread: Starts; sources: SourceState[] }>(
    db,
    sql`
    SELECT coalesce(json_agg(json_build_object('nx', given.nx, 'ny', given.ny, 'hour', given.hour) ORDER BY given.hour DESC, given.nx, given.ny) FILTER (WHERE
             known.is_final IS NOT TRUE
             AND given.hour::timestamptz > ${at}::timestamptz - ${KEPT_BY_KMA}
             AND CASE WHEN known.hour IS NULL
               THEN given.hour::timestamptz <= ${at}::timestamptz - interval '10 minutes'
               ELSE given.hour::timestamptz <= ${at}::timestamptz - interval '70 minutes'
             END
           ), '[]') AS unread,
           ${sourceStates} AS sources
    FROM jsonb_to_recordset(${JSON.stringify(starts)}) AS given (nx smallint, ny smallint, hour text)
    LEFT JOIN weather_hours known ON known.nx = given.nx AND known.ny = given.ny AND known.hour = given.hour::timestamptz`,
  )
  return row ?? { unread: [], sources: [] }
}

export interface WetWalk {
  readonly walk_id: string
  readonly user_id: string
}

export interface Heard {
  readonly readings: readonly object[]
  /** What came of the calls. */
  readonly changes: readonly SourceChange[]
}

/** Keeps readings, and gives their weather to walks that began then. Answers those from which badges follow: they are still to be settled. */
export async function giveWeather(db: Db, starts: Starts, { readings, changes }: Heard, now: Date): Promise<WetWalk[]> {
  const at = now.toISOString()
  const { wet } = await runBatch(db, {
    stored: sql`SELECT store_observations(${JSON.stringify(readings)}::jsonb, ${at})`,
    ...(changes.length > 0 && { heard: sql`SELECT ${tellSources(changes, now)}` }),
    wet: sql<WetWalk>`
    SELECT wet.walk_id, wet.user_id
    FROM give_weather(ARRAY(
      SELECT walks.id
      FROM jsonb_to_recordset(${JSON.stringify(starts)}) AS given (nx smallint, ny smallint, hour timestamptz)
      JOIN walks ON walks.kma_nx = given.nx AND walks.kma_ny = given.ny AND date_trunc('hour', walks.started_at) = given.hour
      WHERE walks.weather_due_at IS NOT NULL AND walks.deleted_at IS NULL
    ), ${at}) AS wet`,
  })
  return wet
}

/** Gives a walk in rain or snow its weather, and what follows from it. Does nothing when it has it already. Answers the notifications that it caused. */
export async function settleWetWalk(db: Db, { walk_id, user_id }: WetWalk, now: Date): Promise<string[]> {
  const at = now.toISOString()
  const change = sql`
    UPDATE walks
    SET weather = read.weather, weather_due_at = NULL
    FROM walk_weather(
      (SELECT kma_nx FROM walks WHERE id = ${walk_id}), (SELECT kma_ny FROM walks WHERE id = ${walk_id}),
      (SELECT started_at FROM walks WHERE id = ${walk_id}), ${at}
    ) AS read
    WHERE walks.id = ${walk_id} AND walks.weather IS NULL AND walks.deleted_at IS NULL AND read.weather IS NOT NULL`
  const { told } = await runBatch(db, { ...settleWalk(user_id, walk_id, now, change), told: listCaused({ user_id }, now) })
  return told.map(({ id }) => id)
}
