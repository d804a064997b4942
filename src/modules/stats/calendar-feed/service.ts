import { base64url } from 'jose'
import { signedIn, type Actor } from '../../../core/actor.ts'
import { found } from '../../../core/errors.ts'
import { sha256Hex } from '../../../core/hash.ts'
import { idempotencyConflict, identifyCreation } from '../../../core/idempotency.ts'
import type { Deps } from '../../../deps.ts'
import { calendarFeedNotFound } from './errors.ts'
import { writeCalendar } from './icalendar.ts'
import { type FeedRow, findFeed, insertFeed, listFeedWalks, revokeFeed } from './queries.ts'
import type { CalendarFeed } from './schema.ts'

/** So many walks are two a day for sixteen months, and a file of about 350 kB. More would take the Worker longer than its free plan gives. */
const FEED_WALKS_MAX = 1_000
const TOKEN_BYTES = 24

type FeedDeps = Pick<Deps, 'keyedSeeds' | 'publicOrigin'>

/** Makes an address. The one before opens nothing from then on. */
export async function renewFeed(
  deps: FeedDeps & Pick<Deps, 'db' | 'keyedIds' | 'now'>,
  actor: Actor,
  idempotency_key?: string,
): Promise<CalendarFeed> {
  const { db, keyedIds, now } = deps
  const creation = await identifyCreation(
    { keyedIds },
    { user_id: actor.user_id, route: 'POST /users/me/calendar-feed', body: {}, ...(idempotency_key !== undefined && { idempotency_key }) },
  )
  const token_hash = await sha256Hex(await tokenOf(deps, creation.id))
  const { feed } = signedIn(await insertFeed(db, actor, { ...creation, token_hash }, now()))
  // The same request made one that was taken back since.
  if (!feed || feed.request_hash !== creation.request_hash) throw idempotencyConflict()
  return found(await present(deps, feed), calendarFeedNotFound)
}

export async function getFeed(deps: FeedDeps & Pick<Deps, 'db'>, actor: Actor): Promise<CalendarFeed | null> {
  const { feed } = signedIn(await findFeed(deps.db, actor))
  return feed && present(deps, feed)
}

export async function removeFeed({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<void> {
  signedIn(await revokeFeed(db, actor, now()))
}

/** The calendar that an address opens. */
export async function readFeed({ db, now }: Pick<Deps, 'db' | 'now'>, token: string): Promise<{ calendar: string; etag: string }> {
  const { walks } = found(await listFeedWalks(db, await sha256Hex(token), FEED_WALKS_MAX, now()), calendarFeedNotFound)
  const calendar = writeCalendar(walks)
  return { calendar, etag: `"${(await sha256Hex(calendar)).slice(0, 32)}"` }
}

/** A token follows from its feed and a secret, so it can be shown again although only its hash is stored. */
async function tokenOf({ keyedSeeds }: Pick<Deps, 'keyedSeeds'>, feedId: string): Promise<string> {
  return base64url.encode((await keyedSeeds.of(`calendar feed ${feedId}`)).subarray(0, TOKEN_BYTES))
}

/** Null where the secret has changed since. The address goes on working, and can only be renewed. */
async function present(deps: FeedDeps, { id, token_hash, created_at }: FeedRow): Promise<CalendarFeed | null> {
  const token = await tokenOf(deps, id)
  return (await sha256Hex(token)) === token_hash ? { url: `${deps.publicOrigin}/walks.ics?token=${token}`, created_at } : null
}
