import { DAY_MS, HOUR_MS } from '../../../core/time.ts'
import { type Task, TRIPS_MAX } from '../../../jobs/job.ts'
import { deleteInSlices } from '../../../jobs/slices.ts'
import { deleteCommentsBefore, deleteHidesBefore, deleteMarksBefore } from './recount.queries.ts'
import { recountCursor, recountShare } from './recount.service.ts'

/** Longer than the cursor of a feed's page is taken. */
const MARKS_KEPT_MS = 25 * HOUR_MS
const COMMENTS_KEPT_MS = 30 * DAY_MS
const HIDES_KEPT_MS = 180 * DAY_MS
const MARKS_SLICE = 10_000

export const recountPosts: Task = {
  name: 'posts.recount',
  async run(deps, scheduledAt, cursor) {
    const { next, ...counts } = await recountShare(deps, scheduledAt, TRIPS_MAX, recountCursor.nullish().parse(cursor) ?? null)
    return { counts, next }
  },
}

export const purgeMarks: Task = {
  name: 'posts.purge_marks',
  run: ({ db }, scheduledAt) =>
    deleteInSlices((limit) => deleteMarksBefore(db, new Date(scheduledAt.getTime() - MARKS_KEPT_MS), limit), MARKS_SLICE),
}

export const purgeComments: Task = {
  name: 'posts.purge_comments',
  run: ({ db }, scheduledAt) =>
    deleteInSlices((limit) => deleteCommentsBefore(db, new Date(scheduledAt.getTime() - COMMENTS_KEPT_MS), limit, scheduledAt)),
}

export const purgeHides: Task = {
  name: 'posts.purge_hides',
  run: ({ db }, scheduledAt) => deleteInSlices((limit) => deleteHidesBefore(db, new Date(scheduledAt.getTime() - HIDES_KEPT_MS), limit)),
}
