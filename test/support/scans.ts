import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../src/db/client.ts'

/** How often a table was read from end to end, and how often it was read at all. */
const COUNTED = { whole: sql`seq_scan`, any: sql`seq_scan + coalesce(idx_scan, 0)` } as const

interface Watch {
  readonly tables: readonly string[]
  readonly counted?: keyof typeof COUNTED
  /** Statements such as `SET LOCAL …` that run before each statement. */
  readonly first?: SQL
}

/** A database that counts how often each of these tables was read. It counts in the transaction of the statement itself. */
export function watchScans(db: Db, { tables, counted = 'whole', first = sql`SELECT 1` }: Watch): { db: Db; scans: Record<string, number> } {
  const scans: Record<string, number> = {}
  const count = sql`
    SELECT relname AS table, (${COUNTED[counted]})::int AS count
    FROM pg_stat_xact_user_tables
    WHERE relname = ANY (${`{${tables.join()}}`}::text[])`
  const asked = async (statement: SQL) => {
    const [, before, result, after] = await db.batch([db.execute(first), db.execute(count), db.execute(statement), db.execute(count)])
    for (const { table, count: now } of after.rows as { table: string; count: number }[]) {
      const was = (before.rows as { table: string; count: number }[]).find((row) => row.table === table)?.count ?? 0
      scans[table] = (scans[table] ?? 0) + now - was
    }
    return result
  }
  return { db: Object.assign(Object.create(db) as Db, { execute: asked }), scans }
}
