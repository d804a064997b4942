import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import type { KmaCell } from '../../core/kma-grid.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { geographyPoint, type LatLng } from '../../db/geography.ts'
import { viewer } from '../../db/viewer.ts'
import { regionJson } from '../regions/sql.ts'
import type { Region } from '../regions/schema.ts'
import { stationsNear } from './air/sql.ts'
import type { MeasuredHour } from './hours.ts'
import type { KeptStations, NearbyStation } from './outlook/air.ts'
import type { PetFacts } from './paw-index/facts.ts'
import type { SourceState } from './sources/breaker.ts'
import { sourceStates } from './sources/sql.ts'
import { isNearBeach, warningsOf } from './warnings/sql.ts'
import type { WeatherWarning } from './warnings/schema.ts'

/** Where the weather is asked for. `own` is the viewer's region. */
export type Where = { readonly at: LatLng; readonly cell: KmaCell } | { readonly region_code: string } | 'own'

/** What Postgres knows of the weather of a place. */
export interface KnownPlace {
  readonly region: Region
  readonly lat: number
  readonly lng: number
  readonly nx: number
  readonly ny: number
  /** To the centre of the region, in metres. */
  readonly distance_m: number
  /** Within 500 m of a beach. */
  readonly is_coastal: boolean
  readonly latest: unknown
  /** Nobody had wanted the cell for an hour. */
  readonly is_wanted_anew: boolean
  readonly kept: KeptStations
  readonly stations: NearbyStation[]
  readonly warnings: WeatherWarning[]
  readonly uv: { issued_at: string; steps: (number | null)[] } | null
  readonly last_snow_at: string | null
  /** The last three hours. */
  readonly measured: MeasuredHour[]
  /** What was measured today. */
  readonly min: number | null
  readonly max: number | null
}

export interface Found {
  readonly place: KnownPlace | null
  readonly pet: PetFacts | null
  readonly sources: SourceState[]
  /** The viewer has a region of their own. */
  readonly has_region: boolean
}

const BESIDE_THE_SEA_M = 500

/** All that a request for weather asks of Postgres. It also notes that the viewer wants the cell, once an hour at most. Without `petId` it is about the primary pet. */
export function findWeather(
  db: Db,
  actor: Actor,
  where: Where,
  { now, today, petId }: { readonly now: Date; readonly today: Date; readonly petId?: string },
): Promise<Found | null> {
  const at = now.toISOString()
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, place AS MATERIALIZED (
      ${placeOf(where)}
    ), cell AS MATERIALIZED (
      SELECT weather_cells.*
      FROM place
      JOIN weather_cells ON weather_cells.nx = place.nx AND weather_cells.ny = place.ny
    ), wanted AS MATERIALIZED (
      SELECT want_cell(place.nx, place.ny, ${at}::timestamptz)
      FROM place
      WHERE place.distance_m <= ${FARTHEST_M} AND NOT EXISTS (SELECT 1 FROM cell WHERE cell.wanted_at > ${at}::timestamptz - interval '1 hour')
    )
    SELECT (
             SELECT json_build_object(
               'region', (SELECT ${regionJson} FROM regions WHERE regions.code = place.code),
               'lat', ST_Y(place.point::geometry),
               'lng', ST_X(place.point::geometry),
               'nx', place.nx,
               'ny', place.ny,
               'distance_m', place.distance_m,
               'is_coastal', ${isNearBeach(sql`place.point`, BESIDE_THE_SEA_M)},
               'latest', cell.latest,
               'is_wanted_anew', EXISTS (SELECT 1 FROM wanted),
               'kept', json_build_object('pm10_station', cell.pm10_station, 'pm25_station', cell.pm25_station),
               'stations', ${stationsNear(sql`place.point`, [sql`cell.pm10_station`, sql`cell.pm25_station`], now)},
               'warnings', ${warningsOf(sql`place.code`, now, sql`place.point`)},
               'uv', (
                 SELECT json_build_object('issued_at', uv_indices.issued_at, 'steps', uv_indices.steps)
                 FROM uv_indices
                 WHERE uv_indices.region_code IN (place.code, place.parent_code)
                 ORDER BY uv_indices.region_code = place.code DESC
                 LIMIT 1
               ),
               'last_snow_at', (
                 SELECT max(weather_hours.hour)
                 FROM weather_hours
                 WHERE weather_hours.nx = place.nx AND weather_hours.ny = place.ny
                   AND weather_hours.hour >= ${at}::timestamptz - interval '48 hours'
                   AND weather_hours.pty IN ('rain_snow', 'snow', 'drizzle_snow', 'flurry')
               ),
               'measured', (
                 SELECT coalesce(json_agg(to_json(weather_hours) ORDER BY weather_hours.hour), '[]')
                 FROM weather_hours
                 WHERE weather_hours.nx = place.nx AND weather_hours.ny = place.ny AND weather_hours.hour > ${at}::timestamptz - interval '4 hours'
               ),
               'min', today.min,
               'max', today.max
             )
             FROM place
             LEFT JOIN cell ON true
             CROSS JOIN LATERAL (
               SELECT min(weather_hours.temp) AS min, max(weather_hours.temp) AS max
               FROM weather_hours
               WHERE weather_hours.nx = place.nx AND weather_hours.ny = place.ny
                 AND weather_hours.hour >= ${today.toISOString()} AND weather_hours.hour <= ${at}
             ) AS today
           ) AS place,
           (
             SELECT json_build_object(
               'name', pets.name,
               'size', pet_size_of(pets.chosen_size, breeds.size, pets.weight_kg),
               'weight_kg', pets.weight_kg,
               'birth_date', pets.birth_date,
               'is_brachycephalic', coalesce(breeds.is_brachycephalic, false),
               'has_double_coat', coalesce(breeds.has_double_coat, false),
               'has_thin_coat', coalesce(breeds.has_thin_coat, false),
               'has_white_coat', coalesce(breeds.has_white_coat, false),
               'is_overweight', pets.is_overweight,
               'has_heart_or_lung_condition', pets.has_heart_or_lung_condition
             )
             FROM pets
             LEFT JOIN breeds ON breeds.code = pets.breed_code
             WHERE pets.user_id = viewer.id AND pets.archived_at IS NULL AND ${petId ? sql`pets.id = ${petId}` : sql`pets.is_primary`}
           ) AS pet,
           ${sourceStates} AS sources,
           viewer.region_code IS NOT NULL AS has_region
    FROM viewer`,
  )
}

/** What is farther from every sigungu lies at sea or abroad. */
export const FARTHEST_M = 200_000

/** The body of a CTE: the region, the point and the cell. No row where there is no such region. */
function placeOf(where: Where): SQL {
  if (where !== 'own' && 'at' in where) {
    const point = geographyPoint(where.at)
    return sql`SELECT regions.code, regions.parent_code, ${point} AS point, ${where.cell.nx}::smallint AS nx, ${where.cell.ny}::smallint AS ny,
             ST_Distance(regions.center, ${point}) AS distance_m
      FROM viewer
      CROSS JOIN LATERAL (
        SELECT * FROM regions WHERE regions.level = 'sigungu' ORDER BY regions.center <-> ${point} LIMIT 1
      ) AS regions`
  }
  return sql`SELECT regions.code, regions.parent_code, regions.center AS point, coalesce(regions.kma_nx, its.nx)::smallint AS nx,
             coalesce(regions.kma_ny, its.ny)::smallint AS ny, 0 AS distance_m
      FROM viewer
      JOIN regions ON regions.code = ${where === 'own' ? sql`viewer.region_code` : where.region_code}
      CROSS JOIN LATERAL kma_cell(ST_Y(regions.center::geometry), ST_X(regions.center::geometry)) AS its`
}

/** The stations from which the air of a place is chosen. */
// public: the place and the stations of its cell come from a statement that asked for the viewer, and the air is everybody's.
export async function listStations(db: Db, at: LatLng, kept: KeptStations, now: Date): Promise<NearbyStation[]> {
  const stations = stationsNear(geographyPoint(at), [sql`${kept.pm10_station}::text`, sql`${kept.pm25_station}::text`], now)
  const row = await firstRow<{ stations: NearbyStation[] }>(db, sql`SELECT ${stations} AS stations`)
  return row?.stations ?? []
}
