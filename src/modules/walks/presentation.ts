import { decode, encode } from '@googlemaps/polyline-codec'
import type { User } from '../../core/actor.ts'
import { trimRoute } from './privacy.ts'
import type { WalkRow } from './queries.ts'
import type { WalkDetail } from './schema.ts'

const POLYLINE_PRECISION = 5

/** Positions are [lng, lat] here and [lat, lng] in a polyline. */
export function encodeRoute(route: readonly (readonly [number, number])[]): string {
  return encode(
    route.map(([lng, lat]) => [lat, lng] as [number, number]),
    POLYLINE_PRECISION,
  )
}

function decodeRoute(polyline: string): [number, number][] {
  return decode(polyline, POLYLINE_PRECISION).map(([lat, lng]) => [lng, lat])
}

/**
 * The one place where a walk becomes what somebody sees. Its owner sees everything; others see the route without what lies near its ends and the
 * owner's privacy zone, times to the minute, and no reasons.
 */
export function presentWalk(
  { route_polyline, reasons, ...walk }: WalkRow,
  viewer: User,
  zone: { center: { lat: number; lng: number }; radius_m: number } | null,
): WalkDetail {
  const route = route_polyline ? decodeRoute(route_polyline) : []
  if (walk.user.id === viewer.user_id) {
    return {
      ...walk,
      is_mine: true,
      route: route.length > 1 ? { type: 'LineString', coordinates: route } : null,
      // What the measuring wrote there itself.
      reasons: reasons as WalkDetail['reasons'],
    }
  }
  const pieces = trimRoute(route, zone && { ...zone.center, radius_m: zone.radius_m })
  return {
    ...walk,
    is_mine: false,
    started_at: toMinute(walk.started_at),
    ended_at: walk.ended_at && toMinute(walk.ended_at),
    route: pieces.length > 0 ? { type: 'MultiLineString', coordinates: pieces } : null,
    reasons: [],
  }
}

function toMinute(instant: string): string {
  return new Date(Math.floor(Date.parse(instant) / 60_000) * 60_000).toISOString()
}
