import { readFileSync } from 'node:fs'
import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type pg from 'pg'
import type { Db } from '../../src/db/client.ts'

/** Reads the CPU time that the backend of a connection has used so far, as the kernel counts it. The server must run on this machine. */
export async function cpuMeterOf(client: pg.Client): Promise<() => number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const file = `/proc/${rows[0]!.pid}/schedstat`
  return () => Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6
}

export interface Statement {
  readonly text: string
  readonly values: unknown[]
}

export const toStatement = (statement: SQL): Statement => {
  const { sql: text, params: values } = new PgDialect().sqlToQuery(statement)
  return { text, values }
}

/** The one statement that a query sends, as Postgres gets it. */
export async function statementOf(query: (db: Db) => Promise<unknown>): Promise<Statement> {
  let seen: SQL | undefined
  await query({ execute: async (statement: SQL) => ((seen = statement), { rows: [] }) } as unknown as Db)
  return toStatement(seen!)
}
