import { DAY_MS } from '../../core/time.ts'
import type { Task } from '../../jobs/job.ts'
import { announcePushes } from '../../jobs/outbox.ts'
import { deleteInSlices } from '../../jobs/slices.ts'
import { deleteInvitationsBefore, expireInvitations, remindOfMeetings } from './queries.ts'

const KEPT_MS = 180 * DAY_MS

/** Only tidies up. An expired invitation cannot be accepted, whether or not this has run. */
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
  run: ({ db }, scheduledAt) => deleteInSlices((limit) => deleteInvitationsBefore(db, new Date(scheduledAt.getTime() - KEPT_MS), limit)),
}
