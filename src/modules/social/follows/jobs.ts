import { z } from 'zod'
import { DAY_MS } from '../../../core/time.ts'
import { type Task, TRIPS_MAX } from '../../../jobs/job.ts'
import { deleteInSlices } from '../../../jobs/slices.ts'
import { deleteMarksBefore, listMiscounted, recountUsers, type UserRange } from './recount.queries.ts'

/** Each night recounts a sixteenth of the people, by the first digit of their ids, which are random. It does so in sixteen slices, by the second digit. */
const NIGHTS = 16
const SLICES = 16
/** So many people are counted again in one batch. */
const RECOUNTED_AT_ONCE = 500
/** To look at a slice, and to count again whom it finds. */
const SLICE_TRIPS = 2
const PURGE_SLICE = 5_000

const recountCursor = z.object({ slice: z.int().min(0) }).nullish()

/** Counters are kept by triggers, so a difference is a fault of ours. It is reported, and mended. */
export const recountFollows: Task = {
  name: 'follows.recount',
  async run({ db }, scheduledAt, cursor) {
    const counts = { checked: 0, amiss: 0 }
    let slice = recountCursor.parse(cursor)?.slice ?? 0
    for (let left = TRIPS_MAX; slice < SLICES; left -= SLICE_TRIPS) {
      if (left < SLICE_TRIPS) return { counts, next: { slice } }
      const { user_ids, checked } = await listMiscounted(db, rangeOf(scheduledAt, slice), RECOUNTED_AT_ONCE)
      counts.amiss += user_ids.length
      if (user_ids.length > 0) {
        console.error(
          JSON.stringify({ level: 'error', message: 'counts of follows differ from the rows', user_ids: user_ids.slice(0, 20) }),
        )
        await recountUsers(db, user_ids)
      }
      // A slice with more than one batch is looked at again.
      if (user_ids.length === RECOUNTED_AT_ONCE) continue
      counts.checked += checked
      slice++
    }
    return { counts, next: null }
  },
}

/** Forgets how many people somebody followed more than a day ago. */
export const purgeFollowMarks: Task = {
  name: 'follows.purge_marks',
  run: ({ db }, scheduledAt) =>
    deleteInSlices((limit) => deleteMarksBefore(db, new Date(scheduledAt.getTime() - DAY_MS), limit), PURGE_SLICE),
}

function rangeOf(at: Date, slice: number): UserRange {
  const night = Math.floor(at.getTime() / DAY_MS) % NIGHTS
  const byte = (night * SLICES + slice).toString(16).padStart(2, '0')
  return { from: `${byte}000000-0000-0000-0000-000000000000`, to: `${byte}ffffff-ffff-ffff-ffff-ffffffffffff` }
}
