import { type SQL, sql } from 'drizzle-orm'

/** The week and the area whose rank a walk that started then moves, and the rank before it counts; NULL for who has no home. `viewer` must be in scope. */
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

/** The `RankMove` of modules/rankings/schema.ts, from `rankBefore` and how things stand now. Who is new on the board is in none of its bins yet. */
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
