import { type SQL, sql } from 'drizzle-orm'
import { asArray } from '../../../db/array.ts'

/** Whether one of the two has blocked the other. Every query that shows one person to another must ask it. */
export const isBlocked = (one: SQL, other: SQL): SQL => sql`is_blocked(${one}, ${other})`

/**
 * Makes changes between one person and others wait for each other: a block, a follow, an invitation. It comes after `lockViewer` and before the statement that asks
 * `isBlocked`, so that whatever comes second sees what came first. The locks are taken in the order of their keys, so that nobody waits in a circle. No row is locked,
 * because a person whom many follow at once must still be able to walk.
 */
export const lockPairs = (one: string, others: readonly string[]): SQL => sql`SELECT lock_pairs(${one}::uuid, ${asArray(others)}::uuid[])`
