import { neon, neonConfig, type NeonQueryFunction } from '@neondatabase/serverless'
import { DrizzleQueryError, SQL } from 'drizzle-orm'
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

/** Statements by name, run in the order in which they are written; a list where there may be several of a kind. */
export interface Batch {
  readonly [name: string]: SQL | Batch | readonly Batch[]
}

/** The rows that each statement of a batch answered, under the same names. */
export type RowsOf<B> = {
  readonly [N in keyof B]: B[N] extends SQL<infer Row> ? Row[] : B[N] extends readonly (infer Each)[] ? RowsOf<Each>[] : RowsOf<B[N]>
}

/** Runs statements as one transaction in one trip, each seeing what those before it did. */
export async function runBatch<const B extends Batch>(db: Db, batch: B): Promise<RowsOf<B>> {
  const statements: ReturnType<Db['execute']>[] = []
  mapBatch(batch, (statement) => statements.push(db.execute(statement)))
  const [first, ...rest] = statements
  if (!first) throw new Error('a batch without statements')
  const results = (await db.batch([first, ...rest])).values()
  // The statements' types are those of their select lists, as in `firstRow`.
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

/** `runBatch` where only the statement called `answer` is read: its first row. */
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

/** What went wrong, in a line. A failed statement is not repeated: it is long, and its values may be about people. */
export function describeFailure(error: unknown): string {
  return String(error instanceof DrizzleQueryError ? (error.cause ?? 'a statement failed') : error)
}
