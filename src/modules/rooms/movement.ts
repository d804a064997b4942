import { parseInstant } from '../../core/fields.ts'
import { haversineM } from '../../core/geo.ts'
import { cellOf, toGrid } from '../../core/grid.ts'
import { followMeeting } from './meetings.ts'
import { type GivenPosition, LIMITS, type Timestamp } from './protocol.ts'
import { canSee, FRESH_MS, pairOf, type RoomState } from './room-state.ts'
import { areFresh, isVisible } from './whereabouts.ts'

/** Two are side by side within this distance (docs/product.md#company). */
const TOGETHER_WITHIN_M = 200
/** People may come to the meeting by car, and each of two positions may be off by fifty metres. */
const SPEED_MAX_MPS = 28
const SLACK_M = 100

/**
 * Takes a position. It is `impossible` where nobody could have come there since their last position, and `late` where the phone found it before that one. A
 * phone whose clock was set back is believed again as soon as its last position is old.
 */
export function move(room: RoomState, userId: string, position: GivenPosition, at_ms: number): 'taken' | 'late' | 'impossible' {
  const { lat, lng } = position
  const last = room.spots.get(userId)
  const said_ms = credibleMs(position.timestamp, at_ms)
  if (last && said_ms !== null && last.said_ms !== null && said_ms < last.said_ms && at_ms - last.at_ms <= FRESH_MS) return 'late'
  if (last && haversineM(last.lat, last.lng, lat, lng) > SLACK_M + (SPEED_MAX_MPS * Math.max(0, at_ms - last.at_ms)) / 1_000)
    return 'impossible'
  const point = toGrid({ lat, lng })
  const timestamp = (said_ms === null ? undefined : position.timestamp) ?? new Date(at_ms).toISOString()
  room.spots.set(userId, { lat, lng, point, timestamp, said_ms, at_ms })
  const cells = room.cells.get(userId)
  if (point && cells?.known.length === 0 && !cells.first) room.cells.set(userId, { ...cells, first: cellOf(point) })
  for (const other of room.spots.keys()) {
    if (other === userId || !canSee(room, userId, other)) continue
    followMeeting(room, userId, other, at_ms)
  }
  meet(room, userId, at_ms)
  return 'taken'
}

/** When the phone found a position, or `null` where it does not say or cannot be right. */
function credibleMs(timestamp: Timestamp | undefined, at_ms: number): number | null {
  if (timestamp === undefined) return null
  const said_ms = typeof timestamp === 'number' ? timestamp : parseInstant(timestamp)
  return Math.abs(said_ms - at_ms) <= LIMITS.timestamp_off_max_sec * 1_000 ? said_ms : null
}

/** Notes who is beside somebody who has just moved. */
function meet(room: RoomState, userId: string, at_ms: number): void {
  for (const other of room.spots.keys()) {
    if (other === userId) continue
    const pair = pairOf(userId, other)
    if (areTogether(room, userId, other, at_ms)) lastOn(room, pair, at_ms)
    else if (room.encounters.has(pair)) room.parted.add(pair)
  }
}

/**
 * Compares their last positions. Only positions that both may be shown now count: otherwise somebody could claim to be anywhere, and learn from the company
 * whether the other was there, hidden.
 */
function areTogether(room: RoomState, one: string, other: string, at_ms: number): boolean {
  const [a, b] = [room.spots.get(one)!, room.spots.get(other)!]
  return (
    areFresh(room, one, other) &&
    haversineM(a.lat, a.lng, b.lat, b.lng) <= TOGETHER_WITHIN_M &&
    isVisible(room, one, other, at_ms) &&
    isVisible(room, other, one, at_ms)
  )
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
    for (const [other, spot] of people.slice(k + 1)) {
      const at = Math.max(at_ms, spot.at_ms)
      if (areTogether(room, one, other, at)) lastOn(room, pairOf(one, other), at)
    }
  }
}
