import { type SQL, sql } from 'drizzle-orm'
import { BY_THE_SEA_M } from '../known.ts'

/**
 * Whether a geography lies within so many metres of a beach. Only places that count for badges have outlines, and the index of outlines holds no others: without
 * that word each of some thirty thousand places would be measured.
 */
export const isNearBeach = (where: SQL, metres: number): SQL =>
  sql`EXISTS (SELECT 1 FROM places WHERE places.kind = 'beach' AND places.counts_for_badges AND ST_DWithin(places.area, ${where}, ${metres}))`

/** Whether a geography lies within 2 km of a beach. */
export const isByTheSea = (where: SQL): SQL => isNearBeach(where, BY_THE_SEA_M)

/** The warnings in force in some sigungu, given as an array of their codes, the worst first, as a list of `Warning` of schema.ts in JSON. Those of the sea count where a beach is near. */
export const warningsIn = (sigungu: SQL, now: Date, isCoastal: SQL): SQL => sql`warnings_of(${sigungu}, ${now.toISOString()}, ${isCoastal})`
