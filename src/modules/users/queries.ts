import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { answerOf, type Db, firstRow, runBatch } from '../../db/client.ts'
import { toldOfMeetups } from '../notifications/sql.ts'
import { representativeBadge } from '../badges/sql.ts'
import { gradeOf, shownTitle } from '../grades/sql.ts'
import { mayWrite, suspendedUntil } from '../social/suspensions/sql.ts'
import { isBlocked } from '../social/blocks/sql.ts'
import { petCard } from '../pets/sql.ts'
import { liveRooms } from '../rooms/recheck/sql.ts'
import { followCount, userProfile } from './sql.ts'
import { lockViewer, viewer } from '../../db/viewer.ts'
import type { Consent, ConsentDecision, Departure, EditUser, OnboardingStatus, ProfileRow, PublicUser } from './schema.ts'
import { premiumUntil } from '../subscriptions/sql.ts'

export function findProfile(db: Db, actor: Actor, now: Date): Promise<{ profile: ProfileRow } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT ${userProfile(sql`viewer.id`, now)} AS profile
    FROM viewer`,
  )
}

export interface UserChange extends EditUser {
  /** If the present nickname was chosen later than this, nothing is changed. */
  readonly renamable_before: Date
}

/**
 * Changes all of it or nothing. Answers the user as they are now, and whether they hold the badge and the title they want to show (null: there is no such one).
 * Throws if the nickname is taken.
 */
export function updateUser(
  db: Db,
  actor: Actor,
  change: UserChange,
  now: Date,
): Promise<{
  profile: ProfileRow
  nickname_chosen_at: string | null
  is_badge_earned: boolean | null
  is_title_unlocked: boolean | null
  suspended_until: string | null
} | null> {
  const nickname = change.nickname ?? null
  const badgeId = change.representative_badge_id ?? null
  const titleCode = change.title_code ?? null
  const isRenamable = sql`(
        ${nickname}::text IS NULL
        OR users.nickname = ${nickname}
        OR (
          ${mayWrite(now)}
          AND (users.nickname_chosen_at IS NULL OR users.nickname_chosen_at <= ${change.renamable_before.toISOString()})
        )
      )`
  const isBadgeEarned = sql`(
        SELECT EXISTS (SELECT 1 FROM user_badges WHERE user_badges.user_id = viewer.id AND user_badges.badge_id = badges.id)
        FROM badges
        WHERE badges.id = ${badgeId}
      )`
  const isTitleUnlocked = sql`(
        SELECT EXISTS (SELECT 1 FROM user_titles WHERE user_titles.user_id = viewer.id AND user_titles.title_code = titles.code)
        FROM titles
        WHERE titles.code = ${titleCode}
      )`
  const isShowable = sql`(${badgeId}::uuid IS NULL OR ${isBadgeEarned}) AND (${titleCode}::text IS NULL OR ${isTitleUnlocked})`
  // Two statements, because the unique index allows one representative badge at any moment.
  const showBadge = (value: boolean, which: SQL) => sql`
    WITH ${viewer(actor)}
    UPDATE user_badges
    SET is_representative = ${value}
    FROM viewer
    JOIN users ON users.id = viewer.id
    WHERE user_badges.user_id = viewer.id
      AND ${change.representative_badge_id !== undefined}
      AND ${which}
      AND ${isRenamable}
      AND ${isShowable}`
  return answerOf(db, {
    lock: lockViewer(actor),
    hidden: showBadge(false, sql`user_badges.is_representative`),
    shown: showBadge(
      true,
      sql`user_badges.badge_id = ${badgeId} AND user_badges.season_year = (
        SELECT max(latest.season_year) FROM user_badges latest WHERE latest.user_id = viewer.id AND latest.badge_id = ${badgeId}
      )`,
    ),
    profile: sql`
    WITH ${viewer(actor)}
    UPDATE users
    SET nickname = coalesce(${nickname}, users.nickname),
        nickname_chosen_at = CASE
          WHEN ${nickname}::text IS NULL OR (users.nickname = ${nickname} AND users.nickname_chosen_at IS NOT NULL) THEN users.nickname_chosen_at
          ELSE ${now.toISOString()}
        END,
        weekly_goal_km = coalesce(${change.weekly_goal_km ?? null}, users.weekly_goal_km),
        walk_unit = coalesce(${change.walk_unit ?? null}, users.walk_unit),
        title_code = CASE WHEN ${change.title_code !== undefined} THEN ${titleCode} ELSE users.title_code END
    FROM viewer
    WHERE users.id = viewer.id
      AND ${isRenamable}
      AND ${isShowable}`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT ${userProfile(sql`viewer.id`, now)} AS profile,
           (SELECT to_json(users.nickname_chosen_at) FROM users WHERE users.id = viewer.id) AS nickname_chosen_at,
           ${isBadgeEarned} AS is_badge_earned,
           ${isTitleUnlocked} AS is_title_unlocked,
           ${suspendedUntil(now)} AS suspended_until
    FROM viewer`,
  })
}

// public: the session may be one that the deletion itself has ended.
/**
 * Begins the deletion of the account, ends every session and deletes every push token. Asked again with a session that this deletion ended, it gives the same
 * answer. Such a session was revoked at the moment the account was deleted. `told` are notifications of people in meetups that are cancelled, or in which a seat came free.
 */
export async function markDeleted(
  db: Db,
  { user_id, session_id }: Actor,
  now: Date,
): Promise<{ deleted_at: string; rooms: string[]; told: string[]; store_subscriptions: Departure['store_subscriptions'] } | null> {
  const { left, told } = await runBatch(db, {
    left: sql<{ deleted_at: string; rooms: string[]; store_subscriptions: Departure['store_subscriptions'] }>`
    WITH leaving AS (
      UPDATE users
      SET deleted_at = coalesce(users.deleted_at, ${now.toISOString()})
      FROM sessions
      WHERE users.id = ${user_id}
        AND sessions.id = ${session_id}
        AND sessions.user_id = users.id
        AND (sessions.revoked_at IS NULL OR sessions.revoked_at = users.deleted_at)
      RETURNING users.id, users.deleted_at
    ), revoked AS (
      UPDATE sessions
      SET revoked_at = leaving.deleted_at, revoked_reason = 'account_deleted'
      FROM leaving
      WHERE sessions.user_id = leaving.id AND sessions.revoked_at IS NULL
    ), forgotten AS (
      DELETE FROM push_tokens
      USING leaving
      WHERE push_tokens.user_id = leaving.id
    )
    SELECT to_json(leaving.deleted_at) AS deleted_at, ${liveRooms(sql`leaving.id`, now)} AS rooms,
           renewing_at_stores(leaving.id, ${now.toISOString()}) AS store_subscriptions
    FROM leaving`,
    told: toldOfMeetups(now),
  })
  return left[0] ? { ...left[0], told: told.map(({ id }) => id) } : null
}

export function findOnboardingStatus(db: Db, actor: Actor): Promise<OnboardingStatus | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT users.nickname_chosen_at IS NOT NULL AS has_nickname,
           EXISTS (SELECT 1 FROM pets WHERE pets.user_id = viewer.id AND pets.archived_at IS NULL) AS has_pet,
           viewer.region_code IS NOT NULL AS has_location,
           EXISTS (SELECT 1 FROM push_tokens WHERE push_tokens.user_id = viewer.id) AS has_notification
    FROM viewer
    JOIN users ON users.id = viewer.id`,
  )
}

const listLatestConsents = (actor: Actor) => sql`
    WITH ${viewer(actor)}, latest AS (
      SELECT DISTINCT ON (consents.document) consents.document, consents.version, consents.agreed, consents.decided_at
      FROM viewer
      JOIN consents ON consents.user_id = viewer.id
      ORDER BY consents.document, consents.decided_at DESC
    )
    SELECT coalesce(
      (
        SELECT json_agg(
          json_build_object('document', latest.document, 'version', latest.version, 'agreed', latest.agreed, 'agreed_at', latest.decided_at)
          ORDER BY latest.document
        )
        FROM latest
      ),
      '[]'
    ) AS consents
    FROM viewer`

export function listConsents(db: Db, actor: Actor): Promise<{ consents: Consent[] } | null> {
  return firstRow(db, listLatestConsents(actor))
}

/** Inserts the decisions that differ from the latest ones, and answers the latest decisions. */
export function insertConsents(
  db: Db,
  actor: Actor,
  decisions: readonly ConsentDecision[],
  now: Date,
): Promise<{ consents: Consent[] } | null> {
  return answerOf(db, {
    lock: lockViewer(actor),
    decided: sql`
    WITH ${viewer(actor)}
    INSERT INTO consents (user_id, document, decided_at, version, agreed)
    SELECT viewer.id, decided.document, greatest(${now.toISOString()}, latest.decided_at + interval '1 microsecond'), decided.version, decided.agreed
    FROM viewer
    CROSS JOIN json_to_recordset(${JSON.stringify(decisions)}) AS decided (document consent_document, version text, agreed boolean)
    LEFT JOIN LATERAL (
      SELECT consents.decided_at, consents.version, consents.agreed
      FROM consents
      WHERE consents.user_id = viewer.id AND consents.document = decided.document
      ORDER BY consents.decided_at DESC
      LIMIT 1
    ) AS latest ON true
    WHERE latest.decided_at IS NULL OR (latest.version, latest.agreed) <> (decided.version, decided.agreed)`,
    answer: listLatestConsents(actor),
  })
}

/** Whether somebody else has that nickname, whatever its case. */
export function findNicknameHolder(db: Db, actor: Actor, nickname: string): Promise<{ is_taken: boolean } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT EXISTS (SELECT 1 FROM users WHERE lower(users.nickname) = lower(${nickname}) AND users.id <> viewer.id) AS is_taken
    FROM viewer`,
  )
}

export function findPremium(db: Db, actor: Actor, now: Date): Promise<{ premium_until: string | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT to_json(${premiumUntil(sql`viewer.id`, now)}) AS premium_until
    FROM viewer`,
  )
}

/** Somebody as others see them. A placeholder pet is not shown. */
export function findPublicUser(db: Db, actor: Actor, userId: string, now: Date): Promise<{ person: PublicUser | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT json_build_object(
        'id', person.id,
        'nickname', person.nickname,
        'region', shown_region_json(person.region_code) - 'code',
        'pets', (
          SELECT coalesce(json_agg(${petCard(now)} ORDER BY pets.is_primary DESC, pets.created_at, pets.id), '[]')
          FROM pets
          WHERE pets.user_id = person.id AND pets.archived_at IS NULL AND NOT pets.is_placeholder
        ),
        'representative_badge', ${representativeBadge(sql`person.id`)},
        'grade', ${gradeOf(sql`person.id`)},
        'title', ${shownTitle(sql`person.title_code`)},
        'badge_count', (SELECT count(DISTINCT user_badges.badge_id) FROM user_badges WHERE user_badges.user_id = person.id),
        'joined_month', to_char(person.created_at AT TIME ZONE 'Asia/Seoul', 'YYYY-MM'),
        'follower_count', ${followCount('follower_count', sql`person.id`)},
        'following_count', ${followCount('following_count', sql`person.id`)},
        'following', EXISTS (SELECT 1 FROM follows WHERE follows.follower_id = viewer.id AND follows.followee_id = person.id),
        'follows_me', EXISTS (SELECT 1 FROM follows WHERE follows.follower_id = person.id AND follows.followee_id = viewer.id)
      )
      FROM users person
      WHERE person.id = ${userId} AND person.deleted_at IS NULL AND NOT ${isBlocked(sql`viewer.id`, sql`person.id`)}
    ) AS person
    FROM viewer`,
  )
}
