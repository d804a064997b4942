import { decode, encode } from '@googlemaps/polyline-codec'
import type { Actor } from '../../../core/actor.ts'
import { pathIn } from '../../../core/folders.ts'
import { type MediaSignatures, photoPaths } from '../../../core/media.ts'
import { isHiddenPosition, trimRoute } from './privacy.ts'
import type { WalkRow } from '../sql.ts'
import type { WalkDetail } from '../schema.ts'

const POLYLINE_PRECISION = 5

/** Turns the positions round, because they are [lng, lat] here and [lat, lng] in a polyline. */
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
 * The one place where a walk becomes what somebody sees (docs/product.md#privacy). The owner sees everything. Others see times to the minute and no doubts or reasons, and
 * neither the route nor the positions of photos near the route's ends and within the owner's privacy zone.
 */
export async function presentWalk(
  { route_polyline, reasons, photos, ...walk }: WalkRow,
  actor: Actor,
  ownersZone: { center: { lat: number; lng: number }; radius_m: number } | null,
  media: MediaSignatures,
): Promise<WalkDetail> {
  const route = route_polyline ? decodeRoute(route_polyline) : []
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
      route: route.length > 1 ? { type: 'LineString', coordinates: route } : null,
      // `measureTrack` has written them.
      reasons: reasons as WalkDetail['reasons'],
      photos: shownPhotos,
    }
  }
  const zone = ownersZone && { ...ownersZone.center, radius_m: ownersZone.radius_m }
  const pieces = trimRoute(route, zone)
  return {
    ...walk,
    is_mine: false,
    started_at: toMinute(walk.started_at),
    ended_at: walk.ended_at && toMinute(walk.ended_at),
    route: pieces.length > 0 ? { type: 'MultiLineString', coordinates: pieces } : null,
    is_ranked: null,
    reasons: [],
    photos: shownPhotos.map((photo) => ({
      ...photo,
      ...((photo.lat === null || photo.lng === null || isHiddenPosition([photo.lng, photo.lat], route, zone)) && { lat: null, lng: null }),
      taken_at: photo.taken_at && toMinute(photo.taken_at),
    })),
  }
}

/** The pieces of a route that strangers may see. */
export function visibleRoute(
  route_polyline: string | null,
  zone: { center: { lat: number; lng: number }; radius_m: number } | null,
): [number, number][][] {
  return trimRoute(route_polyline ? decodeRoute(route_polyline) : [], zone && { ...zone.center, radius_m: zone.radius_m })
}

function toMinute(instant: string): string {
  return new Date(Math.floor(Date.parse(instant) / 60_000) * 60_000).toISOString()
}
