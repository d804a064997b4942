import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { JobRun, ListRunsQuery } from './schema.ts'

export interface RunFilter {
  readonly job: string | null
  readonly status: NonNullable<ListRunsQuery['status']> | null
  readonly after: { readonly scheduled_at: string; readonly job: string } | null
  readonly limit: number
}

/** Whether the viewer is an admin, and whether a task of that name has run before. */
export function findJob(db: Db, actor: Actor, job: string): Promise<{ is_admin: boolean; is_known: boolean } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT viewer.role = 'admin' AS is_admin, EXISTS (SELECT 1 FROM job_runs WHERE job_runs.job = ${job}) AS is_known
    FROM viewer`,
  )
}

/** Runs of crons, the latest scheduled first, one more than `limit`. None for somebody who is not an admin. */
export function listRuns(
  db: Db,
  actor: Actor,
  { job, status, after, limit }: RunFilter,
): Promise<{ is_admin: boolean; runs: JobRun[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT viewer.role = 'admin' AS is_admin,
           (
             SELECT coalesce(json_agg(page ORDER BY page.scheduled_at DESC, page.job), '[]')
             FROM (
               SELECT run.job, run.scheduled_at, run.started_at, run.finished_at,
                      round(extract(epoch FROM run.finished_at - run.started_at) * 1000)::int AS duration_ms,
                      told.status, run.result, run.error
               FROM job_runs run
               CROSS JOIN LATERAL (
                 SELECT CASE WHEN run.finished_at IS NULL THEN 'running' WHEN run.error IS NULL THEN 'done' ELSE 'failed' END AS status
               ) AS told
               WHERE viewer.role = 'admin'
                 AND (${job}::text IS NULL OR run.job = ${job})
                 AND (${status}::text IS NULL OR told.status = ${status})
                 AND (
                   ${after === null}
                   OR run.scheduled_at < ${after?.scheduled_at ?? null}::timestamptz
                   OR (run.scheduled_at = ${after?.scheduled_at ?? null}::timestamptz AND run.job > ${after?.job ?? null})
                 )
               ORDER BY run.scheduled_at DESC, run.job
               LIMIT ${limit + 1}
             ) AS page
           ) AS runs
    FROM viewer`,
  )
}
