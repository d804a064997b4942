import { haversineM } from '../../core/geo.ts'
import type { GivenPosition, Timestamp, Whereabouts } from './protocol.ts'

/** Rules §6. */
const TOGETHER_WITHIN_M = 200
/** A position older than this says nothing of where somebody is now; phones send one each five seconds, and lose some. */
const FRESH_MS = 30_000
/** What is behind this long is shown as where somebody was last: their phone has lost the net. */
const LAST_SEEN_MS = 2 * 60_000
/** Of whoever comes to the meeting by car, and of two positions that are off by fifty metres each. */
const SPEED_MAX_MPS = 28
const SLACK_M = 100
/** As of walks: nothing within 200 m of where somebody lives is shown to others. */
const HOME_WITHIN_M = 200

export interface Zone {
  readonly lat: number
  readonly lng: number
  readonly radius_m: number
}

export interface Member {
  readonly user_id: string
  readonly nickname: string
  readonly is_host: boolean
}

/** Where somebody said they were, `at_ms` by the room's own clock. */
export interface Spot {
  readonly lat: number
  readonly lng: number
  readonly timestamp: Timestamp
  readonly at_ms: number
  readonly is_near_home: boolean
}

/** A time that may still go on. `kept_ms`: how much of it is in storage; `saved_ms`: in Postgres. */
export interface Span {
  readonly from_ms: number
  to_ms: number
  kept_ms: number
  saved_ms: number
}

/** What a room knows. People are told apart by user id; pairs by `pairOf`. */
export interface RoomState {
  readonly members: Map<string, Member>
  /** Pairs of whom one has blocked the other. */
  readonly apart: Set<string>
  /** Who has said `end`. */
  readonly ended: Set<string>
  readonly spots: Map<string, Spot>
  /** When two were side by side, by pair; the last span may still go on. */
  readonly encounters: Map<string, Span[]>
  /** Pairs who met once and are apart as of late: until when they were together no later position tells. */
  readonly parted: Set<string>
  /** From when to when somebody's position was shown to somebody, by `subject viewer`. */
  readonly shown: Map<string, Span>
}

export const emptyRoom = (): RoomState => ({
  members: new Map(),
  apart: new Set(),
  ended: new Set(),
  spots: new Map(),
  encounters: new Map(),
  parted: new Set(),
  shown: new Map(),
})

export const pairOf = (one: string, other: string): string => (one < other ? `${one} ${other}` : `${other} ${one}`)

export function canSee({ members, apart }: RoomState, viewer: string, subject: string): boolean {
  return viewer !== subject && members.has(viewer) && members.has(subject) && !apart.has(pairOf(viewer, subject))
}

/** Takes a position, or refuses one that nobody could have come to since their last. */
export function move(room: RoomState, userId: string, { lat, lng, timestamp }: GivenPosition, zone: Zone | null, at_ms: number): boolean {
  const last = room.spots.get(userId)
  if (last && haversineM(last.lat, last.lng, lat, lng) > SLACK_M + (SPEED_MAX_MPS * Math.max(0, at_ms - last.at_ms)) / 1_000) return false
  const is_near_home = zone !== null && haversineM(zone.lat, zone.lng, lat, lng) < Math.max(HOME_WITHIN_M, zone.radius_m)
  room.spots.set(userId, { lat, lng, timestamp: timestamp ?? new Date(at_ms).toISOString(), at_ms, is_near_home })
  meet(room, userId, at_ms)
  return true
}

/** Notes beside whom somebody is who has just moved. */
function meet(room: RoomState, userId: string, at_ms: number): void {
  for (const other of room.spots.keys()) {
    if (other === userId) continue
    const pair = pairOf(userId, other)
    if (areTogether(room, userId, other)) lastOn(room, pair, at_ms)
    else if (room.encounters.has(pair)) room.parted.add(pair)
  }
}

/** By their last positions. Those who may not see each other are not. */
function areTogether(room: RoomState, one: string, other: string): boolean {
  const [a, b] = [room.spots.get(one)!, room.spots.get(other)!]
  return canSee(room, one, other) && Math.abs(a.at_ms - b.at_ms) <= FRESH_MS && haversineM(a.lat, a.lng, b.lat, b.lng) <= TOGETHER_WITHIN_M
}

function lastOn({ encounters }: RoomState, pair: string, at_ms: number): void {
  const spans = encounters.get(pair) ?? []
  const last = spans.at(-1)
  if (last && at_ms - last.to_ms <= FRESH_MS) last.to_ms = Math.max(last.to_ms, at_ms)
  else spans.push({ from_ms: at_ms, to_ms: at_ms, kept_ms: -1, saved_ms: -1 })
  encounters.set(pair, spans)
}

/** What was not put into storage of how long people were together, from their last positions, which were. */
export function recall(room: RoomState): void {
  const people = [...room.spots]
  for (const [k, [one, { at_ms }]] of people.entries()) {
    for (const [other, spot] of people.slice(k + 1))
      if (areTogether(room, one, other)) lastOn(room, pairOf(one, other), Math.max(at_ms, spot.at_ms))
  }
}

export function togetherMs(spans: readonly Span[]): number {
  return spans.reduce((sum, { from_ms, to_ms }) => sum + to_ms - from_ms, 0)
}

/** Where somebody is, as others may know it. */
export function whereaboutsOf({ spots }: RoomState, user_id: string): Whereabouts | null {
  const spot = spots.get(user_id)
  if (!spot) return null
  const { lat, lng, timestamp, is_near_home } = spot
  return is_near_home ? { type: 'near_home', user_id, timestamp } : { type: 'location', user_id, lat, lng, timestamp }
}

/** Those of whom a newcomer is told where they are: who is here, or was until a moment ago. */
export function inSight(room: RoomState, viewer: string, isHere: (userId: string) => boolean, at_ms: number): string[] {
  return [...room.spots.keys()].filter(
    (subject) =>
      canSee(room, viewer, subject) &&
      (isHere(subject) || (!room.ended.has(subject) && at_ms - room.spots.get(subject)!.at_ms <= LAST_SEEN_MS)),
  )
}

/** That a position has been shown, for the record which the law asks for; whether it is the first time. "Near home" is no position. */
export function recordShown({ shown }: RoomState, { type, user_id }: Whereabouts, viewer: string, at_ms: number): boolean {
  if (type === 'near_home') return false
  const key = `${user_id} ${viewer}`
  const span = shown.get(key)
  if (span) span.to_ms = at_ms
  else shown.set(key, { from_ms: at_ms, to_ms: at_ms, kept_ms: -1, saved_ms: -1 })
  return !span
}

/** Two messages a second, five at once. */
const TOKENS_MAX = 5
const TOKENS_A_MS = 2 / 1_000

export interface Bucket {
  readonly tokens: number
  readonly filled_ms: number
}

export const fullBucket = (at_ms: number): Bucket => ({ tokens: TOKENS_MAX, filled_ms: at_ms })

/** The bucket after one more message; `null` when it was one too many. */
export function takeToken({ tokens, filled_ms }: Bucket, at_ms: number): Bucket | null {
  const filled = Math.min(TOKENS_MAX, tokens + Math.max(0, at_ms - filled_ms) * TOKENS_A_MS)
  return filled >= 1 ? { tokens: filled - 1, filled_ms: at_ms } : null
}
