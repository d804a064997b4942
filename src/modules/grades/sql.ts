import { type SQL, sql } from 'drizzle-orm'

/** A person's grade as a `Grade`. */
export const gradeOf = (userId: SQL): SQL => sql`grade_json(${userId})`

/** The title that somebody shows as a `Title`, or null. It takes `users.title_code`. */
export const shownTitle = (code: SQL): SQL => sql`title_json(${code})`
