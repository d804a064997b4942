import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import { type CardRow, walkCardsJson } from '../../walks/sql.ts'
import { isBlocked } from '../blocks/sql.ts'
import { seesPost } from '../posts/sql.ts'
import type { FeedFilter } from './schema.ts'

/** Where a page ended: in the head, or in the tail. */
export type FeedPosition = { readonly walk_id: string; readonly score: number } | { readonly walk_id: string; readonly posted_at: string }

/** What a later page asks with: what page one knew, and where the page before ended. */
export interface FeedSpot {
  readonly region_code: string | null
  /** A `pg_snapshot`. */
  readonly seen: string
  /** The oldest candidates of page one, as `feed_page` has written them. Null for a feed by time. */
  readonly floors: unknown
  readonly after: FeedPosition
}

export interface FeedPageRow {
  readonly region_code: string | null
  readonly seen: string
  readonly page: { readonly floors: unknown; readonly next: FeedPosition | null }
  readonly cards: CardRow[]
}

interface FeedRequest {
  readonly filter: FeedFilter
  readonly at: Date
  readonly spot: FeedSpot | null
  /** Page one of a feed by time begins here. */
  readonly from: FeedPosition | null
  readonly limit: number
}

// blocked too: the functions of the feed leave them out.
/** A page of a feed, its cards in their order. */
export function findFeedPage(db: Db, actor: Actor, { filter, at, spot, from, limit }: FeedRequest, now: Date): Promise<FeedPageRow | null> {
  const region = spot ? sql`${spot.region_code}::text` : sql`viewer.region_code`
  const seen = spot ? sql`${spot.seen}::pg_snapshot` : sql`pg_current_snapshot()`
  const after = spot?.after ?? from
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, asked AS MATERIALIZED (
      SELECT ${region} AS region_code, ${seen} AS seen,
             feed_page(
               viewer.id, ${filter}, ${region}, ${at.toISOString()}, ${seen}, ${spot ? JSON.stringify(spot.floors) : null}::jsonb,
               ${after && JSON.stringify(after)}::jsonb, ${limit}
             ) AS page
      FROM viewer
    )
    SELECT asked.region_code, asked.seen::text AS seen, asked.page,
           ${walkCardsJson(sql`ARRAY(SELECT jsonb_array_elements_text(asked.page -> 'walk_ids')::uuid)`, sql`viewer.id`, now)} AS cards
    FROM viewer, asked`,
  )
}

/** How many walks of a feed are newer than `since`. */
export function countNews(
  db: Db,
  actor: Actor,
  { filter, since, at }: { filter: FeedFilter; since: Date; at: Date },
): Promise<{ region_code: string | null; new_count: number } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT viewer.region_code, feed_news(viewer.id, ${filter}, viewer.region_code, ${since.toISOString()}, ${at.toISOString()}) AS new_count
    FROM viewer`,
  )
}

/** Hides a walk from the viewer's feed, or shows it again. `is_seen`: whether the viewer may see the walk at all. */
export function updateHide(db: Db, actor: Actor, walkId: string, isHidden: boolean, now: Date): Promise<{ is_seen: boolean } | null> {
  const change = isHidden
    ? sql`
      INSERT INTO feed_hides (user_id, walk_id, created_at)
      SELECT seen.viewer_id, seen.walk_id, ${now.toISOString()} FROM seen
      ON CONFLICT DO NOTHING`
    : sql`
      DELETE FROM feed_hides
      USING seen
      WHERE feed_hides.user_id = seen.viewer_id AND feed_hides.walk_id = seen.walk_id`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, seen AS MATERIALIZED (
      SELECT viewer.id AS viewer_id, posts.walk_id
      FROM viewer
      JOIN posts ON posts.walk_id = ${walkId}
      WHERE ${seesPost(sql`viewer.id`, sql`posts.walk_id`)}
    ), changed AS (${change})
    SELECT EXISTS (SELECT 1 FROM seen) AS is_seen
    FROM viewer`,
  )
}

interface UserPostsRequest {
  readonly user_id: string
  readonly after: { readonly posted_at: string; readonly walk_id: string } | null
  readonly limit: number
}

/** The walks that somebody shared and the viewer may see, newest first, one more than `limit`. `is_known`: whether the viewer may see that person. */
export function listUserPosts(
  db: Db,
  actor: Actor,
  { user_id, after, limit }: UserPostsRequest,
  now: Date,
): Promise<{ is_known: boolean; cards: CardRow[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, person AS MATERIALIZED (
      SELECT users.id
      FROM viewer
      JOIN users ON users.id = ${user_id} AND users.deleted_at IS NULL
      WHERE NOT ${isBlocked(sql`viewer.id`, sql`users.id`)}
    ), shown AS MATERIALIZED (
      SELECT posts.walk_id, posts.posted_at
      FROM viewer, person
      JOIN posts ON posts.author_id = person.id
      WHERE posts.is_open
        AND ${seesPost(sql`viewer.id`, sql`posts.walk_id`)}
        AND (
          ${after === null}
          OR (posts.posted_at, posts.walk_id) < (${after?.posted_at ?? null}::timestamptz, ${after?.walk_id ?? null}::uuid)
        )
      ORDER BY posts.posted_at DESC, posts.walk_id DESC
      LIMIT ${limit + 1}
    )
    SELECT EXISTS (SELECT 1 FROM person) AS is_known,
           ${walkCardsJson(
             sql`ARRAY(SELECT shown.walk_id FROM shown ORDER BY shown.posted_at DESC, shown.walk_id DESC)`,
             sql`viewer.id`,
             now,
           )} AS cards
    FROM viewer`,
  )
}
