import { pathIn } from '../../../core/folders.ts'
import { HOUR_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { defineJob, type Task } from '../../../jobs/job.ts'
import { deleteFolders } from '../../../jobs/objects.ts'
import { JOB } from '../../../jobs/types.ts'
import { failExport } from './queries.ts'
import { makeExportSchema } from './schema.ts'
import { continueExport } from './service.ts'
import { endExports, markEmptied } from './sweep.queries.ts'

/** One slice. The statement that writes it down leaves the next one in the outbox. */
export const makeExport = defineJob({
  type: JOB.makeExport,
  payload: makeExportSchema,
  run: (deps, slice) => continueExport(deps, slice),
  giveUp: ({ db, now }, slice) => failExport(db, slice, 'stalled', now()),
})

/** A queue gives up on a message sooner, and says so. This is for messages that are lost. */
const STALLED_MS = 6 * HOUR_MS
/** An attempt that was at work when the archive was given up has ended by then. */
const SETTLED_MS = HOUR_MS / 6
/** A row without a file is kept for the list, and for the limit of a day. */
const ROWS_KEPT_MS = 30 * 24 * HOUR_MS
/** Of one message: one trip besides, and four for each, of which one marks it. */
const EXPORTS_AT_ONCE = 8
const FOLDER_TRIPS = 3

/** Ends archives whose day is over or that have stalled, and deletes the objects of all that are not there any more. */
export const sweepExports: Task = {
  name: 'exports.sweep',
  async run(deps, scheduledAt) {
    const ago = (ms: number) => new Date(scheduledAt.getTime() - ms)
    const times = { now: scheduledAt, stalledBefore: ago(STALLED_MS), settledBefore: ago(SETTLED_MS), keptSince: ago(ROWS_KEPT_MS) }
    const { unemptied, purged } = await endExports(deps.db, times, EXPORTS_AT_ONCE)
    const emptied = await emptyExports(deps, unemptied, scheduledAt)
    return { counts: { emptied, purged }, next: unemptied.length === EXPORTS_AT_ONCE && emptied > 0 ? 'more' : null }
  },
}

async function emptyExports(
  deps: Pick<Deps, 'bucket' | 'db'>,
  ended: readonly { id: string; user_id: string }[],
  at: Date,
): Promise<number> {
  let emptied = 0
  for (const { id, user_id } of ended) {
    const { left } = await deleteFolders(deps, [`${pathIn('exports', user_id, id)}/`], FOLDER_TRIPS)
    if (left.length > 0) continue
    await markEmptied(deps.db, id, at)
    emptied++
  }
  return emptied
}
