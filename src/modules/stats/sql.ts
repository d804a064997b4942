import { type SQL, sql } from 'drizzle-orm'
import type { WeekSummary } from './schema.ts'

/** Somebody's week in Seoul as `WeekSummary`, as a scalar. Null where there is nobody with that id. */
export const weekJson = (userId: SQL, now: Date): SQL<WeekSummary> => sql`week_json(${userId}, ${now.toISOString()}::timestamptz)`
