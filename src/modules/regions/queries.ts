import { sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../db/client.ts'
import type { ListedRegion } from './schema.ts'

/** The regions directly below `parent`, or the sidos when it is null. `is_known` says whether `parent` exists. */
export async function listRegions(db: Db, parent: string | null): Promise<{ is_known: boolean; items: ListedRegion[] }> {
  const isBelow = parent === null ? sql`regions.parent_code IS NULL` : sql`regions.parent_code = ${parent}`
  const row = await firstRow<{ is_known: boolean; items: ListedRegion[] }>(
    db,
    sql`
    SELECT ${parent}::text IS NULL OR EXISTS (SELECT 1 FROM regions WHERE regions.code = ${parent}) AS is_known,
           (
             SELECT coalesce(
               json_agg(
                 json_build_object(
                   'code', regions.code,
                   'level', regions.level,
                   'name', CASE regions.level WHEN 'sido' THEN regions.sido WHEN 'sigungu' THEN regions.sigungu ELSE regions.dong END,
                   'sido', regions.sido,
                   'sigungu', regions.sigungu,
                   'dong', regions.dong,
                   'lat', ST_Y(regions.center::geometry),
                   'lng', ST_X(regions.center::geometry),
                   'has_children', EXISTS (SELECT 1 FROM regions child WHERE child.parent_code = regions.code)
                 )
                 ORDER BY regions.code
               ),
               '[]'
             )
             FROM regions
             WHERE ${isBelow}
           ) AS items`,
  )
  return row ?? { is_known: false, items: [] }
}
