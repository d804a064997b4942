import { type SQL, sql } from 'drizzle-orm'
import type { KmaCell } from '../../../core/kma-grid.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { outboxInsert } from '../../../jobs/sql.ts'
import { JOB } from '../../../jobs/types.ts'
import type { SourceChange, SourceState } from '../sources/breaker.ts'
import { sourceStates, tellSources } from '../sources/sql.ts'
import { isWanted } from './sql.ts'
import type { toReading } from './copy.ts'
import type { CellWeather } from './schema.ts'

/** When the next cell is to be read, as a scalar of SQL. It is NULL while nobody wants any. */
export const nextReading = (now: Date): SQL => sql`SELECT min(next_read_at) FROM weather_cells WHERE ${isWanted(now)}`

export interface Limits {
  /** The most wanted ones. */
  readonly cells: number
  readonly a_message: number
}

/** Takes the cells that are due, and leaves outbox rows for those that are read. Answers the rows' ids. */
export async function takeDueCells(
  db: Db,
  { cells, a_message }: Limits,
  { now, dueBy, nextAt, isRead }: { readonly now: Date; readonly dueBy: Date; readonly nextAt: Date; readonly isRead: boolean },
): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    WITH ranked AS (
      SELECT nx, ny, row_number() OVER (ORDER BY wants DESC, wanted_at DESC, nx, ny) AS place
      FROM weather_cells
      WHERE ${isWanted(now)}
    ), due AS (
      SELECT nx, ny
      FROM weather_cells
      WHERE ${isWanted(now)} AND next_read_at <= ${dueBy.toISOString()}
      ORDER BY nx, ny
      FOR NO KEY UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE weather_cells
      SET next_read_at = ${nextAt.toISOString()}
      FROM due
      WHERE weather_cells.nx = due.nx AND weather_cells.ny = due.ny
      RETURNING weather_cells.nx, weather_cells.ny
    ), told AS (
      ${outboxInsert(
        JOB.readWeather,
        sql`
      SELECT jsonb_build_object('cells', jsonb_agg(jsonb_build_object('nx', nx, 'ny', ny) ORDER BY place)) AS payload
      FROM (
        SELECT nx, ny, place, (row_number() OVER (ORDER BY place) - 1) / ${a_message}::int AS message
        FROM taken
        JOIN ranked USING (nx, ny)
        WHERE place <= ${cells} AND ${isRead}::boolean
      ) AS chosen
      GROUP BY message`,
      )}
    )
    SELECT id FROM told`)
  return rows.map(({ id }) => id)
}

/** The copies of cells and what is known of the sources. */
export async function findCells(
  db: Db,
  cells: readonly KmaCell[],
): Promise<{ copies: { nx: number; ny: number; latest: unknown }[]; sources: SourceState[] }> {
  const row = await firstRow<{ copies: { nx: number; ny: number; latest: unknown }[]; sources: SourceState[] }>(
    db,
    sql`
    SELECT (
             SELECT coalesce(json_agg(json_build_object('nx', given.nx, 'ny', given.ny, 'latest', weather_cells.latest)), '[]')
             FROM jsonb_to_recordset(${JSON.stringify(cells)}::jsonb) AS given (nx smallint, ny smallint)
             LEFT JOIN weather_cells USING (nx, ny)
           ) AS copies,
           ${sourceStates} AS sources`,
  )
  return row!
}

export interface News {
  readonly copies: readonly (KmaCell & { readonly latest: CellWeather })[]
  readonly readings: readonly ReturnType<typeof toReading>[]
  readonly changes: readonly SourceChange[]
}

/** Keeps what was read: the copies unless there are newer ones, the observations, and what came of the calls. Answers how many observations were kept. */
export async function storeCells(db: Db, { copies, readings, changes }: News, now: Date): Promise<number> {
  const row = await firstRow<{ stored: number }>(
    db,
    sql`
    WITH given AS MATERIALIZED (
      SELECT weather_cells.nx, weather_cells.ny, given.latest
      FROM jsonb_to_recordset(${JSON.stringify(copies)}::jsonb) AS given (nx smallint, ny smallint, latest jsonb)
      JOIN weather_cells ON weather_cells.nx = given.nx AND weather_cells.ny = given.ny
      WHERE coalesce(weather_cells.latest ->> 'fetched_at' <= given.latest ->> 'fetched_at', true)
      ORDER BY weather_cells.nx, weather_cells.ny
      FOR NO KEY UPDATE OF weather_cells
    ), kept AS (
      UPDATE weather_cells SET latest = given.latest FROM given WHERE weather_cells.nx = given.nx AND weather_cells.ny = given.ny
    )
    SELECT store_observations(${JSON.stringify(readings)}::jsonb, ${now.toISOString()}::timestamptz) AS stored, ${tellSources(changes, now)}`,
  )
  return row?.stored ?? 0
}

/** Notes whose values a cell has shown last. */
export async function keepStations(
  db: Db,
  { nx, ny }: KmaCell,
  kept: { readonly pm10_station: string | null; readonly pm25_station: string | null },
): Promise<void> {
  await db.execute(sql`
    UPDATE weather_cells SET pm10_station = ${kept.pm10_station}, pm25_station = ${kept.pm25_station} WHERE nx = ${nx} AND ny = ${ny}`)
}

/** Deletes some observations of before, which no walk and no day asks for any more. */
export async function deleteHoursBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM weather_hours
    WHERE (nx, ny, hour) IN (SELECT nx, ny, hour FROM weather_hours WHERE hour < ${before.toISOString()} ORDER BY hour LIMIT ${limit})`)
  return rowCount
}

/** Deletes some cells that nobody has wanted since. */
export async function deleteCellsBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM weather_cells
    WHERE (nx, ny) IN (SELECT nx, ny FROM weather_cells WHERE wanted_at < ${before.toISOString()} ORDER BY wanted_at LIMIT ${limit})`)
  return rowCount
}
