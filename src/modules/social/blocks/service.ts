import { signedIn, type Actor } from '../../../core/actor.ts'
import type { PageQuery } from '../../../core/cursor.ts'
import type { Deps } from '../../../deps.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import { userNotFound } from '../../users/errors.ts'
import { recheckRooms } from '../../rooms/recheck/service.ts'
import { deleteBlock, insertBlock, listBlocks } from './queries.ts'
import { blockPages } from './schema.ts'
import { cannotBlockSelf } from './errors.ts'

type BlockDeps = Pick<Deps, 'db' | 'now' | 'rooms' | 'waitUntil'>

/** Returns after the live rooms have been told. */
export async function block(deps: BlockDeps & Pick<Deps, 'pushes' | 'wakeAt'>, actor: Actor, userId: string): Promise<void> {
  if (userId === actor.user_id) throw cannotBlockSelf()
  const { is_known, rooms, told } = signedIn(await insertBlock(deps.db, actor, userId, deps.now()))
  if (!is_known) throw userNotFound()
  if (told.length > 0) deps.waitUntil(announcePushes(deps, told))
  await recheckRooms(deps, rooms)
}

export async function unblock(deps: BlockDeps, actor: Actor, userId: string): Promise<void> {
  const { rooms } = signedIn(await deleteBlock(deps.db, actor, userId, deps.now()))
  await recheckRooms(deps, rooms)
}

export async function getBlocks({ db, cursors }: Pick<Deps, 'db' | 'cursors'>, actor: Actor, { cursor, limit }: PageQuery) {
  const list = blockPages(cursors, actor.user_id)
  const key = await list.after(cursor)
  const { items } = signedIn(await listBlocks(db, actor, { after: key && { created_at: key[0], user_id: key[1] }, limit }))
  return list.page(items, limit, (it) => [it.created_at, it.user.id])
}
