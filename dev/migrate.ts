import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import pg from 'pg'
import { connectPostgres, describeError } from './postgres-client.ts'

/** Any fixed number, as long as every runner uses the same. */
const LOCK = 20_261_122

/** The numbered files that come before the functions: tables, data, indexes, triggers, drops. */
const BEFORE = 'migrations/[0-9]*.sql'
/** One function a file, named as the function. */
export const FUNCTIONS = 'src/**/functions/*.sql'
/** The numbered files that need the functions: backfills, and triggers whose function is new. */
const AFTER = 'migrations/after/[0-9]*.sql'
/** A function file begins with this when an index or a generated column stores what the function answers. */
const FROZEN = '-- frozen:'

/**
 * Brings a database up to date and returns what was applied: numbered migrations, then each SQL function whose file has changed, then the numbered files
 * of `migrations/after`. Numbered files run once, each in a transaction of its own. All changed functions run in one transaction. Runners that meet wait
 * for one another. A broken file is reported as `name:line: message`, and nothing of it stays.
 */
export async function migrate(url: string, folder = '.'): Promise<string[]> {
  const client = await connectPostgres(url)
  const find = (pattern: string) => globSync(pattern, { cwd: folder }).toSorted()
  const read = (file: string) => ({ file, name: basename(file), text: readFileSync(`${folder}/${file}`, 'utf8') })
  try {
    await inTransaction(client, async () => {
      await client.query(
        `CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
         CREATE TABLE IF NOT EXISTS schema_functions (name text PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
      )
    })
    return [
      ...(await applyNumbered(client, find(BEFORE).map(read))),
      ...(await applyFunctions(client, find(FUNCTIONS).map(read))),
      ...(await applyNumbered(client, find(AFTER).map(read))),
    ]
  } finally {
    await client.end()
  }
}

interface SqlFile {
  /** Its path from the project's folder. */
  readonly file: string
  readonly name: string
  readonly text: string
}

async function applyNumbered(client: pg.Client, files: readonly SqlFile[]): Promise<string[]> {
  const applied: string[] = []
  for (const file of files) {
    const ran = await inTransaction(client, async () => {
      const { rowCount } = await client.query('SELECT 1 FROM schema_migrations WHERE name = $1', [file.name])
      if (rowCount) return false
      await run(client, file)
      await client.query('INSERT INTO schema_migrations (name) VALUES ($1)', [file.name])
      return true
    })
    if (ran) applied.push(file.name)
    // A file's own `SET lock_timeout` must not end the wait for the next one's lock.
    await client.query('RESET ALL')
  }
  return applied
}

/** Functions call each other, so the first pass does not look into their bodies. The second pass does. */
async function applyFunctions(client: pg.Client, files: readonly SqlFile[]): Promise<string[]> {
  return inTransaction(client, async () => {
    const { rows } = await client.query<{ name: string; hash: string }>('SELECT name, hash FROM schema_functions')
    const known = new Map(rows.map(({ name, hash }) => [name, hash]))
    const changed = files
      .map((file) => ({ ...file, hash: createHash('sha256').update(file.text).digest('hex') }))
      .filter(({ name, hash }) => known.get(name) !== hash)
    const frozen = changed.find(({ name, text }) => known.has(name) && text.startsWith(FROZEN))
    if (frozen)
      throw new Error(`${frozen.file}:1: what this function answered is stored; a change needs a new name and a migration that moves to it`)
    for (const check of ['off', 'on']) {
      await client.query(`SET LOCAL check_function_bodies = ${check}`)
      for (const file of changed) await run(client, file)
    }
    for (const { name, hash } of changed) {
      await client.query(
        `INSERT INTO schema_functions (name, hash) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, applied_at = now()`,
        [name, hash],
      )
    }
    await client.query('DELETE FROM schema_functions WHERE name <> ALL ($1)', [files.map(({ name }) => name)])
    return changed.map(({ name }) => name)
  })
}

/** The lock belongs to a transaction and not to the session, because all clients of the embedded Postgres share one session. */
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

async function run(client: pg.Client, { file, text }: SqlFile) {
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
    throw new Error(`${file}:${line}: ${error.message}${more ? ` (${more})` : ''}`, { cause: error })
  } finally {
    connection.off('commandComplete', count)
  }
}
/** Postgres counts characters from one, JavaScript counts UTF-16 units from zero. */
function positionToOffset(text: string, position: number): number {
  return [...text].slice(0, position - 1).join('').length
}

/** Where each statement begins. Many errors name no position, but the number of statements that succeeded before is known. */
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
