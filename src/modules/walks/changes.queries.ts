import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { asArray } from '../../db/array.ts'
import { type Db, answerOf } from '../../db/client.ts'
import { mayWrite, suspendedUntil } from '../social/suspensions/sql.ts'
import { settleWalk } from '../facts/sql.ts'
import { lockViewer, viewer } from '../../db/viewer.ts'
import type { Alike } from './copies/rules.ts'
import { EXCESS_REASON } from './rules.ts'
import type { EditWalk } from './schema.ts'
import { caloriesOf, walkRowJson, type WalkRow } from './sql.ts'

/** Why a map may not be opened (`map_refusal`). */
export type MapRefusal = 'too_close_to_home' | 'too_early' | 'too_few_walks'

export interface EditAnswer {
  readonly walk: WalkRow | null
  readonly is_each_pet_theirs: boolean
  readonly map_refusal: MapRefusal | null
  readonly suspended_until: string | null
  /** Whether it was to be shared although it was imported. */
  readonly is_never_shared: boolean
}

/**
 * Changes the viewer's own walk. Nothing has changed when an imported walk is to be shared (`is_never_shared`), a pet is not the viewer's (`is_each_pet_theirs` is false), the map may not be opened, or the viewer is
 * suspended and others would read what is written.
 */
export function updateWalk(db: Db, actor: Actor, walkId: string, change: EditWalk, now: Date): Promise<EditAnswer | null> {
  const petIds = change.pet_ids ?? []
  const isEachPetTheirs = sql`(
      SELECT count(*) = ${petIds.length} FROM pets WHERE pets.id = ANY (${asArray(petIds)}::uuid[]) AND pets.user_id = ${actor.user_id}
    )`
  const mapRefusal = change.is_map_open ? sql`map_refusal(walks.id, ${now.toISOString()})` : sql`NULL`
  // A memo of a walk that nobody else sees is a note of one's own.
  const isForOthers = change.shared_to_feed
    ? sql`true`
    : sql`(${Boolean(change.memo)} AND walks.shared_to_feed AND ${change.shared_to_feed ?? true})`
  const suspension = sql`CASE WHEN ${isForOthers} THEN ${suspendedUntil(now)} END`
  const isNeverShared = sql`(${change.shared_to_feed ?? false} AND walks.source = 'imported')`
  const mine = sql`
      SELECT walks.id
      FROM viewer
      JOIN walks ON walks.user_id = viewer.id
      WHERE walks.id = ${walkId} AND walks.deleted_at IS NULL AND ${isEachPetTheirs} AND ${mapRefusal} IS NULL
        AND (${mayWrite(now)} OR NOT ${isForOthers})
        AND NOT ${isNeverShared}`
  const edit = sql`
    WITH ${viewer(actor)}
    UPDATE walks
    SET memo = CASE WHEN ${change.memo !== undefined} THEN ${change.memo ?? null} ELSE memo END,
        shared_to_feed = coalesce(${change.shared_to_feed ?? null}, shared_to_feed),
        shared_at = CASE WHEN ${change.shared_to_feed ?? false} THEN coalesce(shared_at, ${now.toISOString()}) ELSE shared_at END,
        audience = coalesce(${change.audience ?? null}, audience),
        is_map_open = coalesce(${change.is_map_open ?? null}, is_map_open)
    WHERE id IN (${mine})`
  const pets = {
    left: sql`
    WITH ${viewer(actor)}
    DELETE FROM walk_pets
    WHERE walk_id IN (${mine}) AND pet_id <> ALL (${asArray(petIds)}::uuid[])`,
    given: sql`
    WITH ${viewer(actor)}, mine AS (${mine})
    INSERT INTO walk_pets (walk_id, pet_id, position)
    SELECT mine.id, given.pet_id, given.position
    FROM mine, unnest(${asArray(petIds)}::uuid[]) WITH ORDINALITY AS given (pet_id, position)
    ON CONFLICT (walk_id, pet_id) DO UPDATE
    SET position = excluded.position`,
    calories: sql`
    WITH ${viewer(actor)}
    UPDATE walks
    SET calories = ${caloriesOf(sql`walks.distance_m`)}
    WHERE id IN (${mine}) AND status = 'completed'`,
  }
  const answer = sql`
    WITH ${viewer(actor)}
    SELECT ${walkRowJson} AS walk, ${isEachPetTheirs} AS is_each_pet_theirs, ${mapRefusal} AS map_refusal, ${suspension} AS suspended_until,
           coalesce(${isNeverShared}, false) AS is_never_shared
    FROM viewer
    LEFT JOIN walks ON walks.id = ${walkId} AND walks.user_id = viewer.id AND walks.deleted_at IS NULL`
  // A memo or a share changes no fact, so nothing is folded.
  if (change.pet_ids === undefined) return answerOf(db, { lock: lockViewer(actor), edit, answer })
  return answerOf(db, { ...settleWalk(actor.user_id, myWalk(actor, walkId), now, { edit, ...pets }), answer })
}

/** The walk's id, or no row when the walk is not the caller's. */
const myWalk = (actor: Actor, walkId: string) => sql`(SELECT id FROM walks WHERE id = ${walkId} AND user_id = ${actor.user_id})`

/** Deletes the viewer's own walk and all that it counted for. `is_known` is also true for a walk that was deleted before. */
export function deleteWalk(db: Db, actor: Actor, walkId: string, now: Date): Promise<{ is_known: boolean } | null> {
  const change = sql`
    WITH ${viewer(actor)}
    UPDATE walks
    SET deleted_at = ${now.toISOString()}, status = CASE WHEN status = 'active' THEN 'ended' ELSE status END
    FROM viewer
    WHERE walks.id = ${walkId} AND walks.user_id = viewer.id AND walks.deleted_at IS NULL`
  const lifted = sql`SELECT lift_excess(${myWalk(actor, walkId)}, ${EXCESS_REASON.code}, ${now.toISOString()})`
  return answerOf(db, {
    ...settleWalk(actor.user_id, myWalk(actor, walkId), now, { change, lifted }),
    answer: sql`
    WITH ${viewer(actor)}
    SELECT walks.id IS NOT NULL AS is_known
    FROM viewer
    LEFT JOIN walks ON walks.id = ${walkId} AND walks.user_id = viewer.id`,
  })
}

export interface Restored {
  readonly walk: WalkRow | null
  readonly is_known: boolean
  /** Base64, of a walk that has to be compared with those that are `alike`. */
  readonly trace: string | null
  readonly alike: Alike[]
}

/**
 * Restores a deleted walk and all that it counted for. `walk` is null when the walk was deleted before `since`, and when another valid walk now lies at its
 * time. An imported walk gives way to a recorded one. `is_known` is true only in the second case.
 */
export function restoreWalk(db: Db, actor: Actor, walkId: string, since: Date, now: Date): Promise<Restored | null> {
  // What was deleted made room for other walks, so it is asked again whether all of it is too much.
  const doubt = sql`${JSON.stringify([EXCESS_REASON])}::jsonb`
  const known = sql`${JSON.stringify([{ code: EXCESS_REASON.code }])}::jsonb`
  const isAtItsTime = sql`
          other.user_id = viewer.id
          AND other.is_valid AND other.deleted_at IS NULL
          AND (other.source = 'recorded' OR walks.source = 'imported')
          AND walks.is_valid
          AND tstzrange(other.started_at, other.ended_at) && tstzrange(walks.started_at, walks.ended_at)`
  const room = sql`
    WITH ${viewer(actor)}
    SELECT make_room(viewer.id, walks.started_at, walks.ended_at, ${now.toISOString()})
    FROM viewer
    JOIN walks ON walks.id = ${walkId} AND walks.user_id = viewer.id AND walks.deleted_at >= ${since.toISOString()}
    WHERE walks.is_valid AND walks.source = 'recorded' AND NOT EXISTS (SELECT 1 FROM walks other WHERE ${isAtItsTime})`
  const change = sql`
    WITH ${viewer(actor)}
    UPDATE walks
    SET (deleted_at, is_ranked, reasons) = (
      SELECT NULL::timestamptz, walks.is_ranked AND NOT excess.is_found,
             CASE WHEN excess.is_found THEN ${doubt} || coalesce(walks.reasons, '[]') ELSE walks.reasons END
      FROM (
        SELECT coalesce(walks.is_valid, false) AND walks.is_ranked AND NOT coalesce(walks.reasons, '[]') @> ${known} AND exceeds_a_body(walks) AS is_found
      ) AS excess
    )
    FROM viewer
    WHERE walks.id = ${walkId}
      AND walks.user_id = viewer.id
      AND walks.deleted_at >= ${since.toISOString()}
      AND NOT EXISTS (SELECT 1 FROM walks other WHERE ${isAtItsTime})`
  const uncompared = sql`UPDATE walk_traces SET is_compared = false WHERE walk_id = ${myWalk(actor, walkId)}`
  return answerOf(db, {
    ...settleWalk(actor.user_id, myWalk(actor, walkId), now, { room, change, uncompared }),
    answer: sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN walks.deleted_at IS NULL THEN ${walkRowJson} END AS walk,
           (SELECT translate(encode(trace, 'base64'), E'\\n', '') FROM walk_traces WHERE walk_id = walks.id) AS trace,
           CASE WHEN walks.deleted_at IS NULL AND walks.is_valid THEN walks_alike(walks.id) ELSE '[]' END AS alike,
           coalesce(walks.deleted_at IS NULL OR walks.deleted_at >= ${since.toISOString()}, false) AND walks.id IS NOT NULL AS is_known
    FROM viewer
    LEFT JOIN walks ON walks.id = ${walkId} AND walks.user_id = viewer.id`,
  })
}
