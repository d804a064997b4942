import { signedIn, type Actor } from '../../core/actor.ts'
import { found } from '../../core/errors.ts'
import { idempotencyConflict, identifyCreation } from '../../core/idempotency.ts'
import type { Deps } from '../../deps.ts'
import { announcePushes } from '../../jobs/outbox.ts'
import { userNotFound } from '../users/errors.ts'
import { refuseSuspended } from '../social/suspensions/service.ts'
import { recheckRooms } from '../rooms/recheck/service.ts'
import {
  cannotInviteSelf,
  invitationCancelled,
  invitationExpired,
  invitationLimitReached,
  invitationNotFound,
  invitationOver,
  invitationTooSoon,
  notHost,
  notInvitee,
} from './errors.ts'
import { cancelInvitation, findInvitation, insertInvitation, listInvitations, updateAnswer } from './queries.ts'
import { REMINDED_BEFORE_MS, timesOf } from './rules.ts'
import { type Answer, type Invitation, invitationPages, type InvitationPage, type Invite, type ListInvitationsQuery } from './schema.ts'

/** Limited, because an invitation is pushed at any hour. */
const DAILY_MAX = 30
/** The day is the last 24 hours, so places become free one by one. */
const RETRY_AFTER_SEC = 3_600

type InvitationDeps = Pick<Deps, 'db' | 'now' | 'rooms' | 'waitUntil' | 'wakeAt'>

export async function invite(
  deps: Pick<Deps, 'db' | 'keyedIds' | 'now' | 'pushes' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  input: Invite,
  idempotency_key?: string,
): Promise<Invitation> {
  if (input.invitee_ids.includes(actor.user_id)) throw cannotInviteSelf()
  const at = deps.now()
  const creation = await identifyCreation(deps, { user_id: actor.user_id, route: 'POST /invitations', body: input, idempotency_key })
  const times = timesOf(new Date(input.scheduled_at), at)
  const { answer, told } = signedIn(await insertInvitation(deps.db, actor, { ...input, ...creation, times }, DAILY_MAX, at))
  if (told.length > 0) deps.waitUntil(announcePushes(deps, told))
  if (told.length > 0 && times) deps.waitUntil(deps.wakeAt(new Date(times.expires_at)))
  if (answer.invitation && answer.request_hash === creation.request_hash) return answer.invitation
  if (answer.is_id_taken) throw idempotencyConflict()
  refuseSuspended(answer)
  if (!times) throw invitationTooSoon()
  if (!answer.is_each_known) throw userNotFound()
  throw invitationLimitReached({ headers: { 'Retry-After': String(RETRY_AFTER_SEC) } })
}

export async function getInvitations(
  { db, cursors, now }: Pick<Deps, 'db' | 'cursors' | 'now'>,
  actor: Actor,
  { cursor, limit, box, status }: ListInvitationsQuery,
): Promise<InvitationPage> {
  const list = invitationPages(cursors, actor.user_id)
  const key = await list.after(cursor)
  const after = key && { created_at: key[0], id: key[1] }
  const { items, unread_count } = signedIn(
    await listInvitations(db, actor, { box: box ?? null, status: status ?? null, after, limit }, now()),
  )
  return { ...(await list.page(items, limit, ({ created_at, id }) => [created_at, id])), unread_count }
}

export async function openInvitation({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, id: string): Promise<Invitation> {
  return found(signedIn(await findInvitation(db, actor, id, now())).invitation, invitationNotFound)
}

/** A guest may change their mind: accept while the invitation is open, and decline until the meeting is over. */
export async function answerInvitation(deps: InvitationDeps, actor: Actor, id: string, answer: Answer): Promise<Invitation> {
  const at = deps.now()
  const invitation = found(signedIn(await updateAnswer(deps.db, actor, id, answer, at)).invitation, invitationNotFound)
  if (invitation.box === 'sent') throw notInvitee()
  if (invitation.status === answer) {
    if (answer === 'accepted') deps.waitUntil(deps.wakeAt(new Date(Date.parse(invitation.scheduled_at) - REMINDED_BEFORE_MS)))
    await recheckRooms(deps, [id])
    return invitation
  }
  if (invitation.status === 'cancelled') throw invitationCancelled()
  if (Date.parse(invitation.room.ends_at) <= at.getTime()) throw invitationOver()
  throw invitationExpired()
}

export async function withdrawInvitation(deps: InvitationDeps, actor: Actor, id: string): Promise<void> {
  const invitation = found(signedIn(await cancelInvitation(deps.db, actor, id, deps.now())).invitation, invitationNotFound)
  if (invitation.box === 'received') throw notHost()
  if (invitation.status !== 'cancelled') throw invitationOver()
  await recheckRooms(deps, [id])
}
