import { DAY_MS } from '../../core/time.ts'
import type { Task } from '../../jobs/job.ts'
import { deleteProvisionsBefore } from './queries.ts'

/** The law asks for six months. */
const KEPT_MS = 184 * DAY_MS
const SLICE = 1_000
const SLICES_MAX = 20

export const purgeLedger: Task = {
  name: 'walk_rooms.purge_ledger',
  async run({ db }, scheduledAt) {
    let purged = 0
    for (let slice = 0; slice < SLICES_MAX; slice++) {
      const gone = await deleteProvisionsBefore(db, new Date(scheduledAt.getTime() - KEPT_MS), SLICE)
      purged += gone
      if (gone < SLICE) break
    }
    return { purged }
  },
}
