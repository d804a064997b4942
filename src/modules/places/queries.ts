import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { LatLng } from '../../core/geo.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { PlaceKind } from './kinds.ts'
import type { Place, PlaceCluster, PlaceDetail, Rectangle } from './schema.ts'
import { boxAround, distanceTo, eachKind, placeJson } from './sql.ts'

export interface NearRow {
  readonly place: Place
  readonly distance: number
}

export interface NearPage {
  readonly at: LatLng
  readonly kinds: readonly PlaceKind[]
  readonly radius_m: number
  /** What is used when nothing lies within the radius. */
  readonly wider_m: number
  /** The radius that the first page used, and where that page ended. */
  readonly after: { readonly radius_m: number; readonly distance: number; readonly id: string } | null
  readonly limit: number
}

/** The nearest places of some kinds, one more than `limit`. Each kind gives as many, and the nearest of these are taken. */
export function listNear(
  db: Db,
  actor: Actor,
  { at, kinds, radius_m, wider_m, after, limit }: NearPage,
): Promise<{ radius_m: number; items: NearRow[] } | null> {
  const distance = distanceTo(at)
  // From far away everything is about as near, and the index would be read as a whole.
  const isAround = sql`places.location && ${boxAround(at, after?.radius_m ?? wider_m)}`
  const isAfter = after ? sql`AND (${distance}, places.id) > (${after.distance}::float8, ${after.id}::uuid)` : sql``
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, near AS (
      SELECT id, distance
      FROM (
        ${eachKind(
          kinds,
          // With ties, because several clinics share a house, and which of them are left out must not be chance.
          (isOfKind) => sql`
        SELECT places.id, ${distance} AS distance
        FROM places
        WHERE ${isOfKind} AND ${isAround} ${isAfter}
        ORDER BY ${distance}
        FETCH FIRST ${sql`(${limit + 1}::int)`} ROWS WITH TIES`,
        )}
      ) AS nearest
      ORDER BY distance, id
      LIMIT ${limit + 1}
    ), used AS (
      SELECT coalesce(
               ${after?.radius_m ?? null}::float8,
               CASE WHEN EXISTS (SELECT FROM near WHERE distance <= ${radius_m}::float8) THEN ${radius_m}::float8 ELSE ${wider_m}::float8 END
             ) AS radius_m
    )
    SELECT used.radius_m,
           (
             SELECT coalesce(
               json_agg(
                 json_build_object('distance', near.distance, 'place', ${placeJson({ distance: sql`near.distance` })})
                 ORDER BY near.distance, near.id
               ),
               '[]'
             )
             FROM near
             JOIN places ON places.id = near.id
             WHERE near.distance <= used.radius_m
           ) AS items
    FROM viewer, used`,
  )
}

export interface RectangleGrid {
  readonly box: Rectangle
  readonly kinds: readonly PlaceKind[]
  /** With more places than this, places are put together. */
  readonly limit: number
  /** Cells along a side. */
  readonly cells: number
  /** So many places of a cell become a cluster. */
  readonly count_min: number
}

/** What lies in a rectangle: each place in `items` or counted in one of `clusters`. */
export function listWithin(
  db: Db,
  actor: Actor,
  { box: { west, south, east, north }, kinds, limit, cells, count_min }: RectangleGrid,
): Promise<{ items: Place[]; clusters: PlaceCluster[] } | null> {
  const column = sql`least(${cells - 1}, floor((lng - ${west}::float8) * ${cells}::int / (${east}::float8 - ${west}::float8))::int)`
  const row = sql`least(${cells - 1}, floor((lat - ${south}::float8) * ${cells}::int / (${north}::float8 - ${south}::float8))::int)`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, within AS MATERIALIZED (
      SELECT id, lat, lng, ${row} * ${cells}::int + ${column} AS cell
      FROM (
        SELECT id, ST_Y(point) AS lat, ST_X(point) AS lng
        FROM (
          ${eachKind(
            kinds,
            (isOfKind) => sql`
          SELECT places.id, places.location::geometry AS point
          FROM places
          WHERE ${isOfKind} AND places.location && ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, 4326)::geography
          OFFSET 0`,
          )}
        ) AS found
        -- Without OFFSET the planner reads the coordinates of a place anew wherever they are named, which is eight times.
        OFFSET 0
      ) AS placed
      WHERE lat BETWEEN ${south}::float8 AND ${north}::float8 AND lng BETWEEN ${west}::float8 AND ${east}::float8
    ), clusters AS (
      SELECT cell, avg(lat) AS lat, avg(lng) AS lng, count(*) AS count
      FROM within
      WHERE (SELECT count(*) FROM within) > ${limit}
      GROUP BY cell
      HAVING count(*) >= ${count_min}
    )
    SELECT (
             SELECT coalesce(json_agg(${placeJson({ distance: sql`NULL::float8` })} ORDER BY places.name, places.id), '[]')
             FROM within
             JOIN places ON places.id = within.id
             WHERE within.cell NOT IN (SELECT cell FROM clusters)
           ) AS items,
           (SELECT coalesce(json_agg(json_build_object('lat', lat, 'lng', lng, 'count', count) ORDER BY cell), '[]') FROM clusters) AS clusters
    FROM viewer`,
  )
}

/** A place, or the one that stands for it. */
export function findPlace(db: Db, actor: Actor, id: string): Promise<{ place: Omit<PlaceDetail, 'sources'> | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN places.id IS NOT NULL THEN
             ${placeJson({ distance: sql`NULL::float8` })}::jsonb || jsonb_build_object(
               'open_now', NULL, 'hours', NULL, 'licensed_on', places.licensed_on, 'closed_on', places.closed_on, 'is_geocoded', places.is_geocoded
             )
           END AS place
    FROM viewer
    LEFT JOIN places asked ON asked.id = ${id}
    LEFT JOIN places ON places.id = coalesce(asked.duplicate_of, asked.id)`,
  )
}
