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

/** A cron's work. `scheduledAt` is the trigger's own time, never the wall clock; what it returns is kept with the run. */
export interface Task {
  readonly name: string
  run(deps: Deps, scheduledAt: Date): Promise<Record<string, number>>
}
