import { type SQL, sql } from 'drizzle-orm'
import type { JobType } from './types.ts'

/** Inserts rows of the outbox, as a statement or as the body of a CTE in the statement that is their cause. `rows` selects one `jsonb` column, `payload`. */
export const outboxInsert = (type: JobType, rows: SQL): SQL<{ id: string }> =>
  sql`INSERT INTO outbox (type, payload) SELECT ${type}, payload FROM (${rows}) AS rows RETURNING id`
