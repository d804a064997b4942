import { pathIn } from '../../core/folders.ts'
import { DAY_MS } from '../../core/time.ts'
import type { Deps } from '../../deps.ts'
import { done, type Task } from '../../jobs/job.ts'
import { PICTURE_PREFIX } from './picture.ts'
import { sweepFolder } from '../../jobs/objects.ts'

/** Thirty days unread, and one day more, because reading a card rewrites it at most once a day. */
const KEPT_MS = 31 * DAY_MS

/** Deletes cards and previews that nobody has read for thirty days, and those of an earlier drawing. Such a picture is drawn again when somebody asks for it. */
export const deleteOldCards: Task = {
  name: 'share_cards.delete_unread',
  async run(deps, scheduledAt) {
    return done({ deleted: await deleteOldCardsIn(deps, `${pathIn('share-cards')}/`, scheduledAt) })
  },
}

export async function deleteOldCardsIn(deps: Pick<Deps, 'db' | 'bucket'>, prefix: string, at: Date): Promise<number> {
  const before = new Date(at.getTime() - KEPT_MS)
  let deleted = 0
  await sweepFolder(deps, prefix, async ({ objects }) => {
    const isOld = ({ key, uploaded }: R2Object) => uploaded < before || !key.split('/').at(-1)!.startsWith(PICTURE_PREFIX)
    const old = objects.filter(isOld).map(({ key }) => key)
    if (old.length > 0) await deps.bucket.delete(old)
    deleted += old.length
    return true
  })
  return deleted
}
