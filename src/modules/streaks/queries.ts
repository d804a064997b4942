import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { Streak } from './schema.ts'
import { isPremium } from '../subscriptions/sql.ts'

export interface StreakRow extends Omit<Streak, 'rest_day'> {
  readonly rest_day: Pick<Streak['rest_day'], 'used_on' | 'renews_on' | 'is_holding'> & { readonly is_premium: boolean }
}

/** A run breaks when the day after its last day passes without a walk, or one day later if a rest day can bridge it. */
export function findStreak(db: Db, actor: Actor, now: Date): Promise<StreakRow | null> {
  const at = now.toISOString()
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, today AS (
      SELECT streak_day(${at}) AS day, date_trunc('month', streak_day(${at})::timestamp)::date AS month
    )
    SELECT coalesce(run.days, 0) AS current,
           coalesce((SELECT max(days) FROM streak_runs WHERE user_id = viewer.id), 0) AS best,
           to_json(today.day) AS today,
           coalesce(run.last_day = today.day, false) AS is_today_done,
           to_json(run.first_day) AS first_day,
           to_json(run.last_day) AS last_day,
           to_json((run.last_day + 2 + can_rest_on(viewer.id, run.last_day + 1)::int + time '04:00') AT TIME ZONE 'Asia/Seoul') AS breaks_at,
           json_build_object(
             'is_premium', ${isPremium(sql`viewer.id`, now)},
             'used_on', (SELECT day FROM rest_days WHERE user_id = viewer.id AND rest_days.month = today.month),
             'renews_on', (today.month + interval '1 month')::date,
             'is_holding', coalesce(run.last_day = today.day - 2, false)
           ) AS rest_day,
           (
             SELECT coalesce(json_agg(rest_days.day ORDER BY rest_days.day DESC), '[]')
             FROM rest_days
             WHERE user_id = viewer.id AND rest_days.month > today.month - interval '1 year'
           ) AS rest_days
    FROM viewer
    CROSS JOIN today
    LEFT JOIN current_streak(viewer.id, ${at}) AS run ON true`,
  )
}
