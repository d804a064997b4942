import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { asArray } from '../../db/array.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import { isPremium } from '../subscriptions/sql.ts'
import type { PartRow } from './rules.ts'
import type { WalkCalendar, WalkStats, WeekSummary } from './schema.ts'
import { weekJson } from './sql.ts'

export function findWeek(db: Db, actor: Actor, now: Date): Promise<{ week: WeekSummary } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT ${weekJson(sql`viewer.id`, now)} AS week
    FROM viewer`,
  )
}

export interface StatsFilter {
  readonly pet_id: string | null
  /** The first and the last day of the period. */
  readonly from: string
  readonly to: string
  /** The days at which parts begin, in order. The first lies before the period. */
  readonly thresholds: readonly string[]
}

export interface StatsAnswer {
  readonly is_premium: boolean
  /** Whether the viewer has that pet, or none was asked for. */
  readonly has_pet: boolean
  /** Without parts in which nothing was walked. */
  readonly parts: PartRow[]
  readonly longest: WalkStats['longest']
}

/** Sums what the viewer, or one of their pets, walked in each part of some days, and finds the longest walk of the period. */
export function findStats(db: Db, actor: Actor, { pet_id, from, to, thresholds }: StatsFilter, now: Date): Promise<StatsAnswer | null> {
  const days: SQL = pet_id === null ? sql`user_days` : sql`pet_days`
  const isTheirs: SQL = pet_id === null ? sql`days.user_id = viewer.id` : sql`days.pet_id = ${pet_id}`
  const isWithPet: SQL =
    pet_id === null
      ? sql`true`
      : sql`EXISTS (
          SELECT 1 FROM walk_pets WHERE walk_pets.walk_id = walks.id AND walk_pets.pet_id = ${pet_id}
        )`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, theirs AS (
      SELECT viewer.id
      FROM viewer
      WHERE ${pet_id}::uuid IS NULL
        OR EXISTS (SELECT 1 FROM pets WHERE pets.id = ${pet_id} AND pets.user_id = viewer.id AND pets.archived_at IS NULL)
    )
    SELECT ${isPremium(sql`viewer.id`, now)} AS is_premium,
      EXISTS (SELECT 1 FROM theirs) AS has_pet,
      (
        SELECT coalesce(json_agg(summed), '[]')
        FROM (
          SELECT width_bucket(days.day, ${asArray(thresholds)}::date[]) AS part,
                 sum(days.distance_m + days.imported_distance_m) AS distance_m,
                 sum(days.duration_sec + days.imported_duration_sec) AS duration_sec,
                 sum(days.walk_count + days.imported_walk_count) AS walk_count,
                 sum(days.calories + days.imported_calories) AS calories,
                 count(*) AS walked_days
          FROM theirs, ${days} days
          WHERE ${isTheirs}
            AND days.day >= ${thresholds[0]}::date
            AND days.day <= ${to}::date
            AND days.walk_count + days.imported_walk_count > 0
          GROUP BY 1
        ) AS summed
      ) AS parts,
      (
        SELECT json_build_object('walk_id', walks.id, 'distance_m', walks.distance_m)
        FROM theirs
        JOIN walks ON walks.user_id = viewer.id
        WHERE walks.is_valid
          AND walks.deleted_at IS NULL
          AND walks.started_at >= ${from}::date::timestamp AT TIME ZONE 'Asia/Seoul'
          AND walks.started_at < (${to}::date + 1)::timestamp AT TIME ZONE 'Asia/Seoul'
          AND walks.distance_m IS NOT NULL
          AND ${isWithPet}
        ORDER BY walks.distance_m DESC, walks.started_at, walks.id
        LIMIT 1
      ) AS longest
    FROM viewer`,
  )
}

/** `firstDay`: of the month. */
export function findCalendar(db: Db, actor: Actor, firstDay: string): Promise<{ days: WalkCalendar['days'] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, month AS (
      SELECT ${firstDay}::date AS first_day, (${firstDay}::date + interval '1 month')::date AS end_day
    )
    SELECT (
      SELECT json_agg(json_build_object(
        'day', listed.day,
        'walk_count', coalesce(walked.walk_count + walked.imported_walk_count, 0),
        'distance_m', coalesce(walked.distance_m + walked.imported_distance_m, 0),
        'streak', CASE
          WHEN run.first_day IS NULL THEN 'none'
          WHEN run.first_day = run.last_day THEN 'single'
          WHEN run.first_day = listed.day THEN 'start'
          WHEN run.last_day = listed.day THEN 'end'
          ELSE 'middle'
        END,
        'rest_day', rest.day IS NOT NULL
      ) ORDER BY listed.day)
      FROM month
      CROSS JOIN LATERAL (
        SELECT month.first_day + n AS day FROM generate_series(0, month.end_day - month.first_day - 1) AS n
      ) AS listed
      LEFT JOIN user_days walked ON walked.user_id = viewer.id AND walked.day = listed.day
      LEFT JOIN rest_days rest ON rest.user_id = viewer.id AND rest.month = month.first_day AND rest.day = listed.day
      LEFT JOIN streak_runs run
        ON run.user_id = viewer.id
        AND run.first_day <= listed.day
        AND run.last_day >= listed.day
        AND run.first_day < month.end_day
        AND run.last_day >= month.first_day
    ) AS days
    FROM viewer`,
  )
}
