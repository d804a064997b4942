import { haversineM } from '../../core/geo.ts'
import { type Meeting, pairOf, type RoomState } from './room-state.ts'
import { areFresh, isAtMeeting, isInHiding, LOST_AFTER_MS, metresToPlace } from './whereabouts.ts'

/** Two have met when they were this close to each other for a minute, both near the agreed place (docs/product.md#where-nobody-is-shown). */
const MET_WITHIN_M = 200
const MET_AFTER_MS = 60_000
/** They have parted when they were farther apart than this for two minutes. */
const PARTED_BEYOND_M = 300
const PARTED_AFTER_MS = 2 * 60_000
/** Somebody who is hidden counts as being at the agreed place within this distance. */
const AT_PLACE_WITHIN_M = 150

/**
 * Follows whether two meet and part. A hidden position is never compared with what the other claims, or claims would find it. It only counts whether somebody
 * hidden has come to the agreed place, which no claim can move.
 */
export function followMeeting(room: RoomState, one: string, other: string, at_ms: number): void {
  if (room.kind === 'meetup' || room.place === null) return
  const pair = pairOf(one, other)
  const was = room.meetings.get(pair) ?? { has_met: false, near_since_ms: null, apart_since_ms: null }
  const is = was.has_met ? goOn(room, one, other, was, at_ms) : begin(room, one, other, was, at_ms)
  if (is.has_met === was.has_met && is.near_since_ms === was.near_since_ms && is.apart_since_ms === was.apart_since_ms) return
  room.meetings.set(pair, is)
  room.met.add(pair)
}

const APART: Meeting = { has_met: false, near_since_ms: null, apart_since_ms: null }
const TOGETHER: Meeting = { has_met: true, near_since_ms: null, apart_since_ms: null }

function begin(room: RoomState, one: string, other: string, { near_since_ms }: Meeting, at_ms: number): Meeting {
  if (!areNearPlace(room, one, other)) return APART
  const since_ms = near_since_ms ?? at_ms
  return at_ms - since_ms >= MET_AFTER_MS ? TOGETHER : { ...APART, near_since_ms: since_ms }
}

function goOn(room: RoomState, one: string, other: string, { apart_since_ms }: Meeting, at_ms: number): Meeting {
  const apart_m = metresApart(room, one, other)
  if (areNearPlace(room, one, other) || (apart_m !== null && apart_m <= PARTED_BEYOND_M && areFresh(room, one, other))) return TOGETHER
  const since_ms = apart_since_ms ?? at_ms
  const isFar = apart_m !== null && apart_m > PARTED_BEYOND_M
  return at_ms - since_ms >= (isFar ? PARTED_AFTER_MS : LOST_AFTER_MS) ? APART : { ...TOGETHER, apart_since_ms: since_ms }
}

/** How far apart two are, or `null` while one of them is hidden. */
function metresApart(room: RoomState, one: string, other: string): number | null {
  if (isInHiding(room, one) || isInHiding(room, other)) return null
  const [a, b] = [room.spots.get(one)!, room.spots.get(other)!]
  return haversineM(a.lat, a.lng, b.lat, b.lng)
}

function areNearPlace(room: RoomState, one: string, other: string): boolean {
  const [a, b] = [standsAt(room, one), standsAt(room, other)]
  return a !== null && b !== null && areFresh(room, one, other) && haversineM(a.lat, a.lng, b.lat, b.lng) <= MET_WITHIN_M
}

/** Where somebody stands near the agreed place, and the place itself for somebody hidden. `null` when they are not there. */
function standsAt(room: RoomState, userId: string) {
  if (isInHiding(room, userId)) return metresToPlace(room, userId) <= AT_PLACE_WITHIN_M ? room.place : null
  return isAtMeeting(room, userId) ? room.spots.get(userId)! : null
}
