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

/** A database that sends the statements of queries.ts through one connection as Neon does: a batch is a transaction, and no statement is prepared by name. */
export function directDb(client: pg.Client): Db {
  const dialect = new PgDialect()
  const send = (statement: SQL) => {
    const { sql: text, params: values } = dialect.sqlToQuery(statement)
    return client.query({ text, values })
  }
  /** Drizzle sends a statement when somebody waits for it, and a batch sends statements for which nobody waits. */
  class Unsent {
    readonly statement: SQL
    constructor(statement: SQL) {
      this.statement = statement
    }
    // oxlint-disable-next-line unicorn/no-thenable
    then(...take: Parameters<Promise<pg.QueryResult>['then']>) {
      return send(this.statement).then(...take)
    }
  }
  const direct = {
    execute: (statement: SQL) => new Unsent(statement),
    async batch(statements: readonly Unsent[]) {
      await client.query('BEGIN')
      try {
        const results = []
        for (const { statement } of statements) results.push(await send(statement))
        await client.query('COMMIT')
        return results
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      }
    },
  }
  return direct as unknown as Db
}
