import { type SQL, sql } from 'drizzle-orm'

/** The ultraviolet index of a region now, or NULL where it is not known. */
export const uvOf = (regionCode: SQL, now: Date): SQL => sql`uv_at(${regionCode}, ${now.toISOString()})`
