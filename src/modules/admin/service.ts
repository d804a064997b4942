import { signedIn, type User } from '../../core/actor.ts'
import { decodeCursor, toPage } from '../../core/cursor.ts'
import type { Deps } from '../../deps.ts'
import { adminRequired } from './errors.ts'
import { listRuns } from './queries.ts'
import { type ListRunsQuery, runKeyset } from './schema.ts'

export async function listJobRuns({ db }: Pick<Deps, 'db'>, user: User, { job, status, cursor, limit }: ListRunsQuery) {
  const key = decodeCursor(cursor, runKeyset)
  const after = key && { scheduled_at: key[0], job: key[1] }
  const { is_admin, runs } = signedIn(await listRuns(db, user, { job: job ?? null, status: status ?? null, after, limit }))
  if (!is_admin) throw adminRequired()
  return toPage(runs, limit, (run) => [run.scheduled_at, run.job])
}
