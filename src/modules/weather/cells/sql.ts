import { type SQL, sql } from 'drizzle-orm'

/** Whether somebody has wanted a cell lately, so that the job reads it. `weather_cells` must be in scope. */
export const isWanted = (now: Date): SQL => sql`weather_cells.wanted_at > ${now.toISOString()}::timestamptz - interval '26 hours'`

/** Whether somebody wants the weather anywhere. Nothing is read for nobody. */
export const isAnyCellWanted = (now: Date): SQL => sql`EXISTS (SELECT 1 FROM weather_cells WHERE ${isWanted(now)})`
