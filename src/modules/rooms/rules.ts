import { type Cell, cellsTouching } from '../../core/grid.ts'
import type { LatLng } from '../../core/geo.ts'
import { CLOSE } from './closing.ts'
import type { RoomKind } from './room-state.ts'
import type { RoomTruth } from './schema.ts'

/** The person a connection belongs to, and their session. */
interface Person {
  readonly user_id: string
  readonly session_id: string
}

/** Why somebody may not be in the room (any more), as a close code, or `null` when they may. Strangers learn nothing about it. */
export function reasonToClose(truth: RoomTruth, { user_id, session_id }: Person): number | null {
  if (!truth.sessions.some((session) => session.id === session_id && session.user_id === user_id)) return CLOSE.unauthenticated
  const person = truth.people.find((it) => it.user_id === user_id)
  if (!person || person.is_blocked) return CLOSE.not_a_participant
  // A block ends a guest's answer for good. A host without any other guest is then closed as by a refusal, so the code does not tell of the block. A meetup's
  // host holds a seat of their own.
  const isAgreed = truth.people.some(
    ({ user_id: id, answer }) => answer === 'accepted' && (id === user_id || (person.is_host && truth.kind === 'invitation')),
  )
  return truth.status === 'open' && isAgreed ? null : CLOSE.not_open
}

/**
 * Whether all must leave a meetup's room and enter it anew: it is not open yet, because its time was moved, or its place was moved. Otherwise a host who moves the
 * place about would find people on their way.
 */
export function mustEnterAnew({ kind, place }: { kind: RoomKind; place: LatLng | null }, truth: RoomTruth): boolean {
  return kind === 'meetup' && (truth.status === 'early' || place?.lat !== truth.place?.lat || place?.lng !== truth.place?.lng)
}

const isGuest = ({ is_host, answer, is_blocked }: RoomTruth['people'][number]) => !is_host && answer === 'accepted' && !is_blocked

/** Those who may be in the room. */
export function membersOf({ people }: RoomTruth) {
  return people.filter((person) => (person.is_host && !person.is_blocked) || isGuest(person))
}

/** The cells near which somebody is hidden. Their zone counts as whole cells, because its circle has their home in the middle. */
export function cellsOf({ cells, zone }: RoomTruth['people'][number]): readonly Cell[] {
  return zone ? [...cells, ...cellsTouching(zone, zone.radius_m)] : cells
}
