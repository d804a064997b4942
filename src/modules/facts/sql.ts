import { type SQL, sql } from 'drizzle-orm'
import type { User } from '../../core/actor.ts'

/** Brings what follows from the walk up to date; part of every batch that changes what a walk counts for, which then ends with `foldHistogram`. */
export function foldWalk(actor: User, walkId: string): SQL {
  return sql`SELECT fold_walk(id) FROM walks WHERE id = ${walkId} AND user_id = ${actor.user_id} AND status = 'completed'`
}

/** Gives the viewer what one of their walks has earned them; part of every batch that changes a walk, after its fold. */
export function awardBadges(actor: User, walkId: string, now: Date): SQL {
  return sql`
    SELECT award_badges(user_id, seoul_day(started_at), id, ${now.toISOString()})
    FROM walks
    WHERE id = ${walkId} AND user_id = ${actor.user_id} AND is_valid AND deleted_at IS NULL`
}

/** The same where something else than a walk has changed. */
export function awardBadgesToday(actor: User, now: Date): SQL {
  return sql`
    SELECT award_badges(id, seoul_day(${now.toISOString()}::timestamptz), NULL, ${now.toISOString()})
    FROM users
    WHERE id = ${actor.user_id}`
}

/** Last statement of every batch that folds walks: it moves the viewer between bins that are everybody's. */
export function foldHistogram({ user_id }: Pick<User, 'user_id'>): SQL {
  return sql`SELECT fold_histogram(${user_id}::uuid)`
}
