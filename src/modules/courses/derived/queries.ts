import { sql } from 'drizzle-orm'
import { asArray } from '../../../db/array.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import type { Candidate } from './leaders.ts'

export type SpotKind = 'place' | 'region'

/** Around what courses are looked for: a park by its id, or the centre of a dong by its code. In metres of EPSG:5179. */
export interface Spot {
  readonly id: string
  readonly name: string
  readonly x: number
  readonly y: number
}

/** The next places around which courses are looked for this night. */
export async function listSpots(db: Db, kind: SpotKind, after: string | null, at: Date, most: number): Promise<Spot[]> {
  const { rows } = await db.execute<Spot & Record<string, unknown>>(sql`
    SELECT id, name, x, y FROM course_spots(${kind}, ${after}, ${at.toISOString()}::timestamptz, ${most}::int)`)
  return rows
}

/** A course that stands: its line in degrees. */
export interface Standing {
  readonly id: string
  readonly is_here: boolean
  readonly line: readonly (readonly [lng: number, lat: number])[]
}

export interface Around {
  readonly walks: Candidate[]
  readonly alike: [number, number][]
  readonly standing: Standing[]
}

/** What may make courses around a place, and the courses that stand there already, also those of other places that come near. */
export function findAround(db: Db, kind: SpotKind, { id, x, y }: Spot, at: Date): Promise<Around | null> {
  const isHere = kind === 'place' ? sql`coalesce(courses.place_id = ${id}::uuid, false)` : sql`coalesce(courses.region_code = ${id}, false)`
  return firstRow(
    db,
    sql`
    WITH standing AS (
      SELECT courses.id, ${isHere} AS is_here, ST_AsGeoJSON(courses.line, 7)::jsonb -> 'coordinates' AS line
      FROM courses
      WHERE courses.kind = 'derived' AND courses.gone_at IS NULL
        AND (
          ${isHere}
          OR courses.line && ST_Transform(ST_Expand(ST_SetSRID(ST_MakePoint(${x}::float8, ${y}::float8), 5179), 300), 4326)
        )
    )
    SELECT found.candidates -> 'walks' AS walks, found.candidates -> 'alike' AS alike,
           (SELECT coalesce(json_agg(standing ORDER BY standing.id), '[]') FROM standing) AS standing
    FROM (SELECT course_candidates(${x}::float8, ${y}::float8, ${at.toISOString()}::timestamptz) AS candidates) AS found`,
  )
}

export interface Ways {
  /** By walk: the piece and the cell, in order. */
  readonly ways: Readonly<Record<string, readonly (readonly [piece: number, x: number, y: number])[]>>
  readonly tiles: readonly (readonly [tile_x: number, tile_y: number, cells: readonly number[]])[]
}

export async function findWays(db: Db, walkIds: readonly string[]): Promise<Ways> {
  const row = await firstRow<{ found: Ways }>(db, sql`SELECT leader_ways(${asArray(walkIds)}::uuid[]) AS found`)
  return row?.found ?? { ways: {}, tiles: [] }
}

export interface CourseRow {
  readonly id: string
  readonly name: string
  readonly distance_m: number
  readonly is_loop: boolean
  readonly duration_min: number
  readonly users_band: number
  /** In degrees. */
  readonly line: readonly (readonly [lng: number, lat: number])[]
}

/**
 * Writes the courses of a place. Those that stood there and are not among them have vanished: they stay without a line as long as they are somebody's favourite.
 */
export async function replaceCourses(db: Db, kind: SpotKind, spotId: string, courses: readonly CourseRow[], at: Date): Promise<void> {
  const isHere = kind === 'place' ? sql`courses.place_id = ${spotId}::uuid` : sql`courses.region_code = ${spotId}`
  const rows = courses.map(({ line, id, name, distance_m, is_loop, duration_min, users_band }) => ({
    id,
    name,
    distance_m,
    is_loop,
    duration_min,
    users_band,
    line: { type: 'LineString', coordinates: line },
  }))
  const now = at.toISOString()
  await db.execute(sql`
    WITH given AS (
      SELECT *
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS course (id uuid, name text, distance_m int, is_loop boolean, duration_min int, users_band smallint, line jsonb)
    ), vanished AS (
      SELECT courses.id, EXISTS (SELECT FROM course_favorites WHERE course_favorites.course_id = courses.id) AS is_kept
      FROM courses
      WHERE ${isHere} AND courses.kind = 'derived' AND courses.gone_at IS NULL AND courses.id NOT IN (SELECT id FROM given)
    ), kept AS (
      UPDATE courses
      SET line = NULL, gone_at = ${now}, updated_at = ${now}
      FROM vanished
      WHERE courses.id = vanished.id AND vanished.is_kept
    ), gone AS (
      DELETE FROM courses
      USING vanished
      WHERE courses.id = vanished.id AND NOT vanished.is_kept
    )
    INSERT INTO courses AS course (
      id, kind, created_at, updated_at, name, place_id, region_code, line, distance_m, is_loop, duration_min, users_band, computed_on
    )
    SELECT given.id, 'derived', ${now}, ${now}, given.name, ${kind === 'place' ? spotId : null}::uuid, ${kind === 'region' ? spotId : null}::text,
           ST_SetSRID(ST_GeomFromGeoJSON(given.line), 4326), given.distance_m, given.is_loop, given.duration_min, given.users_band,
           seoul_day(${now}::timestamptz)
    FROM given
    ON CONFLICT (id) DO UPDATE
    SET updated_at = excluded.updated_at, name = excluded.name, line = excluded.line, distance_m = excluded.distance_m, is_loop = excluded.is_loop,
        duration_min = excluded.duration_min, users_band = excluded.users_band, computed_on = excluded.computed_on`)
}

/** Deletes courses that have vanished and are nobody's favourite any more. */
export async function deleteForgotten(db: Db): Promise<void> {
  await db.execute(sql`
    DELETE FROM courses
    WHERE courses.kind = 'derived' AND courses.gone_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM course_favorites WHERE course_favorites.course_id = courses.id)`)
}
