import { type SQL, sql } from 'drizzle-orm'
import type { JobType } from './types.ts'

/** A row of the outbox as a CTE's body, to stand in the statement that is its cause. `rows`: one `jsonb` column named payload. */
export const outboxInsert = (type: JobType, rows: SQL): SQL<{ id: string }> =>
  sql`INSERT INTO outbox (type, payload) SELECT ${type}, payload FROM (${rows}) AS rows RETURNING id`
