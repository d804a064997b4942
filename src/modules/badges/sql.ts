import { type SQL, sql } from 'drizzle-orm'

/**
 * The rows of `user_badges` that match `condition` as a list of `EarnedBadge`, newest first. Code and description of a secret badge that the viewer does
 * not hold are null.
 */
export const earnedBadges = (viewerId: SQL, condition: SQL): SQL => sql`(
          SELECT coalesce(json_agg(${earnedBadge(viewerId)} ORDER BY user_badges.earned_at DESC, badges.sort_order), '[]')
          FROM user_badges
          JOIN badges ON badges.id = user_badges.badge_id
          WHERE ${condition}
        )`

/** One `EarnedBadge`. `user_badges` must be in scope. */
export const earnedBadge = (viewerId: SQL): SQL =>
  sql`earned_badge(user_badges.user_id, user_badges.badge_id, user_badges.season_year, ${viewerId})`

/** The badge that a person shows beside the nickname as a `RepresentativeBadge`, or null. */
export const representativeBadge = (userId: SQL): SQL => sql`(
          SELECT json_build_object('id', badges.id, 'name', badges.name, 'icon', badges.icon)
          FROM user_badges
          JOIN badges ON badges.id = user_badges.badge_id
          WHERE user_badges.user_id = ${userId} AND user_badges.is_representative
        )`
