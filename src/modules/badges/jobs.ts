import { done, type Task } from '../../jobs/job.ts'
import { updateRarity } from './queries.ts'

/** Counts how rare each badge is. Until the first run a request counts it. */
export const countHolders: Task = {
  name: 'badges.count_holders',
  run: async ({ db }, scheduledAt) => done({ counted: await updateRarity(db, scheduledAt) }),
}
