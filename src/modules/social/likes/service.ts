import { type Actor, signedIn } from '../../../core/actor.ts'
import type { PageQuery } from '../../../core/cursor.ts'
import { found } from '../../../core/errors.ts'
import type { Deps } from '../../../deps.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import { walkNotFound } from '../../walks/errors.ts'
import { refuseSuspended } from '../suspensions/service.ts'
import { ownWalk } from './errors.ts'
import { deleteLike, insertLike, type LikeCounted, listLikers } from './queries.ts'
import { type LikeCount, type Liker, likerPages } from './schema.ts'

export async function like(
  deps: Pick<Deps, 'db' | 'now' | 'pushes' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  walkId: string,
): Promise<LikeCount> {
  const { told, ...answer } = signedIn(await insertLike(deps.db, actor, walkId, deps.now()))
  refuseSuspended(answer)
  if (told.length > 0) deps.waitUntil(announcePushes(deps, told))
  return countOf(answer)
}

export async function unlike({ db }: Pick<Deps, 'db'>, actor: Actor, walkId: string): Promise<LikeCount> {
  return countOf(signedIn(await deleteLike(db, actor, walkId)))
}

function countOf({ likes, is_own }: LikeCounted): LikeCount {
  if (is_own) throw ownWalk()
  return { likes: found(likes, walkNotFound) }
}

export async function getLikers(
  { db, cursors, now }: Pick<Deps, 'db' | 'cursors' | 'now'>,
  actor: Actor,
  walkId: string,
  { cursor, limit }: PageQuery,
) {
  const list = likerPages(cursors, actor.user_id, walkId)
  const key = await list.after(cursor)
  const after = key && { created_at: key[0], user_id: key[1] }
  const { items } = signedIn(await listLikers(db, actor, walkId, { after, limit }, now()))
  const page = await list.page(found(items, walkNotFound), limit, (it) => [it.created_at, it.user.id])
  return { ...page, items: page.items.map(({ user, pet, following }): Liker => ({ user, pet, following })) }
}
