import { type SQL, sql } from 'drizzle-orm'

/** So near to a beach a place is by the sea. */
const BY_THE_SEA_M = 2_000

/** The sigungu of a region as a list, and a region that is none as itself. NULL when there is no such region. */
const sigunguOf = (regionCode: SQL): SQL => sql`(
      SELECT ARRAY[CASE WHEN regions.level = 'dong' THEN regions.parent_code ELSE regions.code END] FROM regions WHERE regions.code = ${regionCode}
    )`

/**
 * Whether a geography lies within so many metres of a beach. Only places that count for badges have outlines, and the index of outlines holds no others: without
 * that word each of some thirty thousand places would be measured.
 */
export const isNearBeach = (where: SQL, metres: number): SQL =>
  sql`EXISTS (SELECT 1 FROM places WHERE places.kind = 'beach' AND places.counts_for_badges AND ST_DWithin(places.area, ${where}, ${metres}))`

/** Whether a geography lies within 2 km of a beach. */
export const isByTheSea = (where: SQL): SQL => isNearBeach(where, BY_THE_SEA_M)

/**
 * The warnings in force in the sigungu of a region, the worst first, as a list of `Warning` of schema.ts in JSON. It is empty when there is no such region.
 * With a position, warnings of the sea are among them where a beach is near.
 */
export const warningsOf = (regionCode: SQL, now: Date, position?: SQL): SQL =>
  sql`warnings_of(${sigunguOf(regionCode)}, ${now.toISOString()}, ${position ? isByTheSea(position) : sql`false`})`

/** Likewise those of several sigungu, given as an array of their codes. */
export const warningsIn = (sigungu: SQL, now: Date, isCoastal: SQL): SQL => sql`warnings_of(${sigungu}, ${now.toISOString()}, ${isCoastal})`
