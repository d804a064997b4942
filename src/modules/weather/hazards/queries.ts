import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import type { KmaCell } from '../../../core/kma-grid.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import type { Rectangle } from '../../places/schema.ts'
import { isShown } from '../../places/sql.ts'
import type { WarningLevel } from '../../../core/weather.ts'
import type { WeatherWarning } from '../warnings/schema.ts'
import { isByTheSea, warningsIn } from '../warnings/sql.ts'

/** A station that has measured something in the last two hours. What it has not is null. */
export interface StationRow {
  readonly station: string
  readonly lat: number
  readonly lng: number
  readonly pm10: number | null
  readonly pm25: number | null
  readonly measured_at: string
}

export interface FoundHazards {
  readonly warnings: WeatherWarning[]
  readonly stations: StationRow[]
  /** The copy of the cell's weather. */
  readonly latest: unknown
  readonly riverside: { id: string; name: string; lat: number; lng: number; level: WarningLevel }[]
}

/** A sigungu is known by its centre alone. Farther away than this is the sea, or abroad. */
const REGION_WITHIN_M = 60_000
const STATIONS_WITHIN_M = 5_000
const NEAREST_STATION_WITHIN_M = 30_000
const STATIONS_MAX = 200
const PLACES_MAX = 300
const SIGUNGU_AROUND = 3

/** What is dangerous in a rectangle. `cell` is that of its middle. */
export function findHazards(
  db: Db,
  actor: Actor,
  { west, south, east, north }: Rectangle,
  { cell, now }: { readonly cell: KmaCell | null; readonly now: Date },
): Promise<FoundHazards | null> {
  const at = now.toISOString()
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, area AS MATERIALIZED (
      SELECT box, box::geography AS ground, ST_Centroid(box) AS middle
      FROM (SELECT ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, 4326) AS box) AS given
    ), sigungu AS MATERIALIZED (
      -- Those with their centre inside, and those whose centre is nearest to the middle and to the corners.
      SELECT regions.code, regions.sido
      FROM area
      JOIN regions ON regions.level = 'sigungu' AND regions.center && area.ground
      UNION
      SELECT nearest.code, nearest.sido
      FROM area
      CROSS JOIN LATERAL (SELECT area.middle AS point UNION ALL SELECT (ST_DumpPoints(area.box)).geom) AS looked_at
      CROSS JOIN LATERAL (
        SELECT regions.code, regions.sido, regions.center
        FROM regions
        WHERE regions.level = 'sigungu'
        ORDER BY regions.center <-> looked_at.point::geography
        LIMIT 1
      ) AS nearest
      WHERE ST_DWithin(nearest.center, looked_at.point::geography, ${REGION_WITHIN_M})
    ), heavy_rain AS MATERIALIZED (
      SELECT it.level, it.sido, it.sigungu_codes FROM warnings_at(${at}) AS it WHERE it.kind = 'heavy_rain' AND NOT it.is_at_sea
    ), stations AS (
      SELECT air_stations.name, air_stations.location, living.*, ST_Distance(air_stations.location, area.middle::geography) AS distance,
             ST_DWithin(air_stations.location, area.ground, ${STATIONS_WITHIN_M}) AS is_near
      FROM area
      CROSS JOIN air_stations
      CROSS JOIN LATERAL (
        SELECT max(given.pm10) AS pm10, max(given.pm25) AS pm25, max(given.measured_at) AS measured_at
        FROM (
          VALUES (air_stations.pm10, NULL::int, air_stations.pm10_at), (NULL, air_stations.pm25, air_stations.pm25_at)
        ) AS given (pm10, pm25, measured_at)
        WHERE coalesce(given.pm10, given.pm25) IS NOT NULL AND given.measured_at >= ${at}::timestamptz - interval '2 hours'
      ) AS living
      WHERE air_stations.location IS NOT NULL
        AND living.measured_at IS NOT NULL
        -- A station beside a road measures its traffic.
        AND air_stations.network IS DISTINCT FROM '도로변대기'
    )
    SELECT ${warningsIn(sql`(SELECT array_agg(code) FROM sigungu)`, now, isByTheSea(sql`area.ground`))} AS warnings,
           (
             SELECT coalesce(
               json_agg(
                 json_build_object(
                   'station', shown.name,
                   'lat', ST_Y(shown.location::geometry),
                   'lng', ST_X(shown.location::geometry),
                   'pm10', shown.pm10,
                   'pm25', shown.pm25,
                   'measured_at', shown.measured_at
                 )
                 ORDER BY shown.distance, shown.name
               ),
               '[]'
             )
             FROM (
               SELECT stations.*
               FROM stations
               WHERE stations.is_near
                  OR NOT EXISTS (SELECT 1 FROM stations AS near WHERE near.is_near)
                     AND stations.distance = (SELECT min(nearest.distance) FROM stations AS nearest)
                     AND stations.distance <= ${NEAREST_STATION_WITHIN_M}
               ORDER BY stations.distance
               LIMIT ${STATIONS_MAX}
             ) AS shown
           ) AS stations,
           (SELECT latest FROM weather_cells WHERE nx = ${cell?.nx ?? null}::smallint AND ny = ${cell?.ny ?? null}::smallint) AS latest,
           (
             SELECT coalesce(json_agg(to_json(shown) ORDER BY shown.name, shown.id), '[]')
             FROM (
               SELECT places.id, places.name, ST_Y(places.location::geometry) AS lat, ST_X(places.location::geometry) AS lng, max(heavy_rain.level) AS level
               FROM places
               -- A river is the border of many a sigungu, so those around count.
               CROSS JOIN LATERAL (
                 SELECT near.code, near.sido
                 FROM regions AS near
                 WHERE near.level = 'sigungu'
                 ORDER BY near.center <-> places.location
                 LIMIT ${SIGUNGU_AROUND}
               ) AS around
               JOIN heavy_rain ON CASE
                 WHEN cardinality(heavy_rain.sigungu_codes) > 0 THEN around.code = ANY (heavy_rain.sigungu_codes)
                 ELSE heavy_rain.sido = around.sido
               END
               WHERE places.is_riverside AND ${isShown} AND places.location && area.ground AND ST_Intersects(places.location::geometry, area.box)
               GROUP BY places.id
               ORDER BY places.name, places.id
               LIMIT ${PLACES_MAX}
             ) AS shown
           ) AS riverside
    FROM viewer, area`,
  )
}
