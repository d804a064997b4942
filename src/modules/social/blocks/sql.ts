import { type SQL, sql } from 'drizzle-orm'

/** Whether one of the two has blocked the other. Part of every query that shows one person to another. */
export const isBlocked = (one: SQL, other: SQL): SQL => sql`is_blocked(${one}, ${other})`
