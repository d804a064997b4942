import { z } from 'zod'
import { pageQuery, pagesOf } from '../../core/cursor.ts'
import { instantSchema, uuidSchema } from '../../core/fields.ts'

const runStatusSchema = z.enum(['running', 'done', 'failed']).meta({ id: 'JobStatus' })

export const listRunsQuery = pageQuery.extend({
  job: z.string().max(100).optional().meta({ description: 'Runs of this task alone', example: 'rankings.settle_periods' }),
  status: runStatusSchema.optional().meta({ description: 'Runs with this outcome alone' }),
})
export type ListRunsQuery = z.infer<typeof listRunsQuery>

export const jobRunSchema = z
  .object({
    job: z.string(),
    scheduled_at: instantSchema,
    started_at: instantSchema.meta({ description: 'Of the last attempt' }),
    finished_at: instantSchema.nullable(),
    duration_ms: z.int().nullable(),
    status: runStatusSchema,
    result: z.record(z.string(), z.number()).nullable().meta({ description: 'What it counted' }),
    error: z.string().nullable(),
  })
  .meta({ id: 'JobRun' })
export type JobRun = z.infer<typeof jobRunSchema>

export const runJobSchema = z
  .object({
    job: z.string().min(1).max(100).meta({ example: 'walks.measure_again' }),
    scheduled_at: instantSchema.meta({
      description: 'The time that the task works as of. The same job and time are the same run, which runs once',
    }),
  })
  .meta({ id: 'RunJob' })
export type RunJob = z.infer<typeof runJobSchema>

export const runPages = pagesOf('job_runs', z.tuple([z.string(), z.string()]))

export const listDeadLettersQuery = pageQuery

export const deadLetterSchema = z
  .object({
    id: z.string(),
    queue: z.string(),
    body: z.unknown().meta({ description: 'The message as it was' }),
    error: z.string().nullable().meta({ description: 'What went wrong last' }),
    died_at: instantSchema,
    retried_at: instantSchema.nullable(),
  })
  .meta({ id: 'DeadLetter' })
export type DeadLetter = z.infer<typeof deadLetterSchema>

/** The ids in a dead message, as far as it can be read. */
export const deadWorkSchema = z.object({ outbox_id: uuidSchema.optional(), notification_ids: z.array(uuidSchema).optional() })

export const deadLetterPages = pagesOf('dead_letters', z.tuple([z.string(), z.string()]))

export const deadLetterParam = z.object({ id: z.string().min(1).max(200).meta({ example: '0f8b6f3e6a3d4c1e' }) })

/** `state` comes back with the browser, so that the page knows that it was the one who asked. */
export const adminLoginQuery = z.object({ state: z.string().regex(/^[\w-]{16,100}$/) })
