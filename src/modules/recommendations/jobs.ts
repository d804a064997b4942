import { DAY_MS } from '../../core/time.ts'
import type { Task } from '../../jobs/job.ts'
import { deleteInSlices } from '../../jobs/slices.ts'
import { deleteDismissalsBefore, deleteHabitsBefore } from './queries.ts'

const DISMISSALS_KEPT_MS = 180 * DAY_MS
/** Who has not walked for so long has no habit. The fold begins anew with their next walk. */
const HABITS_KEPT_MS = 28 * DAY_MS

export const purgeDismissals: Task = {
  name: 'recommendations.purge_dismissals',
  run: ({ db }, scheduledAt) =>
    deleteInSlices((limit) => deleteDismissalsBefore(db, new Date(scheduledAt.getTime() - DISMISSALS_KEPT_MS), limit)),
}

export const purgeHabits: Task = {
  name: 'recommendations.purge_habits',
  run: ({ db }, scheduledAt) => deleteInSlices((limit) => deleteHabitsBefore(db, new Date(scheduledAt.getTime() - HABITS_KEPT_MS), limit)),
}
