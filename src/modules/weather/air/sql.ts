import { type SQL, sql } from 'drizzle-orm'
import type { LatLng } from '../../../core/geo.ts'
import { geographyPoint } from '../../../db/geography.ts'
import type { KeptStations } from '../outlook/air.ts'

/** The stations from which the air of a place is chosen, as a scalar of SQL: a JSON list of `NearbyStation`. */
export const stationsNear = (at: LatLng, { pm10_station, pm25_station }: KeptStations, now: Date): SQL =>
  sql`stations_near(${geographyPoint(at)}, ARRAY[${pm10_station}, ${pm25_station}]::text[], ${now.toISOString()})`
