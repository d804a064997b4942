import { type SQL, sql } from 'drizzle-orm'
import { type Db, runBatch } from '../../src/db/client.ts'
import { createTestDeps } from './api.ts'

let made = 0

/**
 * A database in which a SQL function fails, `streak_json(uuid, timestamptz)` for example, for whoever asks through it. Another function of its name hides it for one
 * transaction, so that tests that run at the same time see nothing of it.
 */
export function dbWithout(signature: string, returns = 'jsonb'): Db {
  const { db } = createTestDeps()
  const schema = `broken_${Date.now()}_${made++}`
  return {
    async execute(statement: SQL) {
      const { answer } = await runBatch(db, {
        schema: sql.raw(`CREATE SCHEMA ${schema}`),
        broken: sql.raw(
          `CREATE FUNCTION ${schema}.${signature} RETURNS ${returns} LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken by a test'; END $$`,
        ),
        path: sql.raw(`SET LOCAL search_path = ${schema}, public`),
        answer: statement,
        drop: sql.raw(`DROP SCHEMA ${schema} CASCADE`),
      })
      return { rows: answer }
    },
  } as unknown as Db
}
