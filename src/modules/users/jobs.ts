import { DAY_MS } from '../../core/time.ts'
import type { Deps } from '../../deps.ts'
import type { Task } from '../../jobs/job.ts'
import { deleteObjects } from '../../jobs/objects.ts'
import { announce } from '../../jobs/outbox.ts'
import { deleteOldNotices, deleteOldSessions, deleteUser, listDepartedUserIds } from './purge.queries.ts'
import { GRACE_MS } from './service.ts'

/** One run destroys at most so many. The others wait for the next run. */
const USERS_MAX = 200
const SESSION_KEPT_MS = 30 * DAY_MS
const NOTICE_KEPT_MS = 90 * DAY_MS
const PREFIXES = ['tracks', 'pet-profiles', 'walk-photos', 'images', 'share-cards'] as const

/** Destroys accounts whose 30 days are over: objects first, because only the rows name the objects. */
export const purgeUsers: Task = {
  name: 'users.purge',
  async run(deps, scheduledAt) {
    const before = new Date(scheduledAt.getTime() - GRACE_MS)
    let purged = 0
    let failed = 0
    for (const userId of await listDepartedUserIds(deps.db, before, USERS_MAX)) {
      try {
        if (await purgeUser(deps, userId, before)) purged++
      } catch (error) {
        // One account that cannot be destroyed must not hold up the others. The next run tries it again.
        failed++
        console.error(JSON.stringify({ level: 'error', task: 'users.purge', user_id: userId, error: String(error) }))
      }
    }
    const sessions = await deleteOldSessions(deps.db, new Date(scheduledAt.getTime() - SESSION_KEPT_MS))
    const notices = await deleteOldNotices(deps.db, new Date(scheduledAt.getTime() - NOTICE_KEPT_MS))
    return { purged, failed, sessions, notices }
  },
}

async function purgeUser(deps: Pick<Deps, 'db' | 'bucket' | 'jobs'>, userId: string, before: Date): Promise<boolean> {
  for (const prefix of PREFIXES) await deleteObjects(deps, `${prefix}/${userId}/`)
  const { is_gone, outbox_ids } = await deleteUser(deps.db, userId, before)
  await announce(deps, outbox_ids)
  return is_gone
}
