import { signedIn, type User } from '../../core/actor.ts'
import { found } from '../../core/errors.ts'
import { idempotencyConflict, identifyCreation } from '../../core/idempotency.ts'
import type { Deps } from '../../deps.ts'
import { announcePushes } from '../../jobs/outbox.ts'
import { userNotFound } from '../users/errors.ts'
import { recheckRooms } from '../rooms/service.ts'
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
import { timesOf } from './rules.ts'
import { type Answer, type Invitation, invitationPages, type InvitationPage, type Invite, type ListInvitationsQuery } from './schema.ts'

/** An invitation is pushed at any hour, so that nobody may be sent them without end. */
const DAILY_MAX = 30

type InvitationDeps = Pick<Deps, 'db' | 'now' | 'rooms' | 'waitUntil'>

export async function invite(
  deps: Pick<Deps, 'db' | 'keyedIds' | 'now' | 'pushes' | 'waitUntil'>,
  user: User,
  input: Invite,
  idempotency_key?: string,
): Promise<Invitation> {
  if (input.invitee_ids.includes(user.user_id)) throw cannotInviteSelf()
  const at = deps.now()
  const creation = await identifyCreation(deps, { user_id: user.user_id, route: 'POST /invitations', body: input, idempotency_key })
  const times = timesOf(new Date(input.scheduled_at), at)
  const { answer, told } = signedIn(await insertInvitation(deps.db, user, { ...input, ...creation, times }, DAILY_MAX, at))
  if (told.length > 0) deps.waitUntil(announcePushes(deps, told))
  if (answer.invitation && answer.request_hash === creation.request_hash) return answer.invitation
  if (answer.is_id_taken) throw idempotencyConflict()
  if (!times) throw invitationTooSoon()
  if (!answer.is_each_known) throw userNotFound()
  throw invitationLimitReached()
}

export async function getInvitations(
  { db, cursors, now }: Pick<Deps, 'db' | 'cursors' | 'now'>,
  user: User,
  { cursor, limit, box, status }: ListInvitationsQuery,
): Promise<InvitationPage> {
  const list = invitationPages(cursors, user.user_id)
  const key = await list.after(cursor)
  const after = key && { created_at: key[0], id: key[1] }
  const { items, unread_count } = signedIn(
    await listInvitations(db, user, { box: box ?? null, status: status ?? null, after, limit }, now()),
  )
  return { ...(await list.page(items, limit, ({ created_at, id }) => [created_at, id])), unread_count }
}

export async function openInvitation({ db, now }: Pick<Deps, 'db' | 'now'>, user: User, id: string): Promise<Invitation> {
  return found(signedIn(await findInvitation(db, user, id, now())).invitation, invitationNotFound)
}

/** A guest may change their mind: accept while the invitation is open, and withdraw until the meeting is over. */
export async function answerInvitation(deps: InvitationDeps, user: User, id: string, answer: Answer): Promise<Invitation> {
  const at = deps.now()
  const invitation = found(signedIn(await updateAnswer(deps.db, user, id, answer, at)).invitation, invitationNotFound)
  if (invitation.box === 'sent') throw notInvitee()
  if (invitation.status === answer) {
    await recheckRooms(deps, [id])
    return invitation
  }
  if (invitation.status === 'cancelled') throw invitationCancelled()
  if (Date.parse(invitation.room.ends_at) <= at.getTime()) throw invitationOver()
  throw invitationExpired()
}

export async function withdrawInvitation(deps: InvitationDeps, user: User, id: string): Promise<void> {
  const invitation = found(signedIn(await cancelInvitation(deps.db, user, id, deps.now())).invitation, invitationNotFound)
  if (invitation.box === 'received') throw notHost()
  if (invitation.status !== 'cancelled') throw invitationOver()
  await recheckRooms(deps, [id])
}
