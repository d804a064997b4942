import { neon, neonConfig, type NeonQueryFunction } from '@neondatabase/serverless'
import { DrizzleQueryError, SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/neon-http'

/** The app gives up after ten seconds. This is shorter, so that the app hears a clear answer. */
const DEADLINE_MS = 8_000

export interface DbOptions {
  readonly onTrip?: (durationMs: number) => void
  /** A trip that takes longer fails. */
  readonly deadlineMs?: number
}

/** Something on the way answered in place of Postgres, or the answer of Postgres was cut short. */
class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer'
}

neonConfig.fetchFunction = async (url: string, { onTrip, deadlineMs = DEADLINE_MS, ...init }: RequestInit & DbOptions) => {
  const startedAt = performance.now()
  // AbortSignal.timeout is not used, because it would keep a Durable Object awake until the deadline after every trip.
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(new DOMException('Postgres took too long', 'TimeoutError')), deadlineMs)
  try {
    const response = await fetch(url, { ...init, signal: deadline.signal })
    const readJson = response.json.bind(response)
    const json = async () => {
      const answer: unknown = await readJson()
        .catch((cause: unknown) => {
          throw new UnreadableAnswer('not JSON', { cause })
        })
        .finally(() => clearTimeout(timer))
      if (answer === null || typeof answer !== 'object' || !('rows' in answer || 'results' in answer || 'message' in answer))
        throw new UnreadableAnswer('not an answer')
      return answer
    }
    return Object.defineProperty(response, 'json', { value: json })
  } catch (error) {
    clearTimeout(timer)
    throw error
  } finally {
    onTrip?.(performance.now() - startedAt)
  }
}

/**
 * Each call is one HTTP round trip. `endpoint` replaces Neon's own in development. This driver has no interactive transactions (`db.transaction` throws), so
 * writes that belong together are one statement or one `runBatch`.
 */
export function createDb(url: string, { endpoint, ...trip }: DbOptions & { readonly endpoint?: string | undefined } = {}) {
  if (endpoint) neonConfig.fetchEndpoint = endpoint
  // The driver hands fetchOptions to fetchFunction unchanged. A trip so finds the request it belongs to.
  const client: NeonQueryFunction<false, false> = neon(url, { fetchOptions: trip })
  return drizzle({ client })
}

export type Db = ReturnType<typeof createDb>

/** The first row of a statement that answers with at most one. */
export async function firstRow<T>(db: Db, statement: SQL): Promise<T | null> {
  const { rows } = await db.execute<Record<string, unknown>>(statement)
  // The statement's select list is the type. Tests hold every answer to its schema.
  return (rows[0] as T | undefined) ?? null
}

/** Statements by name. They run in the order in which they are written. A list holds several of one kind. */
export interface Batch {
  readonly [name: string]: SQL | Batch | readonly Batch[]
}

/** The rows that each statement of a batch answers, under the same names. */
export type RowsOf<B> = {
  readonly [N in keyof B]: B[N] extends SQL<infer Row> ? Row[] : B[N] extends readonly (infer Each)[] ? RowsOf<Each>[] : RowsOf<B[N]>
}

/** Runs statements as one transaction in one trip. Each statement sees what those before it did. */
export async function runBatch<const B extends Batch>(db: Db, batch: B): Promise<RowsOf<B>> {
  const statements: ReturnType<Db['execute']>[] = []
  mapBatch(batch, (statement) => statements.push(db.execute(statement)))
  const [first, ...rest] = statements
  if (!first) throw new Error('a batch without statements')
  const results = (await db.batch([first, ...rest])).values()
  // The statements' select lists are the types, as in `firstRow`.
  return mapBatch(batch, () => results.next().value?.rows) as RowsOf<B>
}

function mapBatch(batch: Batch, map: (statement: SQL) => unknown): unknown {
  return Object.fromEntries(
    Object.entries(batch).map(([name, part]) => [
      name,
      part instanceof SQL ? map(part) : Array.isArray(part) ? part.map((each: Batch) => mapBatch(each, map)) : mapBatch(part as Batch, map),
    ]),
  )
}

/** Runs a batch and reads only the first row of the statement called `answer`. */
export async function answerOf<T>(db: Db, batch: Batch & { readonly answer: SQL }): Promise<T | null> {
  const { answer } = await runBatch(db, batch)
  return (answer[0] as T | undefined) ?? null
}

/** The name of the constraint that refused a write, or `null` when the error is something else. */
export function violatedConstraint(error: unknown): string | null {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('constraint' in cause && typeof cause.constraint === 'string') return cause.constraint
  }
  return null
}

/** What went wrong, in one line. The failed statement is left out, because it is long and its values may be about people. */
export function describeFailure(error: unknown): string {
  return String(error instanceof DrizzleQueryError ? (error.cause ?? 'a statement failed') : error)
}
