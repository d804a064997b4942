import { signedIn, type Actor } from '../../../core/actor.ts'
import { invalidCursor, type PageQuery } from '../../../core/cursor.ts'
import { DAY_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { regionNotSet } from '../../rankings/errors.ts'
import { userNotFound } from '../../users/errors.ts'
import { walkNotFound } from '../../walks/errors.ts'
import { presentCard } from '../../walks/showing/presentation.ts'
import { cursorExpired } from './errors.ts'
import { countNews, type FeedSpot, findFeedPage, listUserPosts, updateHide } from './queries.ts'
import { type FeedPage, feedPages, type FeedQuery, userPostPages } from './schema.ts'

type FeedDeps = Pick<Deps, 'db' | 'cursors' | 'media' | 'now'>

const CURSOR_LIFE_MS = DAY_MS
/** A feed looks no further back for what is new. */
const NEWS_LIFE_MS = 14 * DAY_MS
/** A feed by time begins after everything that was shared at its instant. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

export async function getFeed(deps: FeedDeps, actor: Actor, { cursor, limit, filter, order, since }: FeedQuery): Promise<FeedPage> {
  const now = deps.now()
  if (since !== undefined)
    return { items: [], next_cursor: null, at: now.toISOString(), new_count: await countNew(deps, actor, filter, since) }
  const list = feedPages(deps.cursors, actor.user_id, filter, order)
  const [began, seen, region, floors, after] = (await list.after(cursor)) ?? []
  const at = began === undefined ? now : new Date(began)
  if (now.getTime() - at.getTime() > CURSOR_LIFE_MS) throw cursorExpired()
  if (at.getTime() > now.getTime() + CURSOR_LIFE_MS) throw invalidCursor()
  const spot =
    after === undefined ? null : ({ region_code: region || null, seen, floors: JSON.parse(floors!), after: JSON.parse(after) } as FeedSpot)
  const from = spot === null && order === 'recent' ? { posted_at: at.toISOString(), walk_id: LAST_ID } : null
  const { region_code, page, cards, ...answer } = signedIn(await findFeedPage(deps.db, actor, { filter, at, spot, from, limit }, now))
  if (filter === 'local' && region_code === null) throw regionNotSet()
  const next =
    page.next && ([at.toISOString(), answer.seen, region_code ?? '', JSON.stringify(page.floors), JSON.stringify(page.next)] as const)
  return {
    items: await Promise.all(cards.map((card) => presentCard(card, actor, deps.media))),
    next_cursor: next && (await list.seal([...next])),
    at: at.toISOString(),
    new_count: null,
  }
}

async function countNew({ db, now }: FeedDeps, actor: Actor, filter: FeedQuery['filter'], since: string): Promise<number> {
  const at = now()
  const from = new Date(Math.max(Date.parse(since), at.getTime() - NEWS_LIFE_MS))
  const { region_code, new_count } = signedIn(await countNews(db, actor, { filter, since: from, at }))
  if (filter === 'local' && region_code === null) throw regionNotSet()
  return new_count
}

/** Hiding again, or showing what is not hidden, changes nothing. */
export async function hideFromFeed({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, walkId: string, isHidden: boolean): Promise<void> {
  if (!signedIn(await updateHide(db, actor, walkId, isHidden, now())).is_seen) throw walkNotFound()
}

export async function getUserPosts(deps: FeedDeps, actor: Actor, userId: string, { cursor, limit }: PageQuery) {
  const list = userPostPages(deps.cursors, actor.user_id, userId)
  const key = await list.after(cursor)
  const after = key && { posted_at: key[0], walk_id: key[1] }
  const { is_known, cards } = signedIn(await listUserPosts(deps.db, actor, { user_id: userId, after, limit }, deps.now()))
  if (!is_known) throw userNotFound()
  const { items, next_cursor } = await list.page(cards, limit, ({ post, id }) => [post.posted_at, id])
  return { items: await Promise.all(items.map((card) => presentCard(card, actor, deps.media))), next_cursor }
}
