import { type SQL, sql } from 'drizzle-orm'
import { FAILURES_MAX, OPEN_MS, type SourceChange } from './breaker.ts'

/** What is known of the sources, as a scalar of SQL: a JSON list of `SourceState`. */
export const sourceStates: SQL = sql`(
      SELECT coalesce(
        json_agg(json_build_object('source', source, 'failures', failures, 'closed_until', closed_until, 'read_at', read_at, 'asked', asked, 'asked_on', asked_on)),
        '[]'
      )
      FROM weather_sources
    )`

/** Writes down what came of calls, as a scalar of SQL. */
export const tellSources = (changes: readonly SourceChange[], now: Date): SQL =>
  sql`tell_sources(${JSON.stringify(changes)}::jsonb, ${now.toISOString()}::timestamptz, ${FAILURES_MAX}::int, ${OPEN_MS}::int * interval '1 millisecond')`
