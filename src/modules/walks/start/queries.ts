import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import type { Creation } from '../../../core/idempotency.ts'
import { asArray } from '../../../db/array.ts'
import { answerOf, type Db } from '../../../db/client.ts'
import type { KmaCell } from '../../../core/kma-grid.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { lastReading, wantCell, weatherOfWalk } from '../../weather/sql.ts'
import { walkJson } from '../sql.ts'
import type { Walk } from '../schema.ts'

export interface NewWalk extends Creation {
  readonly started_at: string
  readonly pet_ids: readonly string[]
  readonly goal: { readonly distance_m?: number | undefined; readonly duration_sec?: number | undefined } | undefined
  /** Where the phone says that it begins. */
  readonly cell: KmaCell | null
}

export interface StartAnswer {
  /** The viewer's walk with that id, new or not. */
  readonly walk: Walk | null
  readonly request_hash: string | null
  readonly is_id_taken: boolean
  readonly active_walk_id: string | null
  /** When the weather of the walk is looked for, and null where it is known or will never be. */
  readonly weather_due_at: string | null
}

/**
 * Starts a walk, unless its id is known, another walk is active, or a pet is not the viewer's. The answer says which. An active walk that began at `overSince`
 * or before is ended first, because the alarm that ends it may be late.
 */
export function startWalk(
  db: Db,
  actor: Actor,
  walk: NewWalk & { readonly status: 'active' | 'ended' },
  now: Date,
  overSince: Date,
): Promise<StartAnswer | null> {
  return answerOf(db, {
    lock: lockViewer(actor),
    ended: sql`
    UPDATE walks
    SET status = 'ended', auto_ended = true
    WHERE user_id = ${actor.user_id} AND status = 'active' AND started_at <= ${overSince.toISOString()}`,
    started: insertWalk(actor, walk, walk.status, now),
    ...(walk.cell && { wanted: wantCell(actor, walk.cell, now) }),
    // Until the weather of the hour is known the answer shows the last reading. It is not stored, so that no badge counts it.
    answer: sql`
    WITH ${viewer(actor)}
    SELECT ${walkJson} || CASE WHEN walks.weather IS NULL THEN jsonb_build_object('weather', ${lastReading(sql`walks`, now)}) ELSE '{}' END AS walk,
           walks.weather_due_at,
           walks.request_hash,
           EXISTS (SELECT 1 FROM walks taken WHERE taken.id = ${walk.id}) AS is_id_taken,
           (SELECT active.id FROM walks active WHERE active.user_id = viewer.id AND active.status = 'active' AND active.deleted_at IS NULL) AS active_walk_id
    FROM viewer
    LEFT JOIN walks ON walks.id = ${walk.id} AND walks.user_id = viewer.id AND walks.deleted_at IS NULL`,
  })
}

/** Inserts a walk with its pets. Inserts nothing when the id exists, a pet is not the viewer's, or the walk would be a second active one. */
export function insertWalk(actor: Actor, walk: NewWalk, status: 'active' | 'ended', now: Date): SQL {
  return sql`
    WITH ${viewer(actor)}, chosen AS (
      SELECT pets.id, given.position
      FROM viewer
      JOIN unnest(${asArray(walk.pet_ids)}::uuid[]) WITH ORDINALITY AS given (pet_id, position) ON true
      JOIN pets ON pets.id = given.pet_id AND pets.user_id = viewer.id AND pets.archived_at IS NULL
    ), inserted AS (
      INSERT INTO walks (
        id, user_id, status, started_at, goal_distance_m, goal_duration_sec, request_hash, created_at, kma_nx, kma_ny, weather, weather_due_at
      )
      SELECT ${walk.id}, viewer.id, ${status}, ${walk.started_at}, ${walk.goal?.distance_m ?? null}, ${walk.goal?.duration_sec ?? null},
             ${walk.request_hash}, ${now.toISOString()}, ${walk.cell?.nx ?? null}, ${walk.cell?.ny ?? null}, read.weather, read.due_at
      FROM viewer
      CROSS JOIN ${weatherOfWalk(walk.cell, walk.started_at, now)} AS read
      WHERE (SELECT count(*) FROM chosen) = ${walk.pet_ids.length}
        AND NOT (${status} = 'active' AND EXISTS (
          SELECT 1 FROM walks WHERE walks.user_id = viewer.id AND walks.status = 'active' AND walks.deleted_at IS NULL
        ))
      ON CONFLICT (id) DO NOTHING
      RETURNING id
    )
    INSERT INTO walk_pets (walk_id, pet_id, position)
    SELECT inserted.id, chosen.id, chosen.position
    FROM inserted, chosen`
}
