import { type SQL, sql } from 'drizzle-orm'

/** Whether one of the two has blocked the other. Every query that shows one person to another must ask it. */
export const isBlocked = (one: SQL, other: SQL): SQL => sql`is_blocked(${one}, ${other})`
