import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { geographyPoint, type LatLng } from '../../db/geography.ts'
import { viewer } from '../../db/viewer.ts'
import type { Place, Region } from '../regions/schema.ts'

/** `region` is null when there is no such region. The viewer has then not moved. */
export interface MoveAnswer {
  readonly region: Region | null
}

/** The end of a statement with the CTEs `viewer` and `region` (one row or none): moves the viewer there. */
const settle = sql`moved AS (
      UPDATE users
      SET region_code = region.code
      FROM viewer, region
      WHERE users.id = viewer.id AND users.region_code IS DISTINCT FROM region.code
    )
    SELECT CASE WHEN region.code IS NOT NULL
      THEN json_build_object('code', region.code, 'sido', region.sido, 'sigungu', region.sigungu, 'dong', region.dong) END AS region
    FROM viewer
    LEFT JOIN region ON true`

/** Moves the viewer to a known dong or sigungu. A sido is too wide to live in. */
export function moveToRegion(db: Db, actor: Actor, code: string | null): Promise<MoveAnswer | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, region AS (
      SELECT regions.code, regions.sido, regions.sigungu, regions.dong
      FROM regions
      WHERE regions.code = ${code} AND regions.level <> 'sido'
    ), ${settle}`,
  )
}

/** Moves the viewer to the sigungu whose centre is nearest, within `withinM`. */
export function moveToNearestSigungu(db: Db, actor: Actor, at: LatLng, withinM: number): Promise<MoveAnswer | null> {
  const here = geographyPoint(at)
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, region AS (
      SELECT regions.code, regions.sido, regions.sigungu, regions.dong
      FROM regions
      WHERE regions.level = 'sigungu' AND ST_DWithin(regions.center, ${here}, ${withinM})
      ORDER BY regions.center <-> ${here}
      LIMIT 1
    ), ${settle}`,
  )
}

/**
 * Moves the viewer to a dong, and inserts the dong if it is new. Its sigungu is found by the code, by an alias of the code, by the names, or by the
 * nearest centre. A dong that came under another code of the same sigungu before is the same dong.
 */
export function moveToPlace(db: Db, actor: Actor, place: Place): Promise<MoveAnswer | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, place AS (
      SELECT ${place.code}::text AS code,
             coalesce((SELECT sido_aliases.sido FROM sido_aliases WHERE sido_aliases.alias = ${place.sido}), ${place.sido}) AS sido,
             ${place.sigungu}::text AS sigungu,
             ${place.dong}::text AS dong,
             ${geographyPoint(place.center)} AS center
    ), ${sigunguOfPlace}, known AS (
      SELECT regions.code, regions.sido, regions.sigungu, regions.dong
      FROM place, sigungu, regions
      WHERE regions.level = 'dong'
        AND regions.parent_code = sigungu.code
        AND regions.dong = place.dong
      ORDER BY regions.code = place.code DESC
      LIMIT 1
    ), learnt AS (
      INSERT INTO regions (code, level, parent_code, sido, sigungu, dong, center)
      SELECT place.code, 'dong', sigungu.code, sigungu.sido, sigungu.sigungu, place.dong, place.center
      FROM viewer, place, sigungu
      WHERE NOT EXISTS (SELECT 1 FROM known)
      ON CONFLICT (code) DO UPDATE
      SET parent_code = excluded.parent_code, sido = excluded.sido, sigungu = excluded.sigungu, dong = excluded.dong
      WHERE regions.level = 'dong'
      RETURNING code, sido, sigungu, dong
    ), region AS (
      SELECT code, sido, sigungu, dong FROM known
      UNION ALL
      SELECT code, sido, sigungu, dong FROM learnt
    ), ${settle}`,
  )
}

/** The longest alias counts. The alias of a district that was split is not used, because it does not say which part is meant. */
const sigunguOfPlace: SQL = sql`alias AS (
      SELECT left(region_aliases.new_prefix || substr(place.code, length(region_aliases.old_prefix) + 1), 5) || '00000' AS code, region_aliases.note
      FROM place
      JOIN region_aliases ON starts_with(place.code, region_aliases.old_prefix)
      ORDER BY length(region_aliases.old_prefix) DESC
      LIMIT 1
    ), nearest AS (
      SELECT regions.code
      FROM regions
      WHERE regions.level = 'sigungu'
      ORDER BY regions.center <-> (SELECT place.center FROM place)
      LIMIT 1
    ), sigungu AS (
      SELECT regions.code, regions.sido, regions.sigungu
      FROM place, regions
      WHERE regions.level = 'sigungu'
        AND (
          regions.code IN (left(place.code, 5) || '00000', (SELECT alias.code FROM alias WHERE alias.note NOT LIKE 'split:%'), (SELECT nearest.code FROM nearest))
          OR (regions.sido = place.sido AND replace(regions.sigungu, ' ', '') = replace(place.sigungu, ' ', ''))
        )
      ORDER BY regions.code = left(place.code, 5) || '00000' DESC,
               regions.code = (SELECT alias.code FROM alias WHERE alias.note NOT LIKE 'split:%') DESC NULLS LAST,
               (regions.sido = place.sido AND replace(regions.sigungu, ' ', '') = replace(place.sigungu, ' ', '')) DESC
      LIMIT 1
    )`
