import { DAY_MS } from '../../core/time.ts'
import type { Task } from '../../jobs/job.ts'
import { deleteInSlices } from '../../jobs/slices.ts'
import { deleteProvisionsBefore } from './queries.ts'

/** The law asks for six months (docs/product.md#location-ledger). */
const KEPT_MS = 184 * DAY_MS

export const purgeLedger: Task = {
  name: 'walk_rooms.purge_ledger',
  run: ({ db }, scheduledAt) => deleteInSlices((limit) => deleteProvisionsBefore(db, new Date(scheduledAt.getTime() - KEPT_MS), limit)),
}
