import { haversineM } from '../../core/geo.ts'
import { type Cell, type GridPoint, metresToCell } from '../../core/grid.ts'
import type { Whereabouts } from './protocol.ts'
import { canSee, FRESH_MS, pairOf, type RoomState } from './room-state.ts'

/** Nothing this close to a hidden cell is shown (docs/product.md#where-nobody-is-shown). */
const HIDDEN_WITHIN_M = 400
/** Before two have met, they are shown this close to the agreed place only. In a meetup's room nobody is ever shown farther away. */
const MEETING_WITHIN_M = 300
/** Two who have met are no longer known to be together when this long it was not known how far apart they are. */
export const LOST_AFTER_MS = 10 * 60_000
/** Somebody who goes while they are hidden is missed this much later at least, and only at a full step of this length. */
const LINGER_MS = 10 * 60_000

/** Far from Korea nobody's cells are known, so everything is hidden there. */
export function isHidden(point: GridPoint | null, cells: readonly Cell[]): boolean {
  return point === null || cells.some((cell) => metresToCell(point, cell) <= HIDDEN_WITHIN_M)
}

/** Whether somebody is where they are hidden. Somebody without any cell is hidden everywhere, until their next position gives them one. */
export function isInHiding({ spots, cells, unveiled }: RoomState, subject: string): boolean {
  if (unveiled.has(subject)) return false
  const spot = spots.get(subject)
  const theirs = cells.get(subject)
  if (!spot || !theirs) return true
  const all = theirs.first ? [...theirs.known, theirs.first] : theirs.known
  return all.length === 0 || isHidden(spot.point, all)
}

/** How far somebody is from the agreed place. Where an invitation has none it is nowhere far. */
export function metresToPlace({ kind, spots, place }: RoomState, subject: string): number {
  if (place === null) return kind === 'invitation' ? 0 : Infinity
  const spot = spots.get(subject)
  return spot ? haversineM(spot.lat, spot.lng, place.lat, place.lng) : Infinity
}

export const isAtMeeting = (room: RoomState, subject: string): boolean => metresToPlace(room, subject) <= MEETING_WITHIN_M

/** Whether the last positions of two came at about the same time. */
export function areFresh({ spots }: RoomState, one: string, other: string): boolean {
  return Math.abs(spots.get(one)!.at_ms - spots.get(other)!.at_ms) <= FRESH_MS
}

/** Whether two have met and not parted. Where an invitation has no place they need not meet, and at a meetup nobody does, because anybody may come there. */
export function haveMet({ kind, place, meetings }: RoomState, one: string, other: string, at_ms: number): boolean {
  if (kind === 'meetup') return false
  if (place === null) return true
  const meeting = meetings.get(pairOf(one, other))
  return meeting !== undefined && meeting.has_met && (meeting.apart_since_ms === null || at_ms - meeting.apart_since_ms < LOST_AFTER_MS)
}

/** Whether the last position of somebody may be shown to another now. It is judged each time, because cells, the meeting and the switch change. */
export function isVisible(room: RoomState, subject: string, viewer: string, at_ms: number): boolean {
  if (!room.spots.has(subject) || !canSee(room, viewer, subject)) return false
  if (room.kind === 'meetup') return isAtMeeting(room, subject) && !isInHiding(room, subject)
  if (room.unveiled.has(subject)) return true
  return !isInHiding(room, subject) && (isAtMeeting(room, subject) || haveMet(room, subject, viewer, at_ms))
}

/**
 * What may be shown to somebody of another: the position, or only why there is none. The reason stays the same until a position is shown again, because a
 * change of it would tell of movements that are hidden.
 */
export function shownInRoom(room: RoomState, subject: string, viewer: string, at_ms: number): Whereabouts | null {
  const spot = room.spots.get(subject)
  if (!spot || !canSee(room, viewer, subject)) return null
  if (isVisible(room, subject, viewer, at_ms)) {
    const { lat, lng, timestamp } = spot
    return { type: 'location', user_id: subject, lat, lng, timestamp }
  }
  const type = room.told.get(`${subject} ${viewer}`) ?? (haveMet(room, subject, viewer, at_ms) ? 'near_home' : 'on_the_way')
  return { type, user_id: subject }
}

/**
 * Until when the others are not told that somebody has gone, or `null` when they may be told at once. Where somebody is hidden, the time of their coming home
 * would tell how far home is. A last position that is old says nothing of where they are now.
 */
export function lingersUntil(room: RoomState, subject: string, at_ms: number): number | null {
  const spot = room.spots.get(subject)
  if (!spot) return null
  const isSeen = (viewer: string) => at_ms - spot.at_ms <= FRESH_MS && isVisible(room, subject, viewer, at_ms)
  const others = [...room.members.keys()].filter((viewer) => canSee(room, viewer, subject))
  return others.every(isSeen) ? null : Math.ceil((at_ms + LINGER_MS) / LINGER_MS) * LINGER_MS
}
