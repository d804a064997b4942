import { type SQL, sql } from 'drizzle-orm'

/** For so long a cell is read for somebody who has asked for it. */
const WANTED_FOR = sql`interval '26 hours'`

/** Whether somebody wants the weather anywhere. Nothing is read for nobody. */
export const isAnyCellWanted = (now: Date): SQL =>
  sql`EXISTS (SELECT 1 FROM weather_cells WHERE weather_cells.wanted_at > ${now.toISOString()}::timestamptz - ${WANTED_FOR})`

/** When a source is read next, as a scalar of SQL. It is not before `opensAt`, and NULL while nobody wants it. */
export const nextTurnOf = (source: string, now: Date, opensAt: Date): SQL => sql`
      SELECT greatest(
               (
                 SELECT greatest(weather_sources.next_read_at, weather_sources.closed_until)
                 FROM weather_sources
                 WHERE weather_sources.source = ${source}
               ),
               ${opensAt.toISOString()}
             )
      WHERE ${isAnyCellWanted(now)}`
