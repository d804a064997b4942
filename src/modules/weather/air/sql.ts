import { type SQL, sql } from 'drizzle-orm'

/**
 * The stations from which the air of a place is chosen, as a scalar of SQL: a JSON list of `NearbyStation`. They are the nearest with a value of each pollutant,
 * and those that the cell has shown last.
 */
export const stationsNear = (place: SQL, kept: readonly SQL[], now: Date): SQL => sql`(
      SELECT coalesce(
        json_agg(json_build_object(
          'code', code, 'name', name, 'network', network, 'distance_m', ST_Distance(location, ${place}),
          'pm10', pm10, 'pm10_at', pm10_at, 'pm25', pm25, 'pm25_at', pm25_at
        )),
        '[]'
      )
      FROM air_stations
      WHERE code IN (
        ${nearestWith(sql`pm10`, place, now)}
        UNION ALL
        ${nearestWith(sql`pm25`, place, now)}
        UNION ALL
        SELECT code FROM air_stations WHERE code IN (${sql.join([...kept], sql`, `)}) AND location IS NOT NULL
      )
    )`

/** Stations beside a road measure its traffic. Both codes are of one order where two are equally near. */
const nearestWith = (pollutant: SQL, place: SQL, now: Date): SQL => sql`(
          SELECT code
          FROM air_stations
          WHERE ${pollutant} IS NOT NULL
            AND ${pollutant}_at >= ${now.toISOString()}::timestamptz - interval '2 hours'
            AND network IS DISTINCT FROM '도로변대기'
            AND ST_DWithin(location, ${place}, 30000)
          ORDER BY ST_Distance(location, ${place}), code
          LIMIT 1
        )`
