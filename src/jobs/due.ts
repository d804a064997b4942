import { type SQL, sql } from 'drizzle-orm'
import { type Db, describeFailure, firstRow } from '../db/client.ts'

/** The part of a Durable Object's storage that holds its alarm. */
export type AlarmStorage = Pick<DurableObjectStorage, 'getAlarm' | 'setAlarm'>

/** What is due already waits for this long, so that a fault does not become a loop. */
const PAUSE_MS = 1_000
/** How long after a ring that failed the alarm rings again. */
const RETRY_MS = 60_000

/** Makes the alarm ring at that time at the latest. */
export async function wakeBy(storage: AlarmStorage, atMs: number): Promise<void> {
  const set = await storage.getAlarm()
  if (set === null || atMs < set) await storage.setAlarm(atMs)
}

/** Runs what is due, and sets the alarm for what falls due next. `runDue` answers when that is. */
export async function ring(storage: AlarmStorage, now: () => number, runDue: () => Promise<Date | null>): Promise<void> {
  try {
    const next = await runDue()
    if (next) await wakeBy(storage, Math.max(next.getTime(), now() + PAUSE_MS))
  } catch (error) {
    console.error(JSON.stringify({ level: 'error', message: 'what was due could not be run', error: describeFailure(error) }))
    await wakeBy(storage, now() + RETRY_MS)
  }
}

/** The earliest of some instants, each given as a scalar of SQL. */
export async function findNextDue(db: Db, scalars: readonly SQL[]): Promise<Date | null> {
  const given = sql.join(
    scalars.map((scalar) => sql`(${scalar})`),
    sql`, `,
  )
  const row = await firstRow<{ next: string | null }>(db, sql`SELECT to_json(least(${given})) AS next`)
  return row?.next ? new Date(row.next) : null
}
