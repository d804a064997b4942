import type { LatLng } from '../../core/geo.ts'
import type { Cell, GridPoint } from '../../core/grid.ts'
import { type Hiding, LIMITS, type Timestamp, type Whereabouts } from './protocol.ts'

/** A position older than this does not say where somebody is now. Phones send one every five seconds, and lose some of them. */
export const FRESH_MS = 30_000
/** A newcomer is shown the last position of somebody whose connection broke up to this long ago, because their phone may have lost the network. */
const LAST_SEEN_MS = 2 * 60_000

/** Whose room it is: that of an invitation, whose people have accepted each other, or of a meetup’s date, whose people are strangers. */
export type RoomKind = 'invitation' | 'meetup'

export interface Member {
  readonly user_id: string
  readonly nickname: string
  readonly is_host: boolean
}

/** The position somebody has sent. `at_ms` is when it came, by the room's own clock. Whether it is shown is judged when it is shown. */
export interface Spot {
  readonly lat: number
  readonly lng: number
  /** Where it lies on the national grid. */
  readonly point: GridPoint | null
  readonly timestamp: Timestamp
  /** When the phone found it, by the phone's own clock, or `null` where the room's clock stands in for it. */
  readonly said_ms: number | null
  readonly at_ms: number
}

/** The cells near which somebody is hidden: those of their walks and of their privacy zone. */
export interface HiddenCells {
  readonly known: readonly Cell[]
  /** The cell of the first position that they said while none was known. */
  readonly first: Cell | null
}

/** How far two have come with meeting each other. */
export interface Meeting {
  readonly has_met: boolean
  /** Since when they have been close to each other at the agreed place, before they have met. */
  readonly near_since_ms: number | null
  /** Since when they have not been known to be together, after they have met. */
  readonly apart_since_ms: number | null
}

/** A stretch of time that may still go on. Storage has it up to `kept_ms`, and Postgres up to `saved_ms`. */
export interface Span {
  readonly from_ms: number
  to_ms: number
  kept_ms: number
  saved_ms: number
}

/** What a room knows. Keys are user ids, and `pairOf` for pairs. */
export interface RoomState {
  kind: RoomKind
  readonly members: Map<string, Member>
  /** Pairs in which one has blocked the other. */
  readonly apart: Set<string>
  /** Who has said `end`. */
  readonly ended: Set<string>
  readonly spots: Map<string, Spot>
  /** Whoever is missing is hidden everywhere. */
  readonly cells: Map<string, HiddenCells>
  /** Who has chosen to be shown everywhere, for as long as they are connected. */
  readonly unveiled: Set<string>
  /** The agreed place, or `null` where an invitation names none. A meetup always has one. */
  place: LatLng | null
  /** By pair. In a meetup's room nobody meets. */
  readonly meetings: Map<string, Meeting>
  /** Pairs whose meeting has changed and is not stored yet. */
  readonly met: Set<string>
  /** What was said last in place of a position, by `subject viewer`, until a position is shown again. */
  readonly told: Map<string, Hiding>
  /** Who has gone while they were hidden, and until when the others are not told. */
  readonly lingering: Map<string, number>
  /** When two were side by side, by pair. The last span may still go on. */
  readonly encounters: Map<string, Span[]>
  /** Pairs who have just parted. Their last span must be stored now, because their later positions do not say until when they were together. */
  readonly parted: Set<string>
  /** From when to when a person's position was shown to another, by `subject viewer`. */
  readonly shown: Map<string, Span>
}

export const emptyRoom = (): RoomState => ({
  kind: 'invitation',
  members: new Map(),
  apart: new Set(),
  ended: new Set(),
  spots: new Map(),
  cells: new Map(),
  unveiled: new Set(),
  place: null,
  meetings: new Map(),
  met: new Set(),
  told: new Map(),
  lingering: new Map(),
  encounters: new Map(),
  parted: new Set(),
  shown: new Map(),
})

/** Leaves nothing in memory. */
export function clearRoom(room: RoomState): void {
  room.place = null
  for (const part of Object.values(room)) if (part instanceof Map || part instanceof Set) part.clear()
}

export const pairOf = (one: string, other: string): string => (one < other ? `${one} ${other}` : `${other} ${one}`)

export function canSee({ members, apart }: RoomState, viewer: string, subject: string): boolean {
  return viewer !== subject && members.has(viewer) && members.has(subject) && !apart.has(pairOf(viewer, subject))
}

export function togetherMs(spans: readonly Span[]): number {
  return spans.reduce((sum, { from_ms, to_ms }) => sum + to_ms - from_ms, 0)
}

/** The people whose position a newcomer is shown: those who are here, and those whose connection broke a moment ago. */
export function inSight(room: RoomState, viewer: string, isHere: (userId: string) => boolean, at_ms: number): string[] {
  return [...room.spots.keys()].filter(
    (subject) =>
      canSee(room, viewer, subject) &&
      (isHere(subject) || (!room.ended.has(subject) && at_ms - room.spots.get(subject)!.at_ms <= LAST_SEEN_MS)),
  )
}

/** Notes for the location ledger that a position was shown. Answers whether it was the first time. */
export function recordShown({ shown }: RoomState, { type, user_id }: Whereabouts, viewer: string, at_ms: number): boolean {
  if (type !== 'location') return false
  const key = `${user_id} ${viewer}`
  const span = shown.get(key)
  if (span) span.to_ms = at_ms
  else shown.set(key, { from_ms: at_ms, to_ms: at_ms, kept_ms: -1, saved_ms: -1 })
  return !span
}

const TOKENS_MAX = LIMITS.messages_at_once
const TOKENS_A_MS = LIMITS.messages_per_second / 1_000

export interface Bucket {
  readonly tokens: number
  readonly filled_ms: number
}

export const fullBucket = (at_ms: number): Bucket => ({ tokens: TOKENS_MAX, filled_ms: at_ms })

/** The bucket after one more message, or `null` when that message is one too many. */
export function takeToken({ tokens, filled_ms }: Bucket, at_ms: number): Bucket | null {
  const filled = Math.min(TOKENS_MAX, tokens + Math.max(0, at_ms - filled_ms) * TOKENS_A_MS)
  return filled >= 1 ? { tokens: filled - 1, filled_ms: at_ms } : null
}
