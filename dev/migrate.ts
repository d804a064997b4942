import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { connectPostgres, describeError } from './postgres-client.ts'

/** Any fixed number, as long as every runner uses the same. */
const LOCK = 20_261_122

/**
 * Applies what `migrations/` holds and the database has not seen, each file in a transaction of its own, and returns their names.
 * Runners that meet wait for one another. A broken file is reported as `name:line: message`, and nothing of it stays.
 */
export async function migrate(url: string, folder = 'migrations'): Promise<string[]> {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
  const client = await connectPostgres(url)
  try {
    await inTransaction(client, async () => {
      await client.query(
        'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
      )
    })
    const applied: string[] = []
    for (const name of names) {
      const ran = await inTransaction(client, async () => {
        const { rowCount } = await client.query('SELECT 1 FROM schema_migrations WHERE name = $1', [name])
        if (rowCount) return false
        await runFile(client, folder, name)
        await client.query('INSERT INTO schema_migrations (name) VALUES ($1)', [name])
        return true
      })
      if (ran) applied.push(name)
      // A file's own `SET lock_timeout` must not end the wait for the next one's lock.
      await client.query('RESET ALL')
    }
    return applied
  } finally {
    await client.end()
  }
}

/** The lock is a transaction's, not the session's: clients of the embedded Postgres all share one session. */
async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

async function runFile(client: pg.Client, folder: string, name: string) {
  const text = readFileSync(join(folder, name), 'utf8')
  let completed = 0
  const count = () => completed++
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter }
  connection.on('commandComplete', count)
  try {
    await client.query(text)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    const offset = error.position ? positionToOffset(text, Number(error.position)) : (statementOffsets(text)[completed] ?? 0)
    const line = text.slice(0, offset).split('\n').length
    const more = [error.detail, error.hint, error.where?.split('\n')[0]].filter(Boolean).join('; ')
    throw new Error(`${join(folder, name)}:${line}: ${error.message}${more ? ` (${more})` : ''}`, { cause: error })
  } finally {
    connection.off('commandComplete', count)
  }
}

/** Postgres counts characters from one, JavaScript counts UTF-16 units from zero. */
function positionToOffset(text: string, position: number): number {
  return [...text].slice(0, position - 1).join('').length
}

/** Where each statement begins: many errors name no position, but it is known how many statements had succeeded before. */
function statementOffsets(text: string): number[] {
  const token = /'(?:[^']|'')*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\/|(\$\w*\$)[\s\S]*?\1|;|\S/g
  const offsets: number[] = []
  let open = false
  for (const { 0: word, index } of text.matchAll(token)) {
    if (word.startsWith('--') || word.startsWith('/*')) continue
    if (word !== ';' && !open) offsets.push(index)
    open = word !== ';'
  }
  return offsets
}

if (import.meta.main) {
  try {
    if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL says which database to migrate, and is not set')
    const applied = await migrate(process.env.DATABASE_URL)
    console.log(applied.length > 0 ? applied.map((name) => `applied ${name}`).join('\n') : 'nothing to apply')
  } catch (error) {
    console.error(describeError(error))
    process.exitCode = 1
  }
}
