import { type Actor, signedIn } from '../../../core/actor.ts'
import type { PageQuery } from '../../../core/cursor.ts'
import { found } from '../../../core/errors.ts'
import { idempotencyConflict, identifyCreation } from '../../../core/idempotency.ts'
import { DAY_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import { walkNotFound } from '../../walks/errors.ts'
import { refuseSuspended } from '../suspensions/service.ts'
import { commentNotFound, tooManyComments } from './errors.ts'
import { deleteComment, insertComment, listComments } from './queries.ts'
import { DAILY_MAX, isHeld } from './rules.ts'
import { type Comment, commentPages, type WriteComment } from './schema.ts'

const NEW_MS = 7 * DAY_MS
/** The day is the last 24 hours, so places become free one by one. */
const RETRY_AFTER_SEC = 3_600

export async function writeComment(
  deps: Pick<Deps, 'db' | 'keyedIds' | 'now' | 'pushes' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  input: WriteComment,
  idempotency_key?: string,
): Promise<Comment> {
  const creation = await identifyCreation(deps, { user_id: actor.user_id, route: 'POST /comments', body: input, idempotency_key })
  const comment = { ...input, ...creation, is_doubtful: isHeld(input.content) }
  const { answer, told } = signedIn(await insertComment(deps.db, actor, comment, { dailyMax: DAILY_MAX, newMs: NEW_MS }, deps.now()))
  refuseSuspended(answer)
  if (told.length > 0) deps.waitUntil(announcePushes(deps, told))
  if (!answer.is_visible) throw walkNotFound()
  if (answer.comment && answer.request_hash === creation.request_hash) return answer.comment
  if (answer.is_id_taken) throw idempotencyConflict()
  throw tooManyComments({ headers: { 'Retry-After': String(RETRY_AFTER_SEC) } })
}

export async function removeComment({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, id: string): Promise<void> {
  if (!signedIn(await deleteComment(db, actor, id, now())).is_known) throw commentNotFound()
}

export async function getComments(
  { db, cursors, now }: Pick<Deps, 'db' | 'cursors' | 'now'>,
  actor: Actor,
  walkId: string,
  { cursor, limit }: PageQuery,
) {
  const list = commentPages(cursors, actor.user_id, walkId)
  const key = await list.after(cursor)
  const after = key && { created_at: key[0], id: key[1] }
  const { items } = signedIn(await listComments(db, actor, walkId, { after, limit }, now()))
  return list.page(found(items, walkNotFound), limit, ({ created_at, id }) => [created_at, id])
}
