import { type SQL, sql } from 'drizzle-orm'
import { isAnyCellWanted } from '../cells/sql.ts'

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
