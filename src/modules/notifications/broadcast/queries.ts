import { type SQL, sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../../db/client.ts'
import { JOB } from '../../../jobs/types.ts'
import { notify } from '../sql.ts'
import { isPremium } from '../../subscriptions/sql.ts'
import type { Broadcast, NotificationType } from '../schema.ts'

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

/** The id (a UUID of version 8) follows from the content, so that a broadcast is in the outbox once, however often it is opened. */
const idOf = ({ type, topic }: Pick<Broadcast, 'type' | 'topic'>, after: SQL): SQL =>
  sql`overlay(overlay(md5(concat_ws(':', ${JOB.broadcast}::text, ${type}::text, ${topic}::text, ${after})) PLACING '8' FROM 13) PLACING '8' FROM 17)::uuid`

/** Inserts broadcasts into the outbox. Answers the ids of new ones. */
export async function openBroadcasts(db: Db, broadcasts: readonly Broadcast[]): Promise<string[]> {
  if (broadcasts.length === 0) return []
  const { rows } = await db.execute<{ id: string }>(sql`
    INSERT INTO outbox (id, type, payload)
    SELECT given.id, ${JOB.broadcast}, given.payload
    FROM (VALUES ${sql.join(
      broadcasts.map((one) => sql`(${idOf(one, sql`''`)}, ${JSON.stringify(one)}::jsonb)`),
      sql`, `,
    )}) AS given (id, payload)
    ON CONFLICT (id) DO NOTHING
    RETURNING id`)
  return rows.map(({ id }) => id)
}

const ACTIVE_DAYS = 28

/** Whether somebody walked in the last four weeks. `users` must be in scope. */
const isActive = (at: SQL): SQL => sql`EXISTS (
        SELECT 1
        FROM user_days
        WHERE user_days.user_id = users.id AND user_days.walk_count > 0 AND user_days.day BETWEEN seoul_day(${at}) - ${ACTIVE_DAYS}::int AND seoul_day(${at})
      )`

/** People whose last streak run ended on one of these days. */
const lastRun = (at: SQL, daysAgo: SQL): SQL => sql`
      FROM streak_runs run
      JOIN users ON users.id = run.user_id
      WHERE run.last_day IN (${daysAgo})
        AND NOT EXISTS (SELECT 1 FROM streak_runs later WHERE later.user_id = run.user_id AND later.first_day > run.last_day AND later.first_day <= streak_day(${at}))`

/** Selects user_id, topic and facts of the people whom a broadcast concerns. `users` stays in scope for the condition that is added. */
function audienceOf({ type, topic, facts, at }: Broadcast): SQL {
  const now = sql`${at}::timestamptz`
  const given = sql`${topic}::text AS topic, ${JSON.stringify(facts)}::jsonb AS facts`
  const badge = sql`(SELECT badges.tier FROM badges WHERE badges.id = ${(facts['badge_id'] as string | undefined) ?? null}::uuid)`
  const mayEarn = sql`(${badge} = 'free' OR ${isPremium(sql`users.id`, new Date(at))})`
  const audiences: Partial<Record<NotificationType, SQL>> = {
    system: sql`SELECT users.id AS user_id, ${given} FROM users WHERE users.created_at <= ${now}`,
    weekly_reset: sql`SELECT users.id AS user_id, ${given} FROM users WHERE users.region_code IS NOT NULL AND ${isActive(now)}`,
    season_open: sql`SELECT users.id AS user_id, ${given} FROM users WHERE ${mayEarn} AND ${isActive(now)}`,
    season_deadline: sql`
      SELECT users.id AS user_id, ${given}
      FROM users
      WHERE ${mayEarn} AND ${isActive(now)} AND NOT EXISTS (
        SELECT 1
        FROM user_badges
        WHERE user_badges.user_id = users.id
          AND user_badges.badge_id = ${(facts['badge_id'] as string | undefined) ?? null}::uuid
          AND user_badges.season_year = ${(facts['season_year'] as number | undefined) ?? null}::int
      )`,
    monthly_report: sql`
      SELECT users.id AS user_id, ${topic}::text AS topic,
             jsonb_build_object(
               'region', coalesce(nullif(regions.dong, ''), regions.sigungu),
               'rank', coalesce(board_row.closing_rank, live_rank(users.id, board_row.period_key, board_row.area_code))
             ) AS facts
      FROM users
      JOIN rankings board_row ON board_row.user_id = users.id AND board_row.period_key = ${topic} AND board_row.area_code = users.region_code AND board_row.standing > 0
      JOIN regions ON regions.code = users.region_code
      WHERE true`,
    // Two days missed, or one that no rest day bridges. Further days make up for a cron that failed.
    streak_broken: sql`
      SELECT run.user_id, run.last_day::text AS topic, '{}'::jsonb AS facts
      ${lastRun(now, sql`streak_day(${now}) - 2, streak_day(${now}) - 3, streak_day(${now}) - 4`)}
        AND run.days >= 3
        AND NOT EXISTS (SELECT 1 FROM current_streak(run.user_id, ${now}))`,
    come_back: sql`
      SELECT run.user_id, concat(run.last_day, ':', streak_day(${now}) - run.last_day) AS topic,
             jsonb_build_object('pet_name', coalesce((
               SELECT pets.name
               FROM pets
               WHERE pets.user_id = run.user_id AND pets.is_primary AND pets.archived_at IS NULL AND NOT pets.is_placeholder
             ), '우리 강아지')) AS facts
      ${lastRun(now, sql`streak_day(${now}) - 7, streak_day(${now}) - 14`)}`,
  }
  const audience = audiences[type]
  if (!audience) throw new Error(`${type} is told to nobody in particular`)
  return audience
}

/** Notifies the next people of the audience, and inserts the job for those after them into the outbox. Answers the ids of both. */
export async function tellNext(db: Db, broadcast: Broadcast, limit: number): Promise<{ ids: string[]; next: string | null }> {
  const { type, at, after } = broadcast
  const row = await firstRow<{ ids: string[]; next: string | null }>(
    db,
    sql`
    WITH page AS MATERIALIZED (
      SELECT audience.user_id, audience.topic, audience.facts, NULL::uuid AS sender_id
      FROM (${audienceOf(broadcast)} AND users.deleted_at IS NULL) AS audience
      WHERE audience.user_id > ${after ?? BEFORE_ALL}::uuid
      ORDER BY audience.user_id
      LIMIT ${limit}
    ), told AS (${notify(type, sql`SELECT * FROM page`, sql`${at}::timestamptz`)}
    ), last AS (
      SELECT user_id FROM page ORDER BY user_id DESC LIMIT 1
    ), next AS (
      INSERT INTO outbox (id, type, payload)
      SELECT ${idOf(broadcast, sql`last.user_id`)}, ${JOB.broadcast}, ${JSON.stringify(broadcast)}::jsonb || jsonb_build_object('after', last.user_id)
      FROM last
      WHERE (SELECT count(*) FROM page) = ${limit}
      ON CONFLICT (id) DO NOTHING
      RETURNING id
    )
    SELECT coalesce((SELECT json_agg(id) FROM told), '[]') AS ids, (SELECT id FROM next) AS next`,
  )
  return row ?? { ids: [], next: null }
}

export interface SeasonBadge {
  readonly id: string
  readonly name: string
  readonly season_year: number
  readonly from_day: string
  readonly until_day: string
}

/** Season badges that are not secret, with the edition that began last by that day. */
export async function listSeasonBadges(db: Db, day: string): Promise<SeasonBadge[]> {
  const { rows } = await db.execute<SeasonBadge & Record<string, unknown>>(sql`
    SELECT badges.id, badges.name, edition.season_year, edition.from_day::text AS from_day, edition.until_day::text AS until_day
    FROM badges
    CROSS JOIN LATERAL season_of(badges.season_start, badges.season_end, ${day}::date) AS edition
    WHERE badges.season_start IS NOT NULL AND NOT badges.is_secret
    ORDER BY badges.sort_order`)
  return rows
}
