import { type SQL, sql } from 'drizzle-orm'
import { representativeBadge } from '../badges/sql.ts'
import { gradeOf, shownTitle } from '../grades/sql.ts'
import { petCard } from '../pets/sql.ts'
import { regionJson } from '../regions/sql.ts'
import { premiumUntil } from '../subscriptions/sql.ts'

/** Days since `instant` in Seoul's calendar. The first day is 1. */
const daysSince = (instant: SQL, now: Date): SQL => sql`seoul_day(${now.toISOString()}::timestamptz) - seoul_day(${instant}) + 1`

/** How many follow somebody, or how many somebody follows. */
export const followCount = (which: 'follower_count' | 'following_count', userId: SQL): SQL =>
  sql`coalesce((SELECT user_counts.${sql.identifier(which)} FROM user_counts WHERE user_counts.user_id = ${userId}), 0)`

// blocked too: it is one's own.
/**
 * The `ProfileRow` of schema.ts as a scalar: what GET /users/me shows, with settings as they are stored. It reads the snapshot of its statement, so after
 * a write it belongs in the next statement of the batch.
 */
export const userProfile = (userId: SQL, now: Date): SQL => sql`(
      SELECT json_build_object(
        'id', person.id,
        'nickname', person.nickname,
        'has_nickname', person.nickname_chosen_at IS NOT NULL,
        'region', ${regionJson},
        'is_premium', premium.until IS NOT NULL,
        'premium_until', premium.until,
        'ads_free', premium.until IS NOT NULL,
        'weekly_goal_km', person.weekly_goal_km,
        'walk_unit', person.walk_unit,
        'days_with_us', ${daysSince(sql`person.created_at`, now)},
        'representative_badge', ${representativeBadge(sql`person.id`)},
        'grade', ${gradeOf(sql`person.id`)},
        'title', ${shownTitle(sql`person.title_code`)},
        'primary_pet', (
          SELECT ${petCard(now)}
          FROM pets
          WHERE pets.user_id = person.id AND pets.is_primary AND pets.archived_at IS NULL
        ),
        'follower_count', ${followCount('follower_count', sql`person.id`)},
        'following_count', ${followCount('following_count', sql`person.id`)},
        'suspended_until', CASE WHEN person.suspended_until > ${now.toISOString()} THEN person.suspended_until END,
        'suspended_reason', CASE WHEN person.suspended_until > ${now.toISOString()} THEN person.suspended_reason END,
        'banned_at', person.banned_at,
        'linked_accounts', (
          SELECT coalesce(json_agg(json_build_object('provider', identities.provider, 'linked_at', identities.linked_at) ORDER BY identities.linked_at), '[]')
          FROM identities
          WHERE identities.user_id = person.id
        ),
        'settings', person.settings
      )
      FROM users person
      LEFT JOIN regions ON regions.code = person.region_code
      CROSS JOIN LATERAL (SELECT ${premiumUntil(sql`person.id`, now)} AS until) AS premium
      WHERE person.id = ${userId}
    )`
