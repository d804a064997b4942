import { type SQL, sql } from 'drizzle-orm'

/** Whether one of the two has blocked the other. Every query that shows one person to another must ask it. */
export const isBlocked = (one: SQL, other: SQL): SQL => sql`is_blocked(${one}, ${other})`

/** A subquery: the ids of everybody whom somebody has blocked, or who has blocked them. */
export const blockedWith = (userId: SQL): SQL =>
  sql`SELECT blocked_id FROM blocks WHERE blocker_id = ${userId} UNION SELECT blocker_id FROM blocks WHERE blocked_id = ${userId}`
