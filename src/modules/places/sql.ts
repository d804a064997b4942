import { type SQL, sql } from 'drizzle-orm'
import { type LatLng, METRES_PER_DEGREE } from '../../core/geo.ts'
import { geographyPoint } from '../../db/geography.ts'
import { PLACE_KINDS, type PlaceKind } from './kinds.ts'

/** Whether a place is on maps and in lists. The indexes `places_near_…` are over these rows. */
export const isShown: SQL = sql`places.is_open AND places.duplicate_of IS NULL AND places.location IS NOT NULL`

/** Metres to a point on the sphere. An index gives places in this order, so it is also the distance that is told. */
export const distanceTo = (at: LatLng): SQL => sql`places.location <-> ${geographyPoint(at)}`

/**
 * A rectangle around a circle. It is at most 2° wide, and ends at the poles, where there is nothing to be found.
 */
export function boxAround({ lat, lng }: LatLng, radius_m: number): SQL {
  const north = (radius_m / METRES_PER_DEGREE) * 1.01
  const east = Math.min(1, north / Math.cos((lat * Math.PI) / 180))
  const [south, top] = [Math.max(-90, lat - north), Math.min(90, lat + north)]
  return sql`ST_MakeEnvelope(${lng - east}, ${south}, ${lng + east}, ${top}, 4326)::geography`
}

/** A row of `places`, which must be in scope by that name, as `Place` of schema.ts. `viewer` must be as well. */
export const placeJson = ({ distance, url = sql`NULL` }: { distance: SQL; url?: SQL }): SQL => sql`json_build_object(
    'id', places.id,
    'category', places.kind,
    'name', places.name,
    'lat', ST_Y(places.location::geometry),
    'lng', ST_X(places.location::geometry),
    'distance_m', round(${distance})::int,
    'address', places.lot_address,
    'road_address', places.road_address,
    'phone', places.phone,
    'status', CASE WHEN places.is_open THEN 'open' ELSE 'closed' END,
    'is_favorite', EXISTS (
      SELECT FROM place_favorites WHERE place_favorites.user_id = viewer.id AND place_favorites.place_id = places.id
    ),
    'is_riverside', places.is_riverside,
    'place_url', ${url}::text,
    'source', places.source
  )`

/** Written out and no parameter, because the planner uses the index of a kind only where it sees the kind. */
const KINDS: Readonly<Record<PlaceKind, SQL>> = {
  park: sql`'park'`,
  dog_run: sql`'dog_run'`,
  hospital: sql`'hospital'`,
  pharmacy: sql`'pharmacy'`,
  beach: sql`'beach'`,
  mountain: sql`'mountain'`,
}

/** A query for each kind, so that each reads the index of its kind, and their union. All kinds together have an index as well. */
export function eachKind(kinds: readonly PlaceKind[], queryOf: (isOfKind: SQL) => SQL): SQL {
  if (kinds.length === PLACE_KINDS.length) return sql`(${queryOf(isShown)})`
  return sql.join(
    kinds.map((kind) => sql`(${queryOf(sql`places.kind = ${KINDS[kind]} AND ${isShown}`)})`),
    sql`
      UNION ALL
      `,
  )
}
