import { type SQL, sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../../db/client.ts'
import { openingFrom } from '../turns/hours.ts'
import { nextTurnOf } from '../turns/sql.ts'
import { SOURCE } from './source.ts'

/** Keeps the forecasts of regions that are known. Answers how many. */
export async function storeUv(
  db: Db,
  base: Date,
  rows: readonly { readonly area_code: string; readonly hours: readonly (number | null)[] }[],
): Promise<number> {
  const row = await firstRow<{ kept: number }>(db, sql`SELECT store_uv(${JSON.stringify(rows)}::jsonb, ${base.toISOString()}) AS kept`)
  return row!.kept
}

/** When ultraviolet light is read next, as a scalar of SQL. */
export const nextReading = (now: Date): SQL => nextTurnOf(SOURCE, now, openingFrom(now))
