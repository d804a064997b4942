import { signedIn, type Actor } from '../../core/actor.ts'
import { found } from '../../core/errors.ts'
import type { Deps } from '../../deps.ts'
import { courseNotFound } from './errors.ts'
import { listFavorites } from './favorites/queries.ts'
import { listOwn } from './own/queries.ts'
import { findCourse, listNear, listWithin } from './queries.ts'
import { type Course, latestPages, type ListCoursesQuery, nearPages, RADIUS_M, RECTANGLE_MAX } from './schema.ts'

type CourseDeps = Pick<Deps, 'db' | 'cursors' | 'now'>

export async function listCourses(deps: CourseDeps, actor: Actor, query: ListCoursesQuery) {
  const { db, cursors, now } = deps
  const { bbox, lat, lng, radius_m = RADIUS_M, filter, cursor, limit } = query
  if (bbox) {
    const { items } = signedIn(await listWithin(db, actor, bbox, RECTANGLE_MAX, now()))
    return { items: items.slice(0, RECTANGLE_MAX), is_complete: items.length <= RECTANGLE_MAX, next_cursor: null }
  }
  if (lat !== undefined && lng !== undefined) {
    const list = nearPages(cursors, actor.user_id, String(lat), String(lng), String(radius_m))
    const position = await list.after(cursor)
    const after = position && { distance: position[0], id: position[1] }
    const { items: rows } = signedIn(await listNear(db, actor, { at: { lat, lng }, radius_m, after, limit }, now()))
    const { items, next_cursor } = await list.page(rows, limit, ({ distance, course }) => [distance, course.id])
    return { items: items.map(({ course }) => course), is_complete: true, next_cursor }
  }
  const list = latestPages(cursors, actor.user_id, filter ?? null)
  const position = await list.after(cursor)
  const page = { after: position && { created_at: position[0], id: position[1] }, limit }
  const listLatest = filter === 'mine' ? listOwn : listFavorites
  const { items: rows } = signedIn(await listLatest(db, actor, page, now()))
  const { items, next_cursor } = await list.page(rows, limit, ({ created_at, course }) => [created_at, course.id])
  return { items: items.map(({ course }) => course), is_complete: true, next_cursor }
}

export async function getCourse({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, id: string): Promise<Course> {
  return found(signedIn(await findCourse(db, actor, id, now())).course, courseNotFound)
}
