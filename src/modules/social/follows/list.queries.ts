import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import { primaryPetCard } from '../../pets/sql.ts'
import type { LatestWalkRow } from '../../walks/sql.ts'
import { isBlocked } from '../blocks/sql.ts'
import type { FollowedPerson, FollowSort } from './schema.ts'

/** Those who follow somebody, or those whom somebody follows. */
export type FollowSide = 'followers' | 'following'

export interface FollowFilter {
  readonly side: FollowSide
  /** Whose list it is. */
  readonly of: string
  /** How a nickname or the name of a pet begins. */
  readonly q: string | null
  readonly sort: FollowSort
  readonly after: { readonly key: string; readonly user_id: string } | null
  /** Walks that were shared later are left out, so that no one moves from one page to another. */
  readonly as_of: string
  readonly limit: number
}

/** A row of a list before it is shown. `key` is what the list is sorted by. */
export interface FollowedRow extends Omit<FollowedPerson, 'latest_walk'> {
  readonly latest_walk: LatestWalkRow | null
  readonly key: string
}

const VIEWER = sql`(SELECT id FROM viewer)`
/** One side of a follow is whose list it is, the other is in the list. */
const SIDES = {
  followers: { owner: sql`follows.followee_id`, other: sql`follows.follower_id` },
  following: { owner: sql`follows.follower_id`, other: sql`follows.followee_id` },
} as const

/** Joins somebody's latest shared walk that the viewer may see, with what `presentLatestWalk` asks. There is no block between the two. `seen` must be in scope. */
const latestOf = (people: SQL, asOf: string): SQL => sql`LEFT JOIN LATERAL (
          SELECT posts.walk_id, posts.posted_at, ${people}.settings -> 'hide_walk_times' IS NOT DISTINCT FROM 'true' AS hides_times,
                 EXISTS (
                   SELECT 1
                   FROM seen
                   JOIN walks ON walks.id = posts.walk_id
                   WHERE seen.subject_id = posts.author_id AND seen.during && tstzrange(walks.started_at, walks.ended_at, '[]')
                 ) AS was_seen_live
          FROM posts
          WHERE posts.author_id = ${people}.id
            AND posts.is_open
            AND posts.posted_at <= ${asOf}
            AND (
              posts.audience = 'everyone'
              OR posts.author_id = ${VIEWER}
              OR EXISTS (SELECT 1 FROM follows mine WHERE mine.follower_id = ${VIEWER} AND mine.followee_id = posts.author_id)
            )
          ORDER BY posts.posted_at DESC, posts.walk_id DESC
          LIMIT 1
        ) AS latest ON true`

/** By what a list is sorted. A walk counts by the time that is shown of it, because a finer order would tell what is hidden. */
function orderOf({ sort, as_of, after, side }: FollowFilter): {
  joins: SQL
  key: SQL
  isAfter: SQL
  direction: SQL
  by: (row: SQL) => SQL
} {
  const id = SIDES[side].other
  const afterId = sql`${id} > ${after?.user_id ?? null}::uuid`
  if (sort === 'name') {
    const key = sql`lower(people.nickname) COLLATE "C"`
    return {
      joins: sql``,
      key,
      isAfter: after ? sql`${key} > ${after.key}` : sql`true`,
      direction: sql``,
      by: (row) => sql`${row}.key COLLATE "C", ${row}.id`,
    }
  }
  const key =
    sort === 'followed_at'
      ? sql`follows.created_at`
      : sql`CASE
            WHEN latest.walk_id IS NULL THEN '-infinity'
            WHEN latest.hides_times OR latest.was_seen_live THEN seoul_day(latest.posted_at)::timestamp AT TIME ZONE 'Asia/Seoul'
            ELSE date_trunc('minute', latest.posted_at)
          END`
  return {
    joins: sort === 'recent_walk' ? latestOf(sql`people`, as_of) : sql``,
    key,
    isAfter: after ? sql`(${key} < ${after.key}::timestamptz OR (${key} = ${after.key}::timestamptz AND ${afterId}))` : sql`true`,
    direction: sql`DESC`,
    by: (row) => sql`${row}.key DESC, ${row}.id`,
  }
}

const startsWith = (name: SQL, q: string): SQL => sql`starts_with(lower(${name}), lower(${q}))`

const isNamed = (q: string | null): SQL =>
  q === null
    ? sql`true`
    : sql`(
            ${startsWith(sql`people.nickname`, q)}
            OR EXISTS (
              SELECT 1 FROM pets WHERE pets.user_id = people.id AND pets.archived_at IS NULL AND NOT pets.is_placeholder AND ${startsWith(sql`pets.name`, q)}
            )
          )`

/** One row more than `limit`. `items` is null when the viewer may not see whose list it is. */
export function listFollows(db: Db, actor: Actor, filter: FollowFilter, now: Date): Promise<{ items: FollowedRow[] | null } | null> {
  const { of, side, q, as_of, limit } = filter
  const { owner, other } = SIDES[side]
  const { joins, key, isAfter, direction, by } = orderOf(filter)
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, seen AS MATERIALIZED (
      SELECT shown.subject_id, tstzrange(shown.first_at, shown.last_at, '[]') AS during
      FROM viewer
      JOIN location_provisions shown ON shown.viewer_id = viewer.id
    ), page AS MATERIALIZED (
      SELECT sorted.id, sorted.created_at, sorted.key
      FROM (
        SELECT ${other} AS id, follows.created_at, ${key} AS key
        FROM follows
        JOIN users people ON people.id = ${other} AND people.deleted_at IS NULL
        ${joins}
        WHERE ${owner} = ${of} AND ${isNamed(q)} AND ${isAfter}
        ORDER BY 3 ${direction}, 1
        -- Blocks are asked below, in this order, until the page is full, and not of everybody.
        OFFSET 0
      ) AS sorted
      WHERE NOT ${isBlocked(VIEWER, sql`sorted.id`)}
      ORDER BY ${by(sql`sorted`)}
      LIMIT ${limit + 1}
    )
    SELECT CASE
      WHEN EXISTS (SELECT 1 FROM users WHERE users.id = ${of} AND users.deleted_at IS NULL AND NOT ${isBlocked(sql`viewer.id`, sql`users.id`)}) THEN (
        SELECT coalesce(json_agg(json_build_object(
          'user', json_build_object('id', users.id, 'nickname', users.nickname),
          'pet', ${primaryPetCard(sql`users.id`, now)},
          'latest_walk', CASE WHEN latest.walk_id IS NOT NULL THEN json_build_object(
            'distance_m', (SELECT walks.distance_m FROM walks WHERE walks.id = latest.walk_id),
            'posted_at', latest.posted_at,
            'hides_times', latest.hides_times,
            'was_seen_live', latest.was_seen_live
          ) END,
          'following', EXISTS (SELECT 1 FROM follows WHERE follows.follower_id = viewer.id AND follows.followee_id = users.id),
          'follows_me', EXISTS (SELECT 1 FROM follows WHERE follows.follower_id = users.id AND follows.followee_id = viewer.id),
          'followed_at', CASE WHEN viewer.id = ${of} THEN page.created_at END,
          'key', page.key
        ) ORDER BY ${by(sql`page`)}), '[]')
        FROM page
        JOIN users ON users.id = page.id
        ${latestOf(sql`users`, as_of)}
      )
    END AS items
    FROM viewer`,
  )
}
