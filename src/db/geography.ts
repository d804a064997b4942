import { type SQL, sql } from 'drizzle-orm'
import type { LatLng } from '../core/geo.ts'

export type { LatLng }

/** A WGS 84 point as `geography`, whose distances are metres. */
export const geographyPoint = ({ lat, lng }: LatLng): SQL => sql`ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326)::geography`

/** A point column as `{"lat", "lng"}`, or null. */
export const asLatLng = (column: SQL): SQL =>
  sql`CASE WHEN ${column} IS NOT NULL THEN json_build_object('lat', ST_Y(${column}::geometry), 'lng', ST_X(${column}::geometry)) END`
