import { signedIn, type Actor } from '../../../core/actor.ts'
import type { PageQuery } from '../../../core/cursor.ts'
import type { Deps } from '../../../deps.ts'
import { announcementPages } from '../schema.ts'
import { listAnnouncements } from './queries.ts'

export async function getAnnouncements({ db, cursors }: Pick<Deps, 'db' | 'cursors'>, actor: Actor, { cursor, limit }: PageQuery) {
  const list = announcementPages(cursors, actor.user_id)
  const key = await list.after(cursor)
  const after = key && { created_at: key[0], id: key[1] }
  const { items } = signedIn(await listAnnouncements(db, actor, { after, limit }))
  return list.page(items, limit, ({ created_at, id }) => [created_at, id])
}
