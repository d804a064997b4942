import { type SQL, sql } from 'drizzle-orm'
import type { Batch } from '../../db/client.ts'

/** Whose facts change: an id, or a subquery that answers one. */
type Owner = string | SQL

/**
 * A batch in which facts of one person change. Their row is locked first, so that two such batches of one person follow each other. The bins of the boards come
 * last, because they are everybody's and should be locked for the shortest time.
 */
export const settling = <const B extends Batch>(owner: Owner, changes: B) => ({
  lock: sql`SELECT 1 FROM users WHERE id = ${owner}::uuid FOR NO KEY UPDATE`,
  ...changes,
  histogram: sql`SELECT fold_histogram(${owner}::uuid)`,
})

/** A batch that changes a walk and rewrites all facts that follow from it. Statements that answer come after it in the batch. */
export const settleWalk = <const C extends Batch[string]>(owner: Owner, walkId: Owner, now: Date, change: C) =>
  settling(owner, { change, settled: sql`SELECT settle_walk(${walkId}::uuid, ${now.toISOString()})` })

/** Gives somebody the badges that they have reached by something else than a walk. It is a call of `give_badges`. */
export const giveBadges = (owner: Owner, now: Date): SQL =>
  sql`give_badges(${owner}::uuid, seoul_day(${now.toISOString()}::timestamptz), NULL, ${now.toISOString()})`

/** The id of a walk's owner. */
export const ownerOf = (walkId: string): SQL => sql`(SELECT user_id FROM walks WHERE id = ${walkId})`
