import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import type { Creation } from '../../../core/idempotency.ts'
import { answerOf, type Db, firstRow } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import type { CalendarWalk } from './icalendar.ts'

/** How long a request that made an address is remembered after the address was taken back. */
const REMEMBERED = sql.raw(`interval '30 days'`)

export interface FeedRow {
  readonly id: string
  readonly token_hash: string
  readonly created_at: string
}

export interface InsertFeedAnswer {
  /** The feed with that id, new or not, unless it was taken back. */
  readonly feed: (FeedRow & { readonly request_hash: string }) | null
}

const feedJson = sql`json_build_object(
        'id', calendar_feeds.id, 'token_hash', calendar_feeds.token_hash, 'created_at', calendar_feeds.created_at, 'request_hash', calendar_feeds.request_hash
      )`

/** Makes an address in the place of the one before. One that was made by the same request stays. */
export function insertFeed(
  db: Db,
  actor: Actor,
  feed: Creation & { readonly token_hash: string },
  now: Date,
): Promise<InsertFeedAnswer | null> {
  const at = now.toISOString()
  return answerOf(db, {
    lock: lockViewer(actor),
    forgotten: sql`
    WITH ${viewer(actor)}
    DELETE FROM calendar_feeds
    USING viewer
    WHERE calendar_feeds.user_id = viewer.id AND calendar_feeds.revoked_at < ${at}::timestamptz - ${REMEMBERED} AND calendar_feeds.id <> ${feed.id}`,
    revoked: sql`
    WITH ${viewer(actor)}
    UPDATE calendar_feeds
    SET revoked_at = ${at}
    FROM viewer
    WHERE calendar_feeds.user_id = viewer.id
      AND calendar_feeds.revoked_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM calendar_feeds same WHERE same.id = ${feed.id})`,
    made: sql`
    WITH ${viewer(actor)}
    INSERT INTO calendar_feeds (id, user_id, token_hash, request_hash, created_at)
    SELECT ${feed.id}, viewer.id, ${feed.token_hash}, ${feed.request_hash}, ${at}
    FROM viewer
    ON CONFLICT DO NOTHING`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT ${feedJson}
      FROM calendar_feeds
      WHERE calendar_feeds.id = ${feed.id} AND calendar_feeds.user_id = viewer.id AND calendar_feeds.revoked_at IS NULL
    ) AS feed
    FROM viewer`,
  })
}

const utc = (instant: SQL) => sql`to_char(${instant} AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"')`

export function findFeed(db: Db, actor: Actor): Promise<{ feed: FeedRow | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT ${feedJson}
      FROM calendar_feeds
      WHERE calendar_feeds.user_id = viewer.id AND calendar_feeds.revoked_at IS NULL
    ) AS feed
    FROM viewer`,
  )
}

export function revokeFeed(db: Db, actor: Actor, now: Date): Promise<Record<string, never> | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, revoked AS (
      UPDATE calendar_feeds
      SET revoked_at = ${now.toISOString()}
      FROM viewer
      WHERE calendar_feeds.user_id = viewer.id AND calendar_feeds.revoked_at IS NULL
    )
    SELECT FROM viewer`,
  )
}

// public: who has the token may read, as its owner wants.
/** The newest valid walks of whose feed it is, newest first. No row without a feed, and none of an account that is deleted, banned or suspended. */
export function listFeedWalks(db: Db, tokenHash: string, limit: number, now: Date): Promise<{ walks: CalendarWalk[] } | null> {
  return firstRow(
    db,
    sql`
    WITH owner AS (
      SELECT users.id
      FROM calendar_feeds
      JOIN users
        ON users.id = calendar_feeds.user_id
        AND users.deleted_at IS NULL
        AND users.banned_at IS NULL
        AND (users.suspended_until IS NULL OR users.suspended_until <= ${now.toISOString()})
      WHERE calendar_feeds.token_hash = ${tokenHash} AND calendar_feeds.revoked_at IS NULL
    ), newest AS MATERIALIZED (
      SELECT walks.id, walks.started_at, walks.ended_at, walks.completed_at, walks.created_at, walks.distance_m, walks.duration_sec
      FROM owner
      JOIN walks ON walks.user_id = owner.id AND walks.is_valid AND walks.deleted_at IS NULL
      ORDER BY walks.started_at DESC, walks.id DESC
      LIMIT ${limit}
    ), named AS MATERIALIZED (
      SELECT walk_pets.walk_id, string_agg(pets.name, ', ' ORDER BY walk_pets.position) AS pets
      FROM newest
      JOIN walk_pets ON walk_pets.walk_id = newest.id
      JOIN pets ON pets.id = walk_pets.pet_id
      GROUP BY walk_pets.walk_id
    )
    SELECT (
      SELECT coalesce(json_agg(json_build_object(
        'id', newest.id, 'starts', ${utc(sql`newest.started_at`)},
        'ends', ${utc(sql`greatest(newest.ended_at, newest.started_at + interval '1 second')`)},
        'stamped', ${utc(sql`coalesce(newest.completed_at, newest.created_at)`)},
        'distance_m', coalesce(newest.distance_m, 0), 'duration_sec', coalesce(newest.duration_sec, 0), 'pets', named.pets
      ) ORDER BY newest.started_at DESC, newest.id DESC), '[]')
      FROM newest
      LEFT JOIN named ON named.walk_id = newest.id
    ) AS walks
    FROM owner`,
  )
}
