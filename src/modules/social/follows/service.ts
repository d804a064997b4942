import { signedIn, type Actor } from '../../../core/actor.ts'
import { found } from '../../../core/errors.ts'
import type { Deps } from '../../../deps.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import { userNotFound } from '../../users/errors.ts'
import { presentLatestWalk } from '../../walks/showing/presentation.ts'
import { refuseSuspended } from '../suspensions/service.ts'
import { followLimit, ownAccount, tooManyFollows } from './errors.ts'
import { type FollowedRow, type FollowSide, listFollows } from './list.queries.ts'
import { deleteFollow, insertFollow } from './queries.ts'
import { type FollowedPerson, followPages, type FollowsQuery } from './schema.ts'

const FOLLOWS_MAX = 5_000
/** Of new follows in 24 hours. Who unfollows has used theirs. */
const DAILY_MAX = 400
/** The day is the last 24 hours, so places become free one by one. */
const RETRY_AFTER_SEC = 3_600

export async function follow(
  deps: Pick<Deps, 'db' | 'now' | 'pushes' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  userId: string,
): Promise<void> {
  if (userId === actor.user_id) throw ownAccount()
  const limits = { total: FOLLOWS_MAX, daily: DAILY_MAX }
  const { answer, told } = signedIn(await insertFollow(deps.db, actor, userId, limits, deps.now()))
  if (told.length > 0) deps.waitUntil(announcePushes(deps, told))
  refuseSuspended(answer)
  if (!answer.is_known) throw userNotFound()
  if (answer.is_following) return
  if (answer.follows >= FOLLOWS_MAX) throw followLimit()
  throw tooManyFollows({ headers: { 'Retry-After': String(RETRY_AFTER_SEC) } })
}

export async function unfollow({ db }: Pick<Deps, 'db'>, actor: Actor, userId: string): Promise<void> {
  signedIn(await deleteFollow(db, actor, { follower_id: actor.user_id, followee_id: userId }))
}

/** The other one is not told. */
export async function removeFollower({ db }: Pick<Deps, 'db'>, actor: Actor, userId: string): Promise<void> {
  signedIn(await deleteFollow(db, actor, { follower_id: userId, followee_id: actor.user_id }))
}

export async function getFollows(
  { db, cursors, now }: Pick<Deps, 'db' | 'cursors' | 'now'>,
  actor: Actor,
  { side, of }: { side: FollowSide; of: string },
  { q, sort, cursor, limit }: FollowsQuery,
) {
  const list = followPages(cursors, actor.user_id, side, of, sort, q ?? null)
  const position = await list.after(cursor)
  const after = position && { key: position[0], user_id: position[1] }
  // A walk that somebody shares while the list is read moves nobody.
  const as_of = position?.[2] ?? now().toISOString()
  const filter = { side, of, q: q || null, sort, after, as_of, limit }
  const { items } = signedIn(await listFollows(db, actor, filter, now()))
  const page = await list.page(found(items, userNotFound), limit, ({ key, user }) => [key, user.id, as_of])
  return { ...page, items: page.items.map((row) => presentFollowed(row, actor)) }
}

function presentFollowed(row: FollowedRow, actor: Actor): FollowedPerson {
  const { key: _, latest_walk, ...person } = row
  return { ...person, latest_walk: latest_walk && presentLatestWalk(latest_walk, person.user.id === actor.user_id) }
}
