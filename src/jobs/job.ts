import type { SQL } from 'drizzle-orm'
import type { z } from 'zod'
import type { Deps } from '../deps.ts'
import type { JobType } from './types.ts'

export interface Job<T extends z.ZodType = z.ZodType> {
  readonly type: JobType
  readonly payload: T
  run(deps: Deps, payload: z.infer<T>): Promise<void>
  /** What is told when the queue has given up, so that nobody waits for it. Safe to repeat. */
  giveUp?(deps: Deps, payload: z.infer<T>): Promise<void>
}

/** Work that stands in the outbox. Delivery is at least once, so `run` must be safe to repeat. */
export function defineJob<const T extends z.ZodType>(job: Job<T>): Job {
  // A list of jobs cannot keep each one's payload type. The consumer parses a payload with the job's own schema before it runs the job.
  return job as unknown as Job
}

/**
 * How many calls to Postgres, R2 and queues a task may make in one message. The free plan ends an invocation at fifty. The consumer needs three itself, to
 * take the lease, to close the run and to send the next part.
 */
export const TRIPS_MAX = 36

export type Counts = Readonly<Record<string, number>>

/** What one message has done. `next` is where the next message goes on, as JSON. It is `null` when the task is done. */
export interface Part {
  readonly counts: Counts
  readonly next: unknown
}

export const done = (counts: Counts): Part => ({ counts, next: null })

/**
 * A cron's work. `scheduledAt` is the trigger's own time, never the wall clock. `cursor` is the `next` of the part before, and `null` in the first.
 * Delivery is at least once: a part may run again.
 */
export interface Task {
  readonly name: string
  run(deps: Deps, scheduledAt: Date, cursor?: unknown): Promise<Part>
}

/** A task for what falls due at a certain time. The alarm runs it at that time. A cron runs it every hour as well, for what the alarm has lost. */
export interface DueTask extends Task {
  /** When the next of it falls due, as a scalar of SQL, or NULL. */
  nextDue(now: Date): SQL
}
