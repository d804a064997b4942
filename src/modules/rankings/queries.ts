import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { petCard } from '../pets/sql.ts'
import { blockedWith, isBlocked } from '../social/blocks/sql.ts'
import { regionJson } from '../regions/sql.ts'
import { viewer } from '../../db/viewer.ts'
import type { HallCategory, HallEntry, MyRanking, Ranking } from './schema.ts'
import { isPremium } from '../subscriptions/sql.ts'

export interface BoardQuestion {
  readonly period_key: string
  /** The period that `change` compares with, or `null` for all time. */
  readonly period_key_before: string | null
  readonly is_weekly: boolean
  readonly scope: MyRanking['scope']
  readonly region_code: string | null
}

export type StandingRow = Ranking['items'][number] & {
  readonly standing: number
  readonly last_walk_at: string
}

export interface BoardRow {
  readonly is_premium: boolean
  /** `null` when there is no such area, and when the viewer has no home and named no area. */
  readonly board: (Omit<MyRanking, 'period' | 'period_key'> & { readonly is_allowed: boolean; readonly items: StandingRow[] }) | null
}

export interface PagePosition {
  readonly after: { readonly standing: number; readonly last_walk_at: string; readonly user_id: string } | null
  /** The page begins this many people above the viewer, and not after a key. */
  readonly above_me: number | null
  readonly limit: number
}

/** A person and their primary pet. `users` must be in scope. */
const walker = (now: Date): SQL => sql`
               'user', json_build_object('id', users.id, 'nickname', users.nickname),
               'pet', (
                 SELECT json_build_object(${petCard(now)})
                 FROM pets
                 LEFT JOIN breeds ON breeds.code = pets.breed_code
                 WHERE pets.user_id = users.id AND pets.is_primary AND pets.archived_at IS NULL AND NOT pets.is_placeholder
               )`

/** The distance and the number of walks that a `standing` is made of. */
const figures = (standing: SQL): SQL => sql`'distance_m', ${standing} >> 20, 'walk_count', ${standing} & ((1 << 20) - 1)`

/**
 * Finds a board as the viewer may see it, with one row more than `limit`. People with a block between them and the viewer are left out, and still count for
 * ranks. Without premium the viewer sees the snapshot of a week, in their own dong or sigungu.
 */
export function findBoard(db: Db, actor: Actor, question: BoardQuestion, page: PagePosition, now: Date): Promise<BoardRow | null> {
  const { period_key, period_key_before, is_weekly, scope, region_code } = question
  const { after, above_me, limit } = page
  const rows = sql`${limit > 0 ? limit + 1 : 0}::int`
  const change = (userId: SQL, rank: SQL) => sql`(
                 SELECT before.closing_rank - ${rank}
                 FROM rankings before
                 WHERE before.user_id = ${userId} AND before.period_key = ${period_key_before} AND before.area_code = asked.area_code
               )`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, asker AS (
      SELECT viewer.id, viewer.region_code, ${isPremium(sql`viewer.id`, now)} AS is_premium
      FROM viewer
    ), asked AS (
      SELECT asker.id AS user_id, area.area_code, area.scope,
             CASE WHEN NOT asker.is_premium THEN coalesce((SELECT snapshot FROM ranking_periods WHERE period_key = ${period_key}), 0) END AS snapshot,
             asker.is_premium OR (${is_weekly} AND area.scope <> 'nation' AND area.is_home) AS is_allowed
      FROM asker
      CROSS JOIN LATERAL (
        SELECT home.area_code, home.scope, true AS is_home
        FROM areas_around(asker.region_code) AS home
        WHERE ${region_code}::text IS NULL AND (home.scope = ${scope} OR (home.scope = 'sigungu' AND ${scope} = 'dong'))
        UNION ALL
        SELECT regions.code, regions.level::text::ranking_scope, EXISTS (SELECT 1 FROM areas_around(asker.region_code) AS home WHERE home.area_code = regions.code)
        FROM regions
        WHERE regions.code = ${region_code} AND regions.level::text = ${scope}
        ORDER BY scope
        LIMIT 1
      ) AS area
    ), mine AS (
      SELECT own.standing, own.last_walk_at, ranked_above(asked.snapshot, ${period_key}, asked.area_code, own.standing) + 1 AS rank
      FROM asked
      CROSS JOIN LATERAL place_of(asked.user_id, asked.snapshot, ${period_key}, asked.area_code) AS own
      WHERE asked.is_allowed
    ), start AS (
      SELECT ${after?.standing ?? null}::bigint AS standing, ${after?.last_walk_at ?? null}::timestamptz AS last_walk_at, ${after?.user_id ?? null}::uuid AS user_id
      WHERE ${above_me}::int IS NULL
      UNION ALL
      SELECT above.standing, above.last_walk_at, above.user_id
      FROM asked
      LEFT JOIN mine ON true
      LEFT JOIN LATERAL ranking_place_above(
        asked.snapshot, ${period_key}, asked.area_code, mine.standing, mine.last_walk_at, asked.user_id, ${above_me}::int + 1
      ) AS above ON true
      WHERE ${above_me}::int IS NOT NULL
    ), hidden AS (
      SELECT count(*)::int AS people
      FROM asked
      CROSS JOIN LATERAL (${blockedWith(sql`asked.user_id`)}) AS other (user_id)
      -- LATERAL with LIMIT looks each of them up by key. With a plain join the planner may read the whole table.
      CROSS JOIN LATERAL (
        SELECT 1
        FROM rankings
        WHERE rankings.user_id = other.user_id AND rankings.period_key = ${period_key} AND rankings.area_code = asked.area_code
        LIMIT 1
      ) AS standing
    ), page AS ( -- hidden people count for ranks, so as many more rows are read and then left out
      SELECT person.*
      FROM asked
      CROSS JOIN start
      CROSS JOIN hidden
      CROSS JOIN LATERAL ranking_page(
        asked.snapshot, ${period_key}, asked.area_code, start.standing, start.last_walk_at, start.user_id, ${rows} + hidden.people
      ) AS person
      WHERE asked.is_allowed AND NOT ${isBlocked(sql`asked.user_id`, sql`person.user_id`)}
      ORDER BY person.standing DESC, person.last_walk_at, person.user_id
      LIMIT ${rows}
    )
    SELECT asker.is_premium,
           (
             SELECT json_build_object(
               'is_allowed', asked.is_allowed,
               'scope', asked.scope,
               'region', (SELECT ${regionJson} FROM regions WHERE regions.code = asked.area_code),
               'is_live', asked.snapshot IS NULL,
               'as_of', CASE
                 WHEN asked.snapshot IS NULL THEN to_json(${now.toISOString()}::timestamptz)
                 ELSE (SELECT to_json(snapshot_at) FROM ranking_periods WHERE period_key = ${period_key})
               END,
               'participants', CASE WHEN asked.is_allowed THEN participants(asked.snapshot, ${period_key}, asked.area_code) ELSE 0 END,
               'me', (
                 SELECT json_build_object(
                   'rank', mine.rank,
                   'change', ${change(sql`asked.user_id`, sql`mine.rank`)},
                   ${figures(sql`mine.standing`)},
                   'gap_to_next_m', (next_standing(asked.snapshot, ${period_key}, asked.area_code, mine.standing) >> 20) - (mine.standing >> 20)
                 )
                 FROM mine
               ),
               'items', (
                 SELECT coalesce(json_agg(
                   json_build_object(
                     'rank', page.rank,
                     'change', ${change(sql`page.user_id`, sql`page.rank`)},
                     ${walker(now)},
                     ${figures(sql`page.standing`)},
                     'is_me', users.id = asked.user_id,
                     'standing', page.standing,
                     'last_walk_at', page.last_walk_at
                   )
                   ORDER BY page.standing DESC, page.last_walk_at, page.user_id
                 ), '[]')
                 FROM page
                 JOIN users ON users.id = page.user_id
               )
             )
             FROM asked
           ) AS board
    FROM asker`,
  )
}

export interface HallPosition {
  readonly category: HallCategory | null
  readonly after: { readonly category: HallCategory; readonly period_key: string; readonly rank: number; readonly user_id: string } | null
  readonly limit: number
}

/** Lists the hall by category, the newest period first, with one entry more than `limit`. People who left, or are blocked either way, are left out. */
export function listHall(
  db: Db,
  actor: Actor,
  { category, after, limit }: HallPosition,
  now: Date,
): Promise<{ entries: HallEntry[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(
        json_build_object(
          'category', page.category, 'period_key', page.period_key, 'rank', page.rank,
          ${walker(now)},
          'distance_m', page.distance_m, 'walk_count', page.walk_count, 'days', page.days, 'from_day', page.from_day, 'until_day', page.until_day
        )
        ORDER BY page.category, page.period_key DESC, page.rank, page.user_id
      ), '[]')
      FROM (
        SELECT hall.*
        FROM hall_of_fame hall
        JOIN users person ON person.id = hall.user_id AND person.deleted_at IS NULL
        WHERE NOT ${isBlocked(sql`viewer.id`, sql`hall.user_id`)}
          AND CASE
            WHEN ${category}::hall_category IS NULL THEN hall.period_key = (SELECT max(newest.period_key) FROM hall_of_fame newest WHERE newest.category = hall.category)
            ELSE hall.category = ${category}
          END
          AND (
            ${after === null}
            OR hall.category > ${after?.category ?? null}::hall_category
            OR (hall.category = ${after?.category ?? null}::hall_category AND (
              hall.period_key < ${after?.period_key ?? null}
              OR (hall.period_key = ${after?.period_key ?? null} AND (hall.rank, hall.user_id) > (${after?.rank ?? null}::int, ${after?.user_id ?? null}::uuid))
            ))
          )
        ORDER BY hall.category, hall.period_key DESC, hall.rank, hall.user_id
        LIMIT ${limit + 1}
      ) AS page
      JOIN users ON users.id = page.user_id
    ) AS entries
    FROM viewer`,
  )
}
