import { decode, encode } from '@googlemaps/polyline-codec'
import type { Actor } from '../../../core/actor.ts'
import { pathIn } from '../../../core/folders.ts'
import type { Position } from '../../../core/geo.ts'
import { type MediaSignatures, photoPaths } from '../../../core/media.ts'
import { fromSeoulDate, seoulDate } from '../../../core/time.ts'
import type { WalkRow } from '../sql.ts'
import type { WalkDetail } from '../schema.ts'
import { withoutEnds } from './opened-map.ts'

const POLYLINE_PRECISION = 5

/** Turns the positions round, because they are [lng, lat] here and [lat, lng] in a polyline. */
export function encodeRoute(route: readonly Position[]): string {
  return encode(
    route.map(([lng, lat]) => [lat, lng] as [number, number]),
    POLYLINE_PRECISION,
  )
}

export function decodeRoute(polyline: string): Position[] {
  return decode(polyline, POLYLINE_PRECISION).map(([lat, lng]) => [lng, lat])
}

/**
 * The one place where a walk becomes what somebody sees (docs/product.md#privacy). The owner sees everything. Others see figures and a sketch, and no position
 * at all unless the owner opened the map. So no reasons, because they name places, no times to the second, and no region where it is a few villages.
 */
export async function presentWalk(
  { route_polyline, reasons, photos, hides_times, shown_region, ...walk }: WalkRow,
  actor: Actor,
  media: MediaSignatures,
): Promise<WalkDetail> {
  const isPublic = walk.is_valid === true && walk.shared_to_feed
  const signature = isPublic || photos.length === 0 ? '' : await media.sign(pathIn('walk-photos', walk.user.id, walk.id))
  const shownPhotos = photos.map(({ object_key, has_thumbnails, ...photo }) => ({
    ...photo,
    ...photoPaths({ object_key, has_thumbnails }, 400, signature),
  }))
  if (walk.user.id === actor.user_id) {
    return {
      ...walk,
      is_mine: true,
      time_precision: 'second',
      route: lineOf(route_polyline ? decodeRoute(route_polyline) : null),
      // `measureTrack` has written them.
      reasons: reasons as WalkDetail['reasons'],
      photos: shownPhotos,
    }
  }
  const time_precision = hides_times || walk.was_seen_live ? 'day' : 'minute'
  return {
    ...walk,
    is_mine: false,
    time_precision,
    started_at: COARSE[time_precision](walk.started_at),
    ended_at: walk.ended_at && COARSE[time_precision](walk.ended_at),
    region: shown_region,
    ...(walk.was_seen_live && NO_FIGURES),
    route: lineOf(walk.is_map_open && !walk.was_seen_live && route_polyline ? withoutEnds(decodeRoute(route_polyline)) : null),
    is_ranked: null,
    reasons: [],
    photos: shownPhotos.map((photo) => ({ ...photo, lat: null, lng: null, taken_at: null })),
  }
}

/** Beside positions that a live room showed, each of them would tell how far home was from there. */
const NO_FIGURES = { sketch: null, goal: null, distance_m: null, duration_sec: null, avg_speed_kmh: null, calories: null } as const

const lineOf = (route: Position[] | null): WalkDetail['route'] =>
  route && route.length > 1 ? { type: 'LineString', coordinates: route } : null

const COARSE = {
  minute: (instant: string) => new Date(Math.floor(Date.parse(instant) / 60_000) * 60_000).toISOString(),
  day: (instant: string) => fromSeoulDate(seoulDate(new Date(instant))).toISOString(),
} as const
