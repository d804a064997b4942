import { signedIn, type Actor } from '../../../core/actor.ts'
import { type AppError, found } from '../../../core/errors.ts'
import type { Deps } from '../../../deps.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import { notHost } from '../../invitations/errors.ts'
import { recheckRooms } from '../../rooms/recheck/service.ts'
import { refuseSuspended } from '../../social/suspensions/service.ts'
import {
  attendanceClosed,
  hostCannotLeave,
  meetupCancelled,
  meetupFull,
  meetupNotFound,
  meetupOver,
  meetupRequestAnswered,
  meetupRequestDeclined,
  participantNotFound,
  petDoesNotFit,
  removedFromMeetup,
} from '../errors.ts'
import { ATTENDANCE_MS } from '../rules.ts'
import {
  answerRequest,
  deleteParticipant,
  findStanding,
  joinDate,
  leaveDate,
  listParticipants,
  type OfDate,
  type ParticipantAnswer,
  type ParticipantRow,
  updateAttendance,
} from './queries.ts'
import {
  type ChangeParticipant,
  type ListParticipantsQuery,
  type Participant,
  participantPages,
  type Seat,
  type Standing,
} from './schema.ts'

const STRIKES_MAX = 3

export type SeatDeps = Pick<Deps, 'db' | 'now' | 'pushes' | 'rooms' | 'waitUntil' | 'wakeAt'>

export const refusals: Readonly<Record<string, () => AppError>> = {
  unknown: meetupNotFound,
  not_host: notHost,
  cancelled: meetupCancelled,
  over: meetupOver,
  declined: meetupRequestDeclined,
  removed: removedFromMeetup,
  no_fit: petDoesNotFit,
  full: meetupFull,
  host: hostCannotLeave,
  nobody: participantNotFound,
  answered: meetupRequestAnswered,
  closed: attendanceClosed,
}

/** Tells whoever must hear of a change, and throws when it was refused. Returns after the live rooms have been told. */
export async function conclude(
  deps: SeatDeps,
  { outcome, told, rooms }: { readonly outcome: string | null; readonly told: readonly string[]; readonly rooms: readonly string[] },
): Promise<void> {
  if (told.length > 0) deps.waitUntil(announcePushes(deps, told))
  const refusal = refusals[outcome ?? '']
  if (refusal) throw refusal()
  await recheckRooms(deps, rooms)
}

/** Whoever is in already stays as they are. */
export async function joinMeetup(deps: SeatDeps, actor: Actor, of: OfDate, takesWaiting: boolean): Promise<Seat> {
  const answer = signedIn(await joinDate(deps.db, actor, of, takesWaiting, deps.now()))
  refuseSuspended(answer)
  await conclude(deps, { ...answer, rooms: [] })
  return found(answer.seat, meetupNotFound)
}

export async function leaveMeetup(deps: SeatDeps, actor: Actor, of: OfDate): Promise<void> {
  await conclude(deps, signedIn(await leaveDate(deps.db, actor, of, deps.now())))
}

export async function getParticipants(
  { db, cursors, now }: Pick<Deps, 'db' | 'cursors' | 'now'>,
  actor: Actor,
  id: string,
  {
    occurrence_id: date = null,
    cursor,
    limit,
  }: Omit<ListParticipantsQuery, 'occurrence_id'> & { occurrence_id?: string | null | undefined },
) {
  const list = participantPages(cursors, actor.user_id, id, date)
  const key = await list.after(cursor)
  const after = key && { part: key[1], queue_no: key[2], user_id: key[3] }
  const of = { id, occurrence_id: date ?? key?.[0] ?? null }
  const answer = signedIn(await listParticipants(db, actor, { ...of, after, limit }, now()))
  const occurrence_id = found(answer.occurrence_id, meetupNotFound)
  const page = await list.page(answer.items, limit, ({ part, queue_no, user }) => [occurrence_id, part, queue_no, user.id])
  return { occurrence_id, items: page.items.map(presentParticipant), next_cursor: page.next_cursor }
}

function presentParticipant({ user, pet, status, position, joined_at, attended }: ParticipantRow): Participant {
  return { user, pet, status, position, joined_at, attended }
}

/** The host answers a request, or says whether somebody came. */
export async function changeParticipant(
  deps: SeatDeps,
  actor: Actor,
  { id, user_id }: { readonly id: string; readonly user_id: string },
  change: ChangeParticipant,
): Promise<Participant> {
  const of = { id, occurrence_id: change.occurrence_id ?? null }
  const answer: ParticipantAnswer = signedIn(
    'status' in change
      ? await answerRequest(deps.db, actor, of, user_id, change.status === 'going', deps.now())
      : await updateAttendance(deps.db, actor, of, user_id, { has_come: change.attended, openForMs: ATTENDANCE_MS }, deps.now()),
  )
  await conclude(deps, answer)
  return found(answer.participant, participantNotFound)
}

/** From all dates ahead, for good. */
export async function removeParticipant(
  deps: SeatDeps,
  actor: Actor,
  { id, user_id }: { readonly id: string; readonly user_id: string },
): Promise<void> {
  await conclude(deps, signedIn(await deleteParticipant(deps.db, actor, id, user_id, deps.now())))
}

export async function getStanding({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<Standing> {
  return { ...signedIn(await findStanding(db, actor, now())), strikes_max: STRIKES_MAX }
}
