import { neon, neonConfig, type NeonQueryFunction } from '@neondatabase/serverless'
import type { SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/neon-http'

/** Shorter than the ten seconds after which the app gives up, so that it hears a clear answer. */
const DEADLINE_MS = 8_000

interface TripOptions extends RequestInit {
  readonly onTrip?: (durationMs: number) => void
}

/** Something on the way to Postgres answered in its place, or cut its answer short. */
class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer'
}

neonConfig.fetchFunction = async (url: string, { onTrip, ...init }: TripOptions) => {
  const startedAt = performance.now()
  // Rather than AbortSignal.timeout, which would keep a Durable Object awake until the deadline after every trip.
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(new DOMException('Postgres took too long', 'TimeoutError')), DEADLINE_MS)
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
 * One HTTP round trip a call; `endpoint` is a stand-in for Neon's own (development). There are no interactive transactions on this driver
 * (`db.transaction` throws), so writes that belong together are one statement or one `db.batch`, in which each statement sees what those before
 * it did.
 */
export function createDb(url: string, { endpoint, onTrip }: { endpoint?: string | undefined; onTrip?: (durationMs: number) => void } = {}) {
  if (endpoint) neonConfig.fetchEndpoint = endpoint
  // The driver hands fetchOptions to fetchFunction as they are; that is how a trip finds the request it belongs to.
  const client: NeonQueryFunction<false, false> = neon(url, { fetchOptions: { onTrip } })
  return drizzle({ client })
}

export type Db = ReturnType<typeof createDb>

/** The first row of a statement that answers with at most one. */
export async function firstRow<T>(db: Db, statement: SQL): Promise<T | null> {
  const { rows } = await db.execute<Record<string, unknown>>(statement)
  // The statement's select list is the type; answers are held to their schemas in every test.
  return (rows[0] as T | undefined) ?? null
}

/** Runs statements as one transaction in one trip, each seeing what those before it did; the rows of each. */
export async function runBatch<T>(db: Db, statements: readonly [SQL, ...SQL[]]): Promise<T[][]> {
  const [first, ...rest] = statements
  const results = await db.batch([db.execute(first), ...rest.map((statement) => db.execute(statement))])
  return results.map(({ rows }) => rows as T[])
}

/** `runBatch` for when only the last statement answers: its first row. */
export async function lastRow<T>(db: Db, statements: readonly [SQL, ...SQL[]]): Promise<T | null> {
  return (await runBatch<T>(db, statements)).at(-1)?.[0] ?? null
}

/** The name of the constraint that refused a write, or `null` when the error is something else. */
export function violatedConstraint(error: unknown): string | null {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('constraint' in cause && typeof cause.constraint === 'string') return cause.constraint
  }
  return null
}
