import type { SQL } from 'drizzle-orm'
import type { z } from 'zod'
import type { Deps } from '../deps.ts'
import type { JobType } from './types.ts'

export interface Job<T extends z.ZodType = z.ZodType> {
  readonly type: JobType
  readonly payload: T
  run(deps: Deps, payload: z.infer<T>): Promise<void>
}

/** Work that stands in the outbox. Delivery is at least once: `run` must be safe to repeat. */
export function defineJob<const T extends z.ZodType>(job: Job<T>): Job {
  // A list of jobs forgets each one's payload type; consume() parses with the job's own schema before it runs it.
  return job as unknown as Job
}

/**
 * Calls to Postgres, R2 and queues that a task may make in one message. The free plan ends an invocation at fifty; the consumer needs three itself, to take
 * the lease, to close the run and to send the next part.
 */
export const TRIPS_MAX = 36

export type Counts = Readonly<Record<string, number>>

/** What one message has done. `next` is where the next message goes on, as JSON; `null` when the task is done. */
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

/** A task for the instants at which something falls due: the alarm runs it then, and every hour a cron, for what the alarm has lost. */
export interface DueTask extends Task {
  /** A scalar: when the next of it falls due, or NULL. */
  nextDue(now: Date): SQL
}
