import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type LatLng, METRES_PER_DEGREE } from '../../core/geo.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { Rectangle } from '../places/schema.ts'
import type { Course } from './schema.ts'
import { courseJson, seesCourse } from './sql.ts'

/**
 * The courses whose line meets `box`, with `more` columns, which may name the `line` that the viewer gets. A published one must still be asked about
 * (`seesCourse`). `viewer` must be in scope.
 */
const foundIn = (box: SQL, more: SQL): SQL => sql`
        SELECT found.id, found.is_mine, ${more}
        FROM (
          SELECT id, false AS is_mine, users_band, line FROM courses WHERE kind = 'derived' AND gone_at IS NULL AND line && ${box}
          UNION ALL
          SELECT courses.id, false, NULL, courses.published_line FROM courses, viewer
          WHERE courses.published_at IS NOT NULL AND courses.published_line && ${box} AND courses.owner_id <> viewer.id
          UNION ALL
          SELECT courses.id, true, NULL, courses.line FROM courses, viewer WHERE courses.owner_id = viewer.id AND courses.line && ${box}
        ) AS found`

// blocked too: `sees_course` asks.
/** What lies in a rectangle: one's own first, then those that most people walk. Answers one more than `limit`. */
export function listWithin(
  db: Db,
  actor: Actor,
  { west, south, east, north }: Rectangle,
  limit: number,
  now: Date,
): Promise<{ items: Course[] } | null> {
  const box = sql`ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, 4326)`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, found AS (${foundIn(box, sql`found.users_band, found.line`)}
      WHERE ST_Intersects(found.line, ${box})
      ORDER BY found.is_mine DESC, found.users_band DESC NULLS LAST, found.id
      -- What is seen is asked of one after the other, until there are enough.
      OFFSET 0
    ), shown AS (
      SELECT found.id, found.is_mine, found.users_band
      FROM viewer, found
      WHERE ${seesCourse(sql`found.id`, now)}
      LIMIT ${limit + 1}
    )
    SELECT (
      SELECT coalesce(json_agg(${courseJson(now)} ORDER BY shown.is_mine DESC, shown.users_band DESC NULLS LAST, shown.id), '[]')
      FROM shown
      JOIN courses ON courses.id = shown.id
    ) AS items
    FROM viewer`,
  )
}

export interface NearPage {
  readonly at: LatLng
  readonly radius_m: number
  readonly after: { readonly distance: number; readonly id: string } | null
  readonly limit: number
}

// blocked too: `sees_course` asks.
/** Courses whose line comes within a radius, the nearest first. Answers one more than `limit`. */
export function listNear(
  db: Db,
  actor: Actor,
  { at: { lat, lng }, radius_m, after, limit }: NearPage,
  now: Date,
): Promise<{ items: { course: Course; distance: number }[] } | null> {
  const north = (radius_m / METRES_PER_DEGREE) * 1.01
  const east = Math.min(1, north / Math.cos((lat * Math.PI) / 180))
  const box = sql`ST_MakeEnvelope(${lng - east}, ${Math.max(-90, lat - north)}, ${lng + east}, ${Math.min(90, lat + north)}, 4326)`
  const distance = sql`ST_DistanceSphere(found.line, ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326)) AS distance`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, found AS (${foundIn(box, distance)}
      ORDER BY distance, found.id
      OFFSET 0
    ), shown AS (
      SELECT found.id, found.distance
      FROM viewer, found
      WHERE found.distance <= ${radius_m}::float8
        AND (${after === null} OR (found.distance, found.id) > (${after?.distance ?? null}::float8, ${after?.id ?? null}::uuid))
        AND ${seesCourse(sql`found.id`, now)}
      LIMIT ${limit + 1}
    )
    SELECT (
      SELECT coalesce(json_agg(json_build_object('distance', shown.distance, 'course', ${courseJson(now)}) ORDER BY shown.distance, shown.id), '[]')
      FROM shown
      JOIN courses ON courses.id = shown.id
    ) AS items
    FROM viewer`,
  )
}

// blocked too: `sees_course` asks.
export function findCourse(db: Db, actor: Actor, id: string, now: Date): Promise<{ course: Course | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (SELECT ${courseJson(now)} FROM courses WHERE courses.id = ${id} AND ${seesCourse(sql`courses.id`, now)}) AS course
    FROM viewer`,
  )
}

export interface LatestPage {
  readonly after: { readonly created_at: string; readonly id: string } | null
  readonly limit: number
}

export interface LatestRow {
  readonly course: Course
  /** Postgres's own text. */
  readonly created_at: string
}
