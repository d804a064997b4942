import type { Task } from '../../jobs/job.ts'
import { listBadgeIds, updateRarity } from './queries.ts'

/** How rare each badge is; one statement a badge, since the common ones take a while. Until the first run it is counted when asked. */
export const countHolders: Task = {
  name: 'badges.count_holders',
  async run({ db }, scheduledAt) {
    const ids = await listBadgeIds(db)
    for (const id of ids) await updateRarity(db, id, scheduledAt)
    return { counted: ids.length }
  },
}
