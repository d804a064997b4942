import { type SQL, sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../../db/client.ts'
import { outboxInsert } from '../../../jobs/sql.ts'
import { JOB } from '../../../jobs/types.ts'
import { isAnyCellWanted } from '../cells/sql.ts'
import { SOURCE, type SourceChange, type SourceState } from '../sources/breaker.ts'
import { sourceStates, tellSources } from '../sources/sql.ts'

/** When the air is to be read, as a scalar of SQL. It is NULL while nobody wants weather. */
export const nextAirReading = (now: Date): SQL => sql`
      SELECT coalesce((SELECT next_read_at FROM weather_sources WHERE source = ${SOURCE.readings}), ${now.toISOString()}) WHERE ${isAnyCellWanted(now)}`

/** Takes the reading that is due, and leaves an outbox row for it. Answers its id, or none where nothing is due. */
export async function takeDueAir(db: Db, now: Date, nextAt: Date): Promise<string[]> {
  const at = now.toISOString()
  const { rows } = await db.execute<{ id: string }>(sql`
    WITH taken AS (
      INSERT INTO weather_sources AS known (source, next_read_at)
      SELECT ${SOURCE.readings}, ${nextAt.toISOString()}::timestamptz WHERE ${isAnyCellWanted(now)}
      ON CONFLICT (source) DO UPDATE SET next_read_at = excluded.next_read_at
      WHERE coalesce(known.next_read_at <= ${at}, true)
      RETURNING source
    ), told AS (
      ${outboxInsert(JOB.readAir, sql`SELECT '{}'::jsonb AS payload FROM taken`)}
    )
    SELECT id FROM told`)
  return rows.map(({ id }) => id)
}

// public: it tells of the sources and of nobody.
export async function listSources(db: Db): Promise<SourceState[]> {
  const row = await firstRow<{ sources: SourceState[] }>(db, sql`SELECT ${sourceStates} AS sources`)
  return row?.sources ?? []
}

export interface StationReading {
  readonly code: string
  readonly name: string
  readonly sido: string
  readonly network: string | null
  readonly measured_at: string
  readonly pm10: number | null
  readonly pm25: number | null
}

export interface StationPlace {
  readonly name: string
  readonly sido: string
  readonly network: string | null
  readonly lat: number
  readonly lng: number
}

export interface AirNews {
  readonly readings: readonly StationReading[] | null
  readonly places: readonly StationPlace[] | null
  readonly changes: readonly SourceChange[]
}

/** Keeps what was read of the air, and what came of the calls. `has_moved`: a station has measured since the last time. */
export async function storeAir(db: Db, { readings, places, changes }: AirNews, now: Date): Promise<{ has_moved: boolean; placed: number }> {
  const at = sql`${now.toISOString()}::timestamptz`
  // PL/pgSQL functions of a select list run in its order, so that a new station is there when it gets its place.
  const row = await firstRow<{ has_moved: boolean; placed: number }>(
    db,
    sql`
    SELECT ${readings ? sql`store_air(${JSON.stringify(readings)}::jsonb, ${at})` : sql`false`} AS has_moved,
           ${places ? sql`place_stations(${JSON.stringify(places)}::jsonb, ${at})` : sql`0`} AS placed,
           ${tellSources(changes, now)}`,
  )
  return row!
}

/** Has the air read again then, where that is sooner than it would be. */
export async function readAirAgain(db: Db, nextAt: Date): Promise<void> {
  await db.execute(sql`
    UPDATE weather_sources SET next_read_at = ${nextAt.toISOString()} WHERE source = ${SOURCE.readings} AND next_read_at > ${nextAt.toISOString()}`)
}
