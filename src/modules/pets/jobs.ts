import { DAY_MS } from '../../core/time.ts'
import { done, type Task } from '../../jobs/job.ts'
import { deleteArchivedPets, deleteHealthRecords } from './purge.queries.ts'

/** As long as a deleted account is kept. Until then a repeated DELETE is answered as the first one was, and a walk may still come in late. */
const KEPT_MS = 30 * DAY_MS

/** Destroys deleted health records, and deleted pets without walks. */
export const purgePets: Task = {
  name: 'pets.purge',
  async run({ db }, scheduledAt) {
    const before = new Date(scheduledAt.getTime() - KEPT_MS)
    return done({ pets: await deleteArchivedPets(db, before), records: await deleteHealthRecords(db, before) })
  },
}
