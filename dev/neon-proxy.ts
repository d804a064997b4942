import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { createFaults, type Faults } from './faults.ts'
import { json, serve } from './server.ts'

const statementSchema = z.object({ query: z.string(), params: z.array(z.unknown()).default([]) })
const bodySchema = z.union([z.object({ queries: z.array(statementSchema).min(1) }), statementSchema])
type Statement = z.infer<typeof statementSchema>

const ISOLATION: Record<string, string> = {
  ReadUncommitted: 'READ UNCOMMITTED',
  ReadCommitted: 'READ COMMITTED',
  RepeatableRead: 'REPEATABLE READ',
  Serializable: 'SERIALIZABLE',
}
const ERROR_KEYS = (
  'code detail hint position internalPosition internalQuery severity where ' + 'table column schema dataType constraint file line routine'
).split(' ') as (keyof pg.DatabaseError)[]
const asText = { getTypeParser: () => (value: unknown) => value }

export interface NeonProxyOptions {
  port?: number
  faults?: Faults
}

/** Speaks the Neon driver's HTTP protocol to a plain Postgres, so that development and tests run the production driver. */
export async function startNeonProxy(database: pg.PoolConfig, { port = 0, faults = createFaults() }: NeonProxyOptions = {}) {
  const pool = new pg.Pool(database)
  // The pool replaces an idle connection that breaks. Without a listener its error would end the process.
  pool.on('error', () => {})
  const stats = { requests: 0, statements: 0 }

  async function handle(request: Request, body: string): Promise<Response> {
    if (new URL(request.url).pathname !== '/sql') return json({ message: 'not found' }, 404)
    if (request.method !== 'POST') return json({ message: 'method not allowed' }, 405)
    const parsed = bodySchema.safeParse(parseJson(body))
    if (!parsed.success) return json({ message: `malformed request: ${z.prettifyError(parsed.error)}` }, 400)
    const batch = 'queries' in parsed.data ? parsed.data.queries : undefined
    const begin = batch && beginning(request.headers)
    if (begin === null) return json({ message: 'unknown Neon-Batch-Isolation-Level' }, 400)
    stats.requests++
    stats.statements += batch?.length ?? 1
    try {
      return json(
        await withConnection<unknown>((client) => (batch ? runBatch(client, batch, begin!) : run(client, parsed.data as Statement))),
      )
    } catch (error) {
      return errorAnswer(error)
    }
  }

  async function withConnection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    client.on('error', ignore)
    let broken = false
    try {
      return await work(client)
    } catch (error) {
      broken = !(error instanceof pg.DatabaseError) || isFatal(error)
      throw error
    } finally {
      client.off('error', ignore)
      // A request that left a transaction open (a lone BEGIN) must not hand it to the next one.
      client.release(broken || client.getTransactionStatus() !== 'I')
    }
  }

  const server = await serve({
    port,
    handle,
    fault(request, body) {
      if (faults.list().length === 0) return undefined
      const parsed = bodySchema.safeParse(parseJson(body))
      const statements = !parsed.success ? [] : 'queries' in parsed.data ? parsed.data.queries : [parsed.data]
      const sql = statements.map(({ query }) => query)
      const values = statements.flatMap(({ params }) => params.map((it) => (typeof it === 'string' ? it : JSON.stringify(it))))
      return faults.take({ host: 'neon', path: new URL(request.url).pathname, statements: sql, texts: [...sql, ...values] })
    },
  })
  return {
    endpoint: `${server.url}/sql`,
    stats: () => ({ ...stats }),
    resetStats: () => void Object.assign(stats, { requests: 0, statements: 0 }),
    async stop() {
      await server.stop()
      // A statement that never ends must not keep everything else from ending.
      await Promise.race([pool.end(), sleep(2_000, undefined, { ref: false })])
    },
  }
}

function ignore() {}

async function run(client: pg.ClientBase, { query, params }: Statement) {
  // Neon prepares every statement, so that two commands in one string are refused.
  const config = { text: query, values: params, rowMode: 'array', types: asText, queryMode: 'extended' }
  const { fields, rows, rowCount, command } = await client.query(config as unknown as pg.QueryArrayConfig)
  return { fields, rows, rowCount, command, rowAsArray: true }
}

async function runBatch(client: pg.ClientBase, batch: Statement[], begin: string) {
  await client.query(begin)
  try {
    const results = []
    for (const statement of batch) results.push(await run(client, statement))
    await client.query('COMMIT')
    return { results }
  } catch (error) {
    // The first failure is the one to report, even if the connection is gone by now.
    await client.query('ROLLBACK').catch(ignore)
    throw error
  }
}

/** `null` for a level that Postgres does not have. */
function beginning(headers: Headers): string | null {
  const level = headers.get('Neon-Batch-Isolation-Level')
  if (level !== null && !ISOLATION[level]) return null
  const readOnly = headers.get('Neon-Batch-Read-Only') === 'true'
  const deferrable = headers.get('Neon-Batch-Deferrable') === 'true'
  return `BEGIN${level ? ` ISOLATION LEVEL ${ISOLATION[level]}` : ''}${readOnly ? ' READ ONLY' : ''}${deferrable ? ' DEFERRABLE' : ''}`
}

function errorAnswer(error: unknown): Response {
  const message = error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error)
  if (!(error instanceof pg.DatabaseError)) return json({ message: `the database did not answer: ${message}` }, 500)
  return json({ message, ...Object.fromEntries(ERROR_KEYS.map((key) => [key, error[key] ?? null])) }, 400)
}

function isFatal({ severity }: pg.DatabaseError): boolean {
  return severity === 'FATAL' || severity === 'PANIC'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
