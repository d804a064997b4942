import { done, type Task } from '../../jobs/job.ts'
import { updateRarity } from './queries.ts'

/** How rare each badge is. Until the first run it is counted when asked. */
export const countHolders: Task = {
  name: 'badges.count_holders',
  run: async ({ db }, scheduledAt) => done({ counted: await updateRarity(db, scheduledAt) }),
}
