import { pathIn } from '../../core/folders.ts'
import { DAY_MS } from '../../core/time.ts'
import type { Deps } from '../../deps.ts'
import { done, type Task } from '../../jobs/job.ts'
import { sweepFolder } from '../../jobs/objects.ts'

/** Thirty days unread, and one day more, because reading a card rewrites it at most once a day. */
const KEPT_MS = 31 * DAY_MS

/** Deletes cards that nobody has read for thirty days. Such a card is drawn again when somebody asks for it. */
export const deleteUnreadCards: Task = {
  name: 'share_cards.delete_unread',
  async run(deps, scheduledAt) {
    return done({ deleted: await deleteUnreadCardsIn(deps, `${pathIn('share-cards')}/`, scheduledAt) })
  },
}

export async function deleteUnreadCardsIn(deps: Pick<Deps, 'db' | 'bucket'>, prefix: string, at: Date): Promise<number> {
  const before = new Date(at.getTime() - KEPT_MS)
  let deleted = 0
  await sweepFolder(deps, prefix, async ({ objects }) => {
    const unread = objects.filter(({ uploaded }) => uploaded < before).map(({ key }) => key)
    if (unread.length > 0) await deps.bucket.delete(unread)
    deleted += unread.length
    return true
  })
  return deleted
}
