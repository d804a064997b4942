import { type SQL, sql } from 'drizzle-orm'

/** Whether the viewer sees a course. `viewer` must be in scope. */
export const seesCourse = (courseId: SQL, now: Date): SQL<boolean> => sql`sees_course(viewer.id, ${courseId}, ${now.toISOString()})`

/** A row of `courses`, which must be in scope by that name, as `Course` of schema.ts. `viewer` must be as well, and sees it. */
export const courseJson = (now: Date): SQL => sql`course_json(viewer.id, courses, ${now.toISOString()}, true)`

/**
 * The courses near the middle of somebody's region as a scalar: a JSON list of at most `limit` `Course`, those that most people walk first, and empty without a
 * region. Their own are not among them.
 */
export const coursesNearRegion = (userId: SQL, limit: number, now: Date): SQL =>
  sql`courses_near_region(${userId}, ${limit}::int, ${now.toISOString()})`
