import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { primaryPetCard } from '../pets/sql.ts'
import { isBlocked } from '../social/blocks/sql.ts'
import { viewer } from '../../db/viewer.ts'
import { FOLLOWING_MAX, NAMED_MAX } from './limits.ts'
import type { FollowingDays, HallCategory, HallEntry, MyRanking, Ranking } from './schema.ts'
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
               'pet', ${primaryPetCard(sql`users.id`, now)}`

/**
 * Finds a board as the viewer may see it, with one row more than `limit`. People with a block between them and the viewer are left out, and still count for
 * ranks. Without premium the viewer sees the snapshot of a week, in their own dong or sigungu. The board of those
 * whom the viewer follows is live for everybody.
 */
export function findBoard(db: Db, actor: Actor, question: BoardQuestion, page: PagePosition, now: Date): Promise<BoardRow | null> {
  const { period_key, period_key_before, is_weekly, scope, region_code } = question
  const { after, above_me, limit } = page
  const position = sql`${after?.standing ?? null}, ${after?.last_walk_at ?? null}, ${after?.user_id ?? null}, ${above_me}, ${limit > 0 ? limit + 1 : 0}, ${now.toISOString()}`
  const board =
    scope === 'following'
      ? sql`following_page(viewer.id, ${period_key}, ${FOLLOWING_MAX}, ${position})`
      : sql`board_page(viewer.id, ${period_key}, ${period_key_before}, ${is_weekly}, ${scope}, ${region_code}, ${position})`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT ${isPremium(sql`viewer.id`, now)} AS is_premium,
           ${board} AS board
    FROM viewer`,
  )
}

/** Who of those whom the viewer follows walked on the days of a week. */
export function findFollowingDays(
  db: Db,
  actor: Actor,
  week: { readonly key: string; readonly from_day: string },
  now: Date,
): Promise<{ days: FollowingDays['days'] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT following_days(viewer.id, ${week.key}, ${week.from_day}, ${FOLLOWING_MAX}, ${NAMED_MAX}, ${now.toISOString()}) AS days
    FROM viewer`,
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
