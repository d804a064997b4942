import { signedIn, type Actor } from '../../core/actor.ts'
import type { PageQuery } from '../../core/cursor.ts'
import { type Entrant, ROOM_TICKET_SECONDS } from '../../core/room-ticket.ts'
import type { Deps } from '../../deps.ts'
import { announce } from '../../jobs/outbox.ts'
import { invitationNotFound, invitationOver } from '../invitations/errors.ts'
import { meetupCancelled, meetupNotFound, meetupOver } from '../meetups/errors.ts'
import { invitationNotAccepted, notGoing, roomNotOpenYet } from './errors.ts'
import { CLOSE } from './closing.ts'
import { findRoom, insertRecord, listProvisions } from './queries.ts'
import { reasonToClose } from './rules.ts'
import { ledgerPages, type RequestTicket, type RoomName, type RoomRecord, type RoomTicket, type RoomTruth } from './schema.ts'

/** The Worker tells a room in this header who is at its door. Nobody else can reach a room. */
export const ENTRANCE_HEADER = 'X-Entrance'
/** A room answers in this header with which close code somebody is refused. */
export const REFUSAL_HEADER = 'X-Refusal'

export interface Entrance {
  /** `null` when the request brought neither ticket nor token. The first message must then bring a ticket. */
  readonly entrant: Entrant | null
  /** The subprotocol to answer with, or `null` when the client offered none. */
  readonly protocol: string | null
}

export async function issueTicket(
  { db, now, roomTickets }: Pick<Deps, 'db' | 'now' | 'roomTickets'>,
  actor: Actor,
  asked: RequestTicket,
): Promise<RoomTicket> {
  const { id, kind } = roomOf(asked)
  const truth = await findRoom(db, id, [actor.session_id], now())
  const code = reasonToClose(truth, actor)
  if (code === CLOSE.unauthenticated) signedIn(null)
  const why = refusals[kind]
  if (code === CLOSE.not_a_participant || truth.kind !== kind) throw why.missing()
  if (truth.status === 'cancelled') throw why.cancelled()
  if (truth.status === 'over') throw why.over()
  if (truth.status === 'early') throw roomNotOpenYet()
  if (code !== null) throw why.notIn()
  return { ticket: await roomTickets.issue(actor, id), expires_in: ROOM_TICKET_SECONDS }
}

const refusals = {
  invitation: { missing: invitationNotFound, cancelled: invitationOver, over: invitationOver, notIn: invitationNotAccepted },
  meetup: { missing: meetupNotFound, cancelled: meetupCancelled, over: meetupOver, notIn: notGoing },
} as const

function roomOf({
  invitation_id,
  occurrence_id,
}: {
  invitation_id?: string | null | undefined
  occurrence_id?: string | null | undefined
}): RoomName {
  return invitation_id ? { kind: 'invitation', id: invitation_id } : { kind: 'meetup', id: occurrence_id ?? '' }
}

/** Opens a connection to a live room. Somebody with neither ticket nor token waits at the door. */
export async function enterRoom(
  { rooms, accessTokens, roomTickets }: Pick<Deps, 'rooms' | 'accessTokens' | 'roomTickets'>,
  id: string,
  given: { readonly ticket: string | undefined; readonly token: string | undefined },
): Promise<Response> {
  const protocol = given.ticket === undefined ? null : 'ticket'
  const isGiven = given.ticket !== undefined || given.token !== undefined
  const entrant = given.ticket !== undefined ? await roomTickets.verify(given.ticket, id) : await identify(accessTokens, given.token)
  if (isGiven && !entrant) return refuse(CLOSE.unauthenticated, protocol)
  const entrance: Entrance = { entrant, protocol }
  const answer = await rooms
    .getByName(id)
    .fetch('https://room/', { headers: { Upgrade: 'websocket', [ENTRANCE_HEADER]: JSON.stringify(entrance) } })
  const code = answer.headers.get(REFUSAL_HEADER)
  return code === null ? answer : refuse(Number(code), protocol)
}

async function identify(accessTokens: Deps['accessTokens'], token: string | undefined): Promise<Entrant | null> {
  const actor = token === undefined ? null : await accessTokens.verify(token)
  return actor && { ...actor, ticket_id: null }
}

/**
 * Opens a connection and closes it with a code, because only an open connection can be closed with one. The Worker does it and not the room: a client hears
 * late of a connection that a room closes before it is open.
 */
function refuse(code: number, protocol: string | null): Response {
  const { 0: client, 1: server } = new WebSocketPair()
  server.accept()
  server.close(code)
  return new Response(null, { status: 101, webSocket: client, ...(protocol && { headers: { 'Sec-WebSocket-Protocol': protocol } }) })
}

export function lookAtRoom({ db, now }: Pick<Deps, 'db' | 'now'>, id: string, sessionIds: readonly string[]): Promise<RoomTruth> {
  return findRoom(db, id, sessionIds, now())
}

export async function saveRecord(deps: Pick<Deps, 'db' | 'jobs' | 'now' | 'wakeAt'>, room: RoomName, record: RoomRecord): Promise<void> {
  await announce(deps, await insertRecord(deps.db, room, record))
}

export async function getLedger({ db, cursors }: Pick<Deps, 'db' | 'cursors'>, actor: Actor, { cursor, limit }: PageQuery) {
  const list = ledgerPages(cursors, actor.user_id)
  const key = await list.after(cursor)
  const after = key && { first_at: key[0], room_id: key[1], viewer_id: key[2] }
  const { items } = signedIn(await listProvisions(db, actor, { after, limit }))
  return list.page(items, limit, (shown) => [shown.first_at, roomOf(shown).id, shown.viewer.id])
}
