import { customType, timestamp } from 'drizzle-orm/pg-core'

export const timestamptz = () => timestamp({ withTimezone: true, mode: 'string' })

export const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })

/** PostGIS types are written and read through SQL only (`db/geography.ts`, `db/twkb.ts`). As data they are Postgres's hexadecimal text. */
export const geographyPoint = customType<{ data: string }>({ dataType: () => 'geography(Point,4326)' })
export const multiLineM = customType<{ data: string }>({ dataType: () => 'geometry(MultiLineStringM,4326)' })
