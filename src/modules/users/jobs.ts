import { z } from 'zod'
import { uuidSchema } from '../../core/fields.ts'
import { folders, pathIn } from '../../core/folders.ts'
import { DAY_MS } from '../../core/time.ts'
import type { Deps } from '../../deps.ts'
import type { Task } from '../../jobs/job.ts'
import { deleteFolders } from '../../jobs/objects.ts'
import { announce } from '../../jobs/outbox.ts'
import { deleteOldNotices, deleteOldSessions, deleteUser, listDepartedUserIds } from './purge.queries.ts'
import { GRACE_MS } from './service.ts'

/** Of one message: nine trips to R2 and two more for each, beside the three of the whole. */
const USERS_AT_ONCE = 3
const FOLDER_TRIPS = 9
const SESSION_KEPT_MS = 30 * DAY_MS
const NOTICE_KEPT_MS = 90 * DAY_MS

/** The last account that was tried: each is tried once a night. */
const purgeCursor = z.object({ after: uuidSchema.nullable() }).nullish()

/** Destroys accounts whose 30 days are over: objects first, because only the rows name the objects. */
export const purgeUsers: Task = {
  name: 'users.purge',
  async run(deps, scheduledAt, cursor) {
    const before = new Date(scheduledAt.getTime() - GRACE_MS)
    let after = purgeCursor.parse(cursor)?.after ?? null
    const counts = { purged: 0, failed: 0 }
    const ids = await listDepartedUserIds(deps.db, before, after, USERS_AT_ONCE)
    for (const userId of ids) {
      try {
        const outcome = await purgeUser(deps, userId, before)
        // The next message goes on with the same one.
        if (outcome === 'unfinished') return { counts, next: { after } }
        if (outcome === 'gone') counts.purged++
      } catch (error) {
        // One account that will not go must not keep the others; the next night tries it again.
        counts.failed++
        console.error(JSON.stringify({ level: 'error', task: 'users.purge', user_id: userId, error: String(error) }))
      }
      after = userId
    }
    if (ids.length === USERS_AT_ONCE) return { counts, next: { after } }
    const sessions = await deleteOldSessions(deps.db, new Date(scheduledAt.getTime() - SESSION_KEPT_MS))
    const notices = await deleteOldNotices(deps.db, new Date(scheduledAt.getTime() - NOTICE_KEPT_MS))
    return { counts: { ...counts, sessions, notices }, next: null }
  },
}

/** `unfinished` where objects are left, so that the rows must stay; `kept` where the account was given back meanwhile. */
async function purgeUser(
  deps: Pick<Deps, 'bucket' | 'db' | 'jobs' | 'now' | 'wakeAt'>,
  userId: string,
  before: Date,
): Promise<'unfinished' | 'gone' | 'kept'> {
  const theirs = folders.map((folder) => `${pathIn(folder, userId)}/`)
  const { left } = await deleteFolders(deps, theirs, FOLDER_TRIPS)
  if (left.length > 0) return 'unfinished'
  const { is_gone, outbox_ids } = await deleteUser(deps.db, userId, before)
  await announce(deps, outbox_ids)
  return is_gone ? 'gone' : 'kept'
}
