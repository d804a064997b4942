import { and, eq, lt, type SQL, sql } from 'drizzle-orm'
import { type Db, describeFailure, firstRow } from '../db/client.ts'
import { jobRuns } from '../db/schema/jobs.ts'
import type { Counts, Part } from './job.ts'
import type { TaskMessage } from './tasks.ts'

/** A consumer may run for this long. A run that has not ended by then is taken for dead. */
const LEASE_MS = 15 * 60_000
/** The message of the next part comes within this time, or it is lost. */
const CONTINUED_MS = 10 * 60_000
/** The hourly sweep looks back as far as this. An older run that never ended is for an admin to see at /admin/jobs. */
const SWEPT_HOURS = 48

/** One attempt of one message of the queue of tasks. */
export interface Attempt extends TaskMessage {
  readonly message_id: string
  readonly attempt: number
}

/** `taken`: this attempt runs the part, and no other does. `held`: another message runs it, until `lease_until` at the latest. `over`: it has run. */
export type Lease =
  | { readonly state: 'taken'; readonly cursor: unknown; readonly counts: Counts | null }
  | { readonly state: 'held'; readonly lease_until: string | null }
  | { readonly state: 'over' }

/**
 * Takes the lease of a part, in one trip. A later attempt of the message that holds the lease takes it over at once, because the queue delivers again only
 * what has failed or died.
 */
export async function takeLease(db: Db, { task, scheduled_at, part, message_id, attempt }: Attempt, now: Date): Promise<Lease> {
  const at = now.toISOString()
  const row = await firstRow<{ is_taken: boolean; is_over: boolean; cursor: unknown; result: Counts | null; lease_until: string | null }>(
    db,
    sql`
    WITH taken AS (
      INSERT INTO job_runs AS run (job, scheduled_at, started_at, part, lease_until, message_id, attempt)
      VALUES (${task}, ${scheduled_at}, ${at}, ${part}, ${new Date(now.getTime() + LEASE_MS).toISOString()}, ${message_id}, ${attempt})
      ON CONFLICT (job, scheduled_at) DO UPDATE
      SET started_at = CASE WHEN run.part = 0 THEN excluded.started_at ELSE run.started_at END, finished_at = NULL, error = NULL,
          lease_until = excluded.lease_until, message_id = excluded.message_id, attempt = excluded.attempt
      WHERE run.part = excluded.part
        AND (
          run.error IS NOT NULL
          OR run.finished_at IS NULL AND (
            run.message_id IS NULL OR run.lease_until <= ${at} OR (run.message_id = excluded.message_id AND run.attempt < excluded.attempt)
          )
        )
      RETURNING run.job, run.cursor, run.result
    )
    SELECT taken.job IS NOT NULL AS is_taken, taken.cursor, taken.result,
           coalesce(known.part > ${part} OR (known.finished_at IS NOT NULL AND known.error IS NULL), false) AS is_over,
           to_json(known.lease_until) AS lease_until
    FROM (VALUES (1)) AS one
    LEFT JOIN taken ON true
    LEFT JOIN job_runs known ON known.job = ${task} AND known.scheduled_at = ${scheduled_at}`,
  )
  if (row?.is_taken) return { state: 'taken', cursor: row.cursor, counts: row.result }
  return row?.is_over ? { state: 'over' } : { state: 'held', lease_until: row?.lease_until ?? null }
}

const heldBy = ({ task, scheduled_at, message_id, attempt }: Attempt): SQL | undefined =>
  and(eq(jobRuns.job, task), eq(jobRuns.scheduled_at, scheduled_at), eq(jobRuns.message_id, message_id), eq(jobRuns.attempt, attempt))

/** Writes down what a part has done. `counts` are those of the whole run so far. Answers `false` when another attempt has taken the run over meanwhile. */
export async function closePart(db: Db, attempt: Attempt, { counts, next }: Part, now: Date): Promise<boolean> {
  const at = now.toISOString()
  const continued = {
    part: attempt.part + 1,
    cursor: next,
    message_id: null,
    lease_until: new Date(now.getTime() + CONTINUED_MS).toISOString(),
  }
  const { rowCount } = await db
    .update(jobRuns)
    .set({ result: counts, error: null, ...(next === null ? { finished_at: at, cursor: null } : continued) })
    .where(heldBy(attempt))
  return rowCount > 0
}

/** Writes down that a part has failed. Any message for it may then take it again. */
export async function failPart(db: Db, attempt: Attempt, error: unknown, now: Date): Promise<void> {
  await db
    .update(jobRuns)
    .set({ finished_at: now.toISOString(), error: describeFailure(error).slice(0, 500) })
    .where(heldBy(attempt))
}

/** Writes down that the queue has given up on a part, unless another message has taken the part over or ended it. */
export async function buryPart(
  db: Db,
  { task, scheduled_at, part, message_id }: TaskMessage & { message_id: string },
  now: Date,
): Promise<void> {
  await db.execute(sql`
    UPDATE job_runs
    SET finished_at = coalesce(finished_at, ${now.toISOString()}), error = coalesce(error, 'the queue has given up on it')
    WHERE job = ${task} AND scheduled_at = ${scheduled_at} AND part = ${part}
      AND (message_id = ${message_id} OR lease_until <= ${now.toISOString()})
      AND (finished_at IS NULL OR error IS NOT NULL)`)
}

/**
 * Runs that need a message: those whose message is lost, and those of `expected` that never began or have failed. A run whose message is on its way has a
 * lease, so it is not among them.
 */
export async function listLostRuns(db: Db, expected: readonly { task: string; scheduled_at: string }[], now: Date): Promise<TaskMessage[]> {
  const at = now.toISOString()
  const { rows } = await db.execute<{ task: string; scheduled_at: string; part: number }>(sql`
    SELECT expected.task, expected.scheduled_at, coalesce(run.part, 0) AS part
    FROM jsonb_to_recordset(${JSON.stringify(expected)}::jsonb) AS expected (task text, scheduled_at timestamptz)
    LEFT JOIN job_runs run ON run.job = expected.task AND run.scheduled_at = expected.scheduled_at
    WHERE run.job IS NULL OR run.error IS NOT NULL
    UNION
    SELECT job, scheduled_at, part
    FROM job_runs
    WHERE finished_at IS NULL AND lease_until <= ${at} AND lease_until > ${at}::timestamptz - ${SWEPT_HOURS} * interval '1 hour'`)
  return rows.map(({ task, scheduled_at, part }) => ({ task, scheduled_at: new Date(scheduled_at).toISOString(), part }))
}

export async function deleteRunsBefore(db: Db, before: Date): Promise<number> {
  const { rowCount } = await db.delete(jobRuns).where(lt(jobRuns.scheduled_at, before.toISOString()))
  return rowCount
}
