import { DAY_MS } from '../../core/time.ts'
import { done, type DueTask, type Task } from '../../jobs/job.ts'
import { announcePushes } from '../../jobs/outbox.ts'
import { deleteInSlices } from '../../jobs/slices.ts'
import { deleteInvitationsBefore, expireInvitations, nextExpiry, nextReminder, remindOfMeetings } from './due.queries.ts'

const KEPT_MS = 180 * DAY_MS

/** Only tidies up, because an invitation that has expired cannot be accepted even before this has run. */
export const expireUnanswered: DueTask = {
  name: 'invitations.expire',
  run: async ({ db }, scheduledAt) => done({ expired: await expireInvitations(db, scheduledAt) }),
  nextDue: nextExpiry,
}

export const remindOfMeetingsSoon: DueTask = {
  name: 'invitations.remind',
  async run(deps, scheduledAt) {
    const told = await remindOfMeetings(deps.db, scheduledAt)
    await announcePushes(deps, told)
    return done({ told: told.length })
  },
  nextDue: nextReminder,
}

export const purgeInvitations: Task = {
  name: 'invitations.purge',
  run: ({ db }, scheduledAt) => deleteInSlices((limit) => deleteInvitationsBefore(db, new Date(scheduledAt.getTime() - KEPT_MS), limit)),
}
