import { type SQL, sql } from 'drizzle-orm'

/** What `answer_walk` keeps of badges that moved, as a list of `MovedBadge` (schema.ts). */
export const badgesMoved = (moved: SQL): SQL => sql`(
          SELECT coalesce(json_agg(json_build_object(
            'id', badges.id, 'code', badges.code, 'category', badges.category, 'name', badges.name, 'description', badges.description,
            'icon', badges.icon, 'difficulty', badges.difficulty, 'tier', badges.tier, 'metric', badges.metric,
            'previous_value', each.value -> 0, 'progress_value', each.value -> 1, 'threshold', badges.threshold,
            'season_year', each.value -> 2
          ) ORDER BY (each.value ->> 1)::numeric / badges.threshold DESC, badges.sort_order), '[]')
          FROM jsonb_each(${moved}) AS each
          JOIN badges ON badges.id = each.key::uuid
        )`

/**
 * Rows of `user_badges` that hold `condition`, newest first, as a list of `EarnedBadge`. Of a secret badge that the viewer does not hold, only what its
 * bearer shows is told, not what it was for.
 */
export const earnedBadges = (viewerId: SQL, condition: SQL): SQL => sql`(
          SELECT coalesce(json_agg(${earnedBadge(viewerId)} ORDER BY user_badges.earned_at DESC, badges.sort_order), '[]')
          FROM user_badges
          JOIN badges ON badges.id = user_badges.badge_id
          WHERE ${condition}
        )`

/** One `EarnedBadge`; `user_badges` and `badges` must be in scope. */
export const earnedBadge = (viewerId: SQL): SQL => sql`json_build_object(
            'id', badges.id, 'category', badges.category, 'name', badges.name, 'icon', badges.icon,
            'code', CASE WHEN ${isTold(viewerId)} THEN badges.code END,
            'description', CASE WHEN ${isTold(viewerId)} THEN badges.description END,
            'difficulty', badges.difficulty, 'tier', badges.tier,
            'season_year', nullif(user_badges.season_year, 0),
            'earned_at', user_badges.earned_at
          )`

const isTold = (viewerId: SQL): SQL => sql`(
              NOT badges.is_secret OR EXISTS (SELECT 1 FROM user_badges own WHERE own.user_id = ${viewerId} AND own.badge_id = badges.id)
            )`

/** The badge a person shows beside the nickname, as a `RepresentativeBadge`, or null. */
export const representativeBadge = (userId: SQL): SQL => sql`(
          SELECT json_build_object('id', badges.id, 'name', badges.name, 'icon', badges.icon)
          FROM user_badges
          JOIN badges ON badges.id = user_badges.badge_id
          WHERE user_badges.user_id = ${userId} AND user_badges.is_representative
        )`
