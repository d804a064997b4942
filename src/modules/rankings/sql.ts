import { type SQL, sql } from 'drizzle-orm'

/** The weekly board that this walk counts for, and the owner's rank on it before. NULL without a home region. `viewer` must be in scope. */
export const rankBefore = (startedAt: SQL, now: Date): SQL => sql`(
          SELECT jsonb_build_object(
            'scope', area.scope, 'area_code', area.area_code, 'period_key', week.period_key,
            'rank_before', live_rank(viewer.id, week.period_key, area.area_code)
          )
          FROM areas_around(viewer.region_code) AS area
          CROSS JOIN week_moved_by(${startedAt}, ${now.toISOString()}) AS week (period_key)
          WHERE area.scope <> 'nation'
          ORDER BY area.scope
          LIMIT 1
        )`

/** The `RankMove` of schema.ts, from `rankBefore` and the present rank. Somebody new on the board is not in its bins yet, so they are counted in. */
export const rankMove = (before: SQL, userId: SQL): SQL => sql`(
          SELECT before.move - 'area_code' || jsonb_build_object(
            'rank_after', live_rank(${userId}, before.move ->> 'period_key', before.move ->> 'area_code'),
            'participants', participants(NULL, before.move ->> 'period_key', before.move ->> 'area_code') + (
              SELECT count(*)
              FROM rankings
              WHERE user_id = ${userId} AND period_key = before.move ->> 'period_key' AND area_code = before.move ->> 'area_code'
                AND standing > 0 AND histogram_m IS NULL
            )
          )
          FROM (SELECT nullif(${before}, 'null') AS move) AS before
        )`
