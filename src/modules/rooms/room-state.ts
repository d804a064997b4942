import { haversineM } from '../../core/geo.ts'
import type { GivenPosition, Timestamp, Whereabouts } from './protocol.ts'

/** Two are side by side within this distance (docs/product.md#company). */
const TOGETHER_WITHIN_M = 200
/** A position older than this does not say where somebody is now. Phones send one every five seconds, and lose some of them. */
const FRESH_MS = 30_000
/** A newcomer is shown the last position of somebody whose connection broke up to this long ago, because their phone may have lost the network. */
const LAST_SEEN_MS = 2 * 60_000
/** People may come to the meeting by car, and each of two positions may be off by fifty metres. */
const SPEED_MAX_MPS = 28
const SLACK_M = 100
/** Nothing within 200 m of somebody's home is shown to others, as with walks (docs/product.md#privacy). */
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

/** The position somebody has sent. `at_ms` is when it came, by the room's own clock. */
export interface Spot {
  readonly lat: number
  readonly lng: number
  readonly timestamp: Timestamp
  readonly at_ms: number
  readonly is_near_home: boolean
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
  readonly members: Map<string, Member>
  /** Pairs in which one has blocked the other. */
  readonly apart: Set<string>
  /** Who has said `end`. */
  readonly ended: Set<string>
  readonly spots: Map<string, Spot>
  /** When two were side by side, by pair. The last span may still go on. */
  readonly encounters: Map<string, Span[]>
  /** Pairs who have just parted. Their last span must be stored now, because their later positions do not say until when they were together. */
  readonly parted: Set<string>
  /** From when to when a person's position was shown to another, by `subject viewer`. */
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

/** Takes a position. Answers `false` when nobody could have come there since their last position. */
export function move(room: RoomState, userId: string, { lat, lng, timestamp }: GivenPosition, zone: Zone | null, at_ms: number): boolean {
  const last = room.spots.get(userId)
  if (last && haversineM(last.lat, last.lng, lat, lng) > SLACK_M + (SPEED_MAX_MPS * Math.max(0, at_ms - last.at_ms)) / 1_000) return false
  const is_near_home = zone !== null && haversineM(zone.lat, zone.lng, lat, lng) < Math.max(HOME_WITHIN_M, zone.radius_m)
  room.spots.set(userId, { lat, lng, timestamp: timestamp ?? new Date(at_ms).toISOString(), at_ms, is_near_home })
  meet(room, userId, at_ms)
  return true
}

/** Notes who is beside somebody who has just moved. */
function meet(room: RoomState, userId: string, at_ms: number): void {
  for (const other of room.spots.keys()) {
    if (other === userId) continue
    const pair = pairOf(userId, other)
    if (areTogether(room, userId, other)) lastOn(room, pair, at_ms)
    else if (room.encounters.has(pair)) room.parted.add(pair)
  }
}

/** Compares their last positions. People who may not see each other are never together. */
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

/** Finds after an eviction how long people were together. The last positions are always in storage, and the last part of a span may not be. */
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

/** Where somebody is, as others are shown it. */
export function whereaboutsOf({ spots }: RoomState, user_id: string): Whereabouts | null {
  const spot = spots.get(user_id)
  if (!spot) return null
  const { lat, lng, timestamp, is_near_home } = spot
  return is_near_home ? { type: 'near_home', user_id, timestamp } : { type: 'location', user_id, lat, lng, timestamp }
}

/** The people whose position a newcomer is shown: those who are here, and those whose connection broke a moment ago. */
export function inSight(room: RoomState, viewer: string, isHere: (userId: string) => boolean, at_ms: number): string[] {
  return [...room.spots.keys()].filter(
    (subject) =>
      canSee(room, viewer, subject) &&
      (isHere(subject) || (!room.ended.has(subject) && at_ms - room.spots.get(subject)!.at_ms <= LAST_SEEN_MS)),
  )
}

/** Notes for the location ledger that a position was shown. Answers whether it was the first time. `near_home` is not a position. */
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

/** The bucket after one more message, or `null` when that message is one too many. */
export function takeToken({ tokens, filled_ms }: Bucket, at_ms: number): Bucket | null {
  const filled = Math.min(TOKENS_MAX, tokens + Math.max(0, at_ms - filled_ms) * TOKENS_A_MS)
  return filled >= 1 ? { tokens: filled - 1, filled_ms: at_ms } : null
}
