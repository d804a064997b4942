import { type SQL, sql } from 'drizzle-orm'

/** A row of `regions`, which must be in scope by that name, as `Region` of schema.ts. Null when an outer join found none. */
export const regionJson: SQL = sql`region_json(regions.code)`
