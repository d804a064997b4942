import { DAY_MS } from '../../core/time.ts'
import type { Task } from '../../jobs/job.ts'
import { deleteInSlices } from '../../jobs/slices.ts'
import { deleteEncountersBefore, deleteProvisionsBefore } from './queries.ts'

/** The law asks for six months (docs/product.md#location-ledger). */
const KEPT_MS = 184 * DAY_MS

/** As long as those of invitations, which go with them (docs/product.md#retention). A meetup itself is kept for longer. */
const ENCOUNTERS_KEPT_MS = 180 * DAY_MS

export const purgeMeetupEncounters: Task = {
  name: 'walk_rooms.purge_encounters',
  run: ({ db }, scheduledAt) =>
    deleteInSlices((limit) => deleteEncountersBefore(db, new Date(scheduledAt.getTime() - ENCOUNTERS_KEPT_MS), limit)),
}

export const purgeLedger: Task = {
  name: 'walk_rooms.purge_ledger',
  run: ({ db }, scheduledAt) => deleteInSlices((limit) => deleteProvisionsBefore(db, new Date(scheduledAt.getTime() - KEPT_MS), limit)),
}
