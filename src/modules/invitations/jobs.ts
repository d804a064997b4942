import { DAY_MS } from '../../core/time.ts'
import type { Task } from '../../jobs/job.ts'
import { announcePushes } from '../../jobs/outbox.ts'
import { deleteInvitationsBefore, expireInvitations, remindOfMeetings } from './queries.ts'

const KEPT_MS = 180 * DAY_MS
const SLICE = 1_000
const SLICES_MAX = 20

/** Only tidies up: an invitation that has expired cannot be accepted before this has run either. */
export const expireUnanswered: Task = {
  name: 'invitations.expire',
  run: async ({ db }, scheduledAt) => ({ expired: await expireInvitations(db, scheduledAt) }),
}

export const remindOfMeetingsSoon: Task = {
  name: 'invitations.remind',
  async run(deps, scheduledAt) {
    const told = await remindOfMeetings(deps.db, scheduledAt)
    await announcePushes(deps, told)
    return { told: told.length }
  },
}

export const purgeInvitations: Task = {
  name: 'invitations.purge',
  async run({ db }, scheduledAt) {
    let purged = 0
    for (let slice = 0; slice < SLICES_MAX; slice++) {
      const gone = await deleteInvitationsBefore(db, new Date(scheduledAt.getTime() - KEPT_MS), SLICE)
      purged += gone
      if (gone < SLICE) break
    }
    return { purged }
  },
}
