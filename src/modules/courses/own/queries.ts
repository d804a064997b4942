import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import type { Creation } from '../../../core/idempotency.ts'
import { answerOf, type Db, firstRow, runBatch } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { mayWrite, suspendedUntil } from '../../social/suspensions/sql.ts'
import type { LatestPage, LatestRow } from '../queries.ts'
import type { Course } from '../schema.ts'
import { courseJson } from '../sql.ts'
import type { EditCourse, PlacePair } from './schema.ts'

/** The viewer's own course with that id, or null. `viewer` must be in scope. */
const ownCourse = (id: string, now: Date) => sql`(
      SELECT ${courseJson(now)} FROM courses WHERE courses.id = ${id} AND courses.owner_id = viewer.id AND courses.deleted_at IS NULL
    )`

/** The viewer's own courses, the latest first, one more than `limit`. */
export function listOwn(db: Db, actor: Actor, { after, limit }: LatestPage, now: Date): Promise<{ items: LatestRow[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(page.row ORDER BY page.created_at DESC, page.id DESC), '[]')
      FROM (
        SELECT json_build_object('created_at', courses.created_at::text, 'course', ${courseJson(now)}) AS row, courses.created_at, courses.id
        FROM courses
        WHERE courses.owner_id = viewer.id
          AND courses.deleted_at IS NULL
          AND (
            ${after === null}
            OR (courses.created_at, courses.id) < (${after?.created_at ?? null}::timestamptz, ${after?.id ?? null}::uuid)
          )
        ORDER BY courses.created_at DESC, courses.id DESC
        LIMIT ${limit + 1}
      ) AS page
    ) AS items
    FROM viewer`,
  )
}

export interface NewCourse extends Creation {
  readonly name: string
  readonly description: string | null
  /** Encoded at precision 6, or null where a walk is named. */
  readonly way: string | null
  readonly walk_id: string | null
}

export type MakeVerdict = 'made' | 'taken' | 'not_premium' | 'no_walk' | 'bad_way' | 'too_many'

/** Makes a course, as long as the viewer has fewer than `max`. */
export async function insertCourse(
  db: Db,
  actor: Actor,
  { id, request_hash, name, description, way, walk_id }: NewCourse,
  max: number,
  now: Date,
): Promise<{ verdict: MakeVerdict; course: Course | null } | null> {
  const { made, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    made: sql<{ verdict: MakeVerdict }>`
    WITH ${viewer(actor)}
    SELECT make_course(
             viewer.id, ${id}, ${request_hash}, ${name}, ${description}, ${way}, ${walk_id}::uuid, ${max}::int, ${now.toISOString()}
           ) AS verdict
    FROM viewer`,
    answer: sql<{ course: Course | null }>`
    WITH ${viewer(actor)}
    SELECT ${ownCourse(id, now)} AS course
    FROM viewer`,
  })
  return made[0] && answer[0] ? { ...made[0], ...answer[0] } : null
}

/** Changes the words of a course. What others read is not changed by whoever is suspended. */
export function updateCourse(
  db: Db,
  actor: Actor,
  id: string,
  change: EditCourse,
  now: Date,
): Promise<{ course: Course | null; suspended_until: string | null } | null> {
  return answerOf(db, {
    lock: lockViewer(actor),
    edited: sql`
    WITH ${viewer(actor)}, edited AS (
      SELECT courses.id, (jsonb_populate_record(courses, ${JSON.stringify(change)}::jsonb)).name, (jsonb_populate_record(courses, ${JSON.stringify(change)}::jsonb)).description
      FROM viewer
      JOIN courses ON courses.owner_id = viewer.id
      WHERE courses.id = ${id} AND courses.deleted_at IS NULL AND ${mayWrite(now)}
    )
    UPDATE courses
    SET name = edited.name, description = nullif(edited.description, ''), updated_at = ${now.toISOString()}
    FROM edited
    WHERE courses.id = edited.id
      AND (courses.name, courses.description) IS DISTINCT FROM (edited.name, nullif(edited.description, ''))`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT ${ownCourse(id, now)} AS course, ${suspendedUntil(now)} AS suspended_until
    FROM viewer`,
  })
}

/** Deletes a course but for its id. `is_known` is also true of one that was deleted before. */
export function deleteCourse(db: Db, actor: Actor, id: string, now: Date): Promise<{ is_known: boolean } | null> {
  return answerOf(db, {
    lock: lockViewer(actor),
    deleted: sql`
    WITH ${viewer(actor)}
    UPDATE courses
    SET deleted_at = ${now.toISOString()}, updated_at = ${now.toISOString()}, name = '', description = NULL, line = NULL, distance_m = 0,
        published_at = NULL, from_place_id = NULL, to_place_id = NULL, published_line = NULL, published_grid = NULL, published_distance_m = NULL
    FROM viewer
    WHERE courses.id = ${id} AND courses.owner_id = viewer.id AND courses.deleted_at IS NULL`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT EXISTS (SELECT FROM courses WHERE courses.id = ${id} AND courses.owner_id = viewer.id) AS is_known
    FROM viewer`,
  })
}

export type PublishVerdict = 'ok' | 'missing' | 'suspended' | 'not_premium' | 'no_place' | 'not_between' | 'too_close' | 'pair_taken'

/** What others would see, and whether they may. */
export function previewCourse(
  db: Db,
  actor: Actor,
  id: string,
  { from_place_id, to_place_id }: PlacePair,
  now: Date,
): Promise<{ verdict: PublishVerdict | null; course: Course | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT asked.verdict, CASE WHEN asked.verdict = 'ok' THEN course_json(NULL, asked.published, ${now.toISOString()}, true) END AS course
    FROM viewer
    LEFT JOIN courses ON courses.id = ${id} AND courses.owner_id = viewer.id AND courses.deleted_at IS NULL
    LEFT JOIN LATERAL publication_of(courses, ${from_place_id}, ${to_place_id}, ${now.toISOString()}) AS asked ON courses.id IS NOT NULL`,
  )
}

/** Publishes a course between two places, or as it is published already. */
export async function publishCourse(
  db: Db,
  actor: Actor,
  id: string,
  { from_place_id, to_place_id }: PlacePair,
  now: Date,
): Promise<{ verdict: PublishVerdict; course: Course | null; suspended_until: string | null } | null> {
  const { published, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    published: sql<{ verdict: PublishVerdict }>`
    WITH ${viewer(actor)}
    SELECT publish_course(viewer.id, ${id}, ${from_place_id}, ${to_place_id}, ${now.toISOString()}) AS verdict
    FROM viewer`,
    answer: sql<{ course: Course | null; suspended_until: string | null }>`
    WITH ${viewer(actor)}
    SELECT ${ownCourse(id, now)} AS course, ${suspendedUntil(now)} AS suspended_until
    FROM viewer`,
  })
  return published[0] && answer[0] ? { ...published[0], ...answer[0] } : null
}

/** Takes back what was published. Whoever has it among their favourites is told that it is gone. */
export function withdrawCourse(db: Db, actor: Actor, id: string): Promise<{ is_known: boolean } | null> {
  return answerOf(db, {
    lock: lockViewer(actor),
    withdrawn: sql`
    WITH ${viewer(actor)}
    UPDATE courses
    SET published_at = NULL, from_place_id = NULL, to_place_id = NULL, published_line = NULL, published_grid = NULL, published_distance_m = NULL
    FROM viewer
    WHERE courses.id = ${id} AND courses.owner_id = viewer.id AND courses.published_at IS NOT NULL`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT EXISTS (SELECT FROM courses WHERE courses.id = ${id} AND courses.owner_id = viewer.id AND courses.deleted_at IS NULL) AS is_known
    FROM viewer`,
  })
}
