import { readFileSync } from 'node:fs'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { SQL } from 'drizzle-orm'
import type pg from 'pg'
import type { Db } from '../../src/db/client.ts'

/** The one statement that `ask` sends, as Postgres gets it. */
export async function statementOf(ask: (db: Db) => Promise<unknown>): Promise<{ sql: string; params: unknown[] }> {
  let seen: SQL | undefined
  const recorder = { execute: async (statement: SQL) => ((seen = statement), { rows: [] }) } as unknown as Db
  await ask(recorder)
  return new PgDialect().sqlToQuery(seen!)
}

/** Reads the CPU time that the backend of a connection has used so far, as the kernel counts it. The server must run on this machine. */
export async function cpuMeterOf(client: pg.Client): Promise<() => number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const file = `/proc/${rows[0]!.pid}/schedstat`
  return () => Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6
}
