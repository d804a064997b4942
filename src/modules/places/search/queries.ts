import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import type { LatLng } from '../../../core/geo.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import type { Place } from '../schema.ts'
import { boxAround, distanceTo, isShown, placeJson } from '../sql.ts'
import type { KeptPlace } from './schema.ts'

export interface OwnPlaces {
  /** Ours that are one with a place of Kakao, by the id there. */
  readonly same: Readonly<Record<string, Place>>
  /** Ours whose name holds what was asked for, nearest first. */
  readonly named: Place[]
}

export interface OwnSearch {
  /** Null where nothing is looked up by name. */
  readonly text: string | null
  /** Null where nobody said where they are. */
  readonly at: LatLng | null
  readonly radius_m: number
  readonly limit: number
  readonly same_within_m: number
}

/** As the column `name_key` has it. */
const keyOf = (name: string): string => name.replaceAll(/\s/g, '').toLowerCase()

/** Which of Kakao's places are ours, and which of ours are called so. */
export function findOwn(
  db: Db,
  actor: Actor,
  kakao: readonly KeptPlace[],
  { text, at, radius_m, limit, same_within_m }: OwnSearch,
): Promise<OwnPlaces | null> {
  const given = JSON.stringify(kakao.map(({ id, name, place_url, lat, lng }) => ({ id, key: keyOf(name), place_url, lat, lng })))
  const distance = at ? distanceTo(at) : sql`NULL::float8`
  const named =
    text === null || at === null
      ? sql`SELECT NULL::uuid AS id, NULL::float8 AS distance WHERE false`
      : sql`
      SELECT id, distance
      FROM (
        -- A rectangle, because for a circle of this size the planner expects so much work that it compiles the statement first.
        SELECT places.id, ${distance} AS distance
        FROM places
        WHERE ${isShown}
          AND places.location && ${boxAround(at, radius_m)}
          AND strpos(places.name_key, ${keyOf(text)}) > 0
      ) AS called
      WHERE distance <= ${radius_m}
      ORDER BY distance, id
      LIMIT ${limit}`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, given AS (
      SELECT id, place_match_key(key) AS key, place_url, ST_SetSRID(ST_MakePoint(lng, lat), 4326)::geography AS location
      FROM jsonb_to_recordset(${given}::jsonb) AS given (id text, key text, place_url text, lat float8, lng float8)
    ), same AS (
      SELECT given.id AS kakao_id, given.place_url, ours.id
      FROM given
      CROSS JOIN LATERAL (
        SELECT places.id
        FROM places
        WHERE ${isShown}
          AND ST_DWithin(places.location, given.location, ${same_within_m}, false)
          AND place_match_key(places.name_key) = given.key
        ORDER BY places.location <-> given.location, places.id
        LIMIT 1
      ) AS ours
    ), named AS (${named}
    )
    SELECT (
             SELECT coalesce(json_object_agg(same.kakao_id, ${placeJson({ distance, url: sql`same.place_url` })}), '{}')
             FROM same
             JOIN places ON places.id = same.id
           ) AS same,
           (
             SELECT coalesce(
               json_agg(
                 ${placeJson({ distance: sql`named.distance`, url: sql`(SELECT min(same.place_url) FROM same WHERE same.id = named.id)` })}
                 ORDER BY named.distance, named.id
               ),
               '[]'
             )
             FROM named
             JOIN places ON places.id = named.id
           ) AS named
    FROM viewer`,
  )
}
