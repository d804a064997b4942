import { decode, encode } from '@googlemaps/polyline-codec'
import type { Actor } from '../../../core/actor.ts'
import { pathIn } from '../../../core/folders.ts'
import type { Position } from '../../../core/geo.ts'
import { type MediaSignatures, photoPaths } from '../../../core/media.ts'
import { fromSeoulDate, seoulDate } from '../../../core/time.ts'
import type { WalkPhotoRow } from '../../photos/schema.ts'
import type { CardRow, LatestWalkRow, WalkRow } from '../sql.ts'
import type { WalkDetail } from '../schema.ts'
import type { PostCard } from './schema.ts'
import type { LatestWalk } from './latest.schema.ts'
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
 * With `presentCard` the one place where a walk becomes what somebody sees (docs/product.md#privacy). The owner sees everything. Others see figures and a sketch,
 * and no position at all unless the owner opened the map. So no reasons, because they name places, no times to the second, and no region where it is a few villages.
 */
export async function presentWalk(row: WalkRow, actor: Actor, media: MediaSignatures): Promise<WalkDetail> {
  const { route_polyline, reasons, photos, hides_times: _hides, shown_region: _region, is_public: _public, ...walk } = row
  if (walk.user.id === actor.user_id) {
    return {
      ...walk,
      is_mine: true,
      time_precision: 'second',
      route: lineOf(route_polyline ? decodeRoute(route_polyline) : null),
      // `measureTrack` has written them.
      reasons: reasons as WalkDetail['reasons'],
      photos: await presentPhotos(row, media),
    }
  }
  return {
    ...walk,
    ...forOthers(row),
    is_mine: false,
    // It tells the hour of the start, and with public readings also where.
    weather: null,
    post: walk.post && { ...walk.post, posted_at: COARSE[precisionOf(row)](walk.post.posted_at) },
    is_ranked: null,
    reasons: [],
    photos: (await presentPhotos({ ...row, photos: photos.filter(({ is_hidden }) => !is_hidden) }, media)).map(withoutPlace),
  }
}

/** A shared walk as a card of a list. Its owner sees it there as others do, but with exact times. */
export async function presentCard(row: CardRow, actor: Actor, media: MediaSignatures): Promise<PostCard> {
  const is_mine = row.user.id === actor.user_id
  const shown = { ...row, ...forOthers(row), ...(is_mine && { time_precision: 'second' as const, started_at: row.started_at }) }
  const { posted_at, is_hidden: _, ...engagement } = row.post
  return {
    walk_id: row.id,
    author: row.user,
    pets: row.pets,
    region: shown.region,
    posted_at: shown.time_precision === 'second' ? posted_at : COARSE[shown.time_precision](posted_at),
    started_at: shown.started_at,
    time_precision: shown.time_precision,
    distance_m: shown.distance_m,
    duration_sec: shown.duration_sec,
    calories: shown.calories,
    memo: row.memo,
    sketch: shown.sketch,
    is_map_open: row.is_map_open,
    route: shown.route,
    photos: (await presentPhotos(row, media)).map(withoutPlace),
    photo_count: row.photo_count,
    ...engagement,
    following: row.following,
    is_mine,
  }
}

/** Somebody's latest shared walk in a list of people. It tells no more than the walk's card. */
export function presentLatestWalk(row: LatestWalkRow, isMine: boolean): LatestWalk {
  const { distance_m, posted_at, was_seen_live } = row
  if (isMine) return { distance_m, posted_at }
  return { distance_m: was_seen_live ? null : distance_m, posted_at: COARSE[precisionOf(row)](posted_at) }
}

type Shown = Pick<CardRow, 'started_at' | 'ended_at' | 'shown_region' | 'hides_times' | 'was_seen_live' | 'is_map_open' | 'route_polyline'>

/** What others see of a walk in place of what its owner sees. */
function forOthers(row: Shown) {
  const time_precision = precisionOf(row)
  const { started_at, ended_at, shown_region, was_seen_live, is_map_open, route_polyline } = row
  return {
    time_precision,
    started_at: COARSE[time_precision](started_at),
    ended_at: ended_at && COARSE[time_precision](ended_at),
    region: shown_region,
    ...(was_seen_live && NO_FIGURES),
    route: lineOf(is_map_open && !was_seen_live && route_polyline ? withoutEnds(decodeRoute(route_polyline)) : null),
  }
}

const precisionOf = ({ hides_times, was_seen_live }: Pick<Shown, 'hides_times' | 'was_seen_live'>): 'minute' | 'day' =>
  hides_times || was_seen_live ? 'day' : 'minute'

/** A photo that not everybody may see has a path with a signature. */
async function presentPhotos(
  { id, user, is_public, photos }: Pick<CardRow, 'id' | 'is_public' | 'photos'> & { user: { id: string } },
  media: MediaSignatures,
): Promise<WalkDetail['photos']> {
  const isOpen = ({ is_hidden }: WalkPhotoRow) => is_public && !is_hidden
  const signature = photos.every(isOpen) ? '' : await media.sign(pathIn('walk-photos', user.id, id))
  return photos.map((photo) => {
    const { object_key, has_thumbnails, is_hidden: _, ...shown } = photo
    return { ...shown, ...photoPaths({ object_key, has_thumbnails }, 400, isOpen(photo) ? '' : signature) }
  })
}

const withoutPlace = (photo: WalkDetail['photos'][number]) => ({ ...photo, lat: null, lng: null, taken_at: null })

/** Beside positions that a live room showed, each of them would tell how far home was from there. */
const NO_FIGURES = { sketch: null, goal: null, distance_m: null, duration_sec: null, avg_speed_kmh: null, calories: null } as const

const lineOf = (route: Position[] | null): WalkDetail['route'] =>
  route && route.length > 1 ? { type: 'LineString', coordinates: route } : null

const COARSE = {
  minute: (instant: string) => new Date(Math.floor(Date.parse(instant) / 60_000) * 60_000).toISOString(),
  day: (instant: string) => fromSeoulDate(seoulDate(new Date(instant))).toISOString(),
} as const
