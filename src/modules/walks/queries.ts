import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { asArray } from '../../db/array.ts'
import { type Db, answerOf, firstRow } from '../../db/client.ts'
import { isClosedByModeration, isTemporarilyClosed, seesPost } from '../social/posts/sql.ts'
import { mayWrite, suspendedUntil } from '../social/suspensions/sql.ts'
import { settleWalk } from '../facts/sql.ts'
import { isPremium } from '../subscriptions/sql.ts'
import { lockViewer, viewer } from '../../db/viewer.ts'
import type { Alike } from './copies/rules.ts'
import { EXCESS_REASON } from './rules.ts'
import type { EditWalk, Segment, Walk } from './schema.ts'
import { caloriesOf, walkJson, walkRowJson, type WalkRow } from './sql.ts'

export interface WalkFilter {
  readonly pet_id: string | null
  readonly from: string | null
  readonly before: string | null
  readonly after: { readonly started_at: string; readonly id: string } | null
  readonly limit: number
}

/** Lists valid walks of the viewer, newest first. Answers one more than `limit`, so that the caller knows whether another page follows. */
export async function listWalks(db: Db, actor: Actor, filter: WalkFilter): Promise<Walk[] | null> {
  const row = await firstRow<{ walks: Walk[] }>(
    db,
    sql`
    WITH ${viewer(actor)}, page AS (
      SELECT walks.id
      FROM viewer
      JOIN walks ON walks.user_id = viewer.id
      WHERE walks.is_valid
        AND walks.deleted_at IS NULL
        AND (${filter.from}::timestamptz IS NULL OR walks.started_at >= ${filter.from})
        AND (${filter.before}::timestamptz IS NULL OR walks.started_at < ${filter.before})
        AND (${filter.after?.started_at ?? null}::timestamptz IS NULL OR (walks.started_at, walks.id) < (${filter.after?.started_at ?? null}, ${filter.after?.id ?? null}::uuid))
        AND (${filter.pet_id}::uuid IS NULL OR EXISTS (
          SELECT 1 FROM walk_pets WHERE walk_pets.walk_id = walks.id AND walk_pets.pet_id = ${filter.pet_id}
        ))
      ORDER BY walks.started_at DESC, walks.id DESC
      LIMIT ${filter.limit + 1}
    )
    SELECT coalesce((
      SELECT json_agg(${walkJson} ORDER BY walks.started_at DESC, walks.id DESC)
      FROM walks
      WHERE walks.id IN (SELECT page.id FROM page)
    ), '[]') AS walks
    FROM viewer`,
  )
  return row?.walks ?? null
}

export function findActiveWalk(db: Db, actor: Actor, startedAfter: Date): Promise<{ walk: Walk | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT ${walkJson}
      FROM walks
      WHERE walks.user_id = viewer.id
        AND walks.status = 'active'
        AND walks.deleted_at IS NULL
        AND walks.started_at > ${startedAfter.toISOString()}
    ) AS walk
    FROM viewer`,
  )
}

/** The viewer's own walk, one that its owner shares with them, or for an admin one that moderation has closed. */
const isVisible = sql`(
        walks.user_id = viewer.id
        OR ${seesPost(sql`viewer.id`, sql`walks.id`)}
        OR (viewer.role = 'admin' AND walks.shared_to_feed AND ${isClosedByModeration('walk', sql`walks.id`)})
      )`

// blocked too: `sees_post` asks.
/** Finds a walk that the viewer may see. Without one it says whether a temporary measure is the only reason. */
export function findVisibleWalk(
  db: Db,
  actor: Actor,
  walkId: string,
): Promise<{ walk: WalkRow | null; is_temporarily_closed: boolean } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT ${walkRowJson} AS walk, walks.id IS NULL AND ${isTemporarilyClosed(sql`viewer.id`, sql`${walkId}::uuid`)} AS is_temporarily_closed
    FROM viewer
    LEFT JOIN (walks JOIN users owner ON owner.id = walks.user_id AND owner.deleted_at IS NULL)
      ON walks.id = ${walkId}
      AND walks.deleted_at IS NULL
      AND ${isVisible}`,
  )
}

export interface WalkFigures {
  readonly segments: Segment[]
  readonly distance_m: number
  readonly avg_speed_kmh: number
  readonly max_speed_kmh: number
  readonly moving_sec: number
  readonly stopped_sec: number
  readonly ascent_m: number
  readonly descent_m: number
}

/** Finds the measured figures of the viewer's own walk, and whether the viewer is premium. Heights and paces along the way tell others where it went. */
export function findWalkFigures(
  db: Db,
  actor: Actor,
  walkId: string,
  now: Date,
): Promise<{ figures: WalkFigures | null; is_premium: boolean } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT json_build_object(
        'segments', coalesce(walks.segments, '[]'), 'distance_m', walks.distance_m, 'avg_speed_kmh', walks.avg_speed_kmh,
        'max_speed_kmh', walks.max_speed_kmh, 'moving_sec', walks.moving_sec, 'stopped_sec', walks.stopped_sec,
        'ascent_m', walks.ascent_m, 'descent_m', walks.descent_m
      )
      FROM walks
      WHERE walks.id = ${walkId}
        AND walks.user_id = viewer.id
        AND walks.deleted_at IS NULL
        AND walks.status = 'completed'
    ) AS figures,
    ${isPremium(sql`viewer.id`, now)} AS is_premium
    FROM viewer`,
  )
}

export interface ExportRow {
  readonly track_key: string | null
  readonly started_at: string
  readonly completed_at: string
  readonly pet_names: string
  /** The measured line: [lng, lat, epoch seconds], piece by piece. */
  readonly line: [number, number, number][][]
}

/** Finds what the GPX of the viewer's own walk is made of. */
export function findWalkExport(db: Db, actor: Actor, walkId: string): Promise<{ walk: ExportRow | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT json_build_object(
        'track_key', walks.track_key,
        'started_at', walks.started_at,
        'completed_at', walks.completed_at,
        'pet_names', (SELECT coalesce(string_agg(pets.name, ', ' ORDER BY walk_pets.position), '') FROM walk_pets JOIN pets ON pets.id = walk_pets.pet_id WHERE walk_pets.walk_id = walks.id),
        'line', (
          SELECT coalesce(json_agg(piece.points ORDER BY piece.number), '[]')
          FROM (
            SELECT point.path[1] AS number, json_agg(json_build_array(ST_X(point.geom), ST_Y(point.geom), ST_M(point.geom)) ORDER BY point.path) AS points
            FROM ST_DumpPoints(walks.line) AS point
            GROUP BY 1
          ) AS piece
        )
      )
      FROM walks
      WHERE walks.id = ${walkId}
        AND walks.user_id = viewer.id
        AND walks.deleted_at IS NULL
        AND walks.status = 'completed'
    ) AS walk
    FROM viewer`,
  )
}

/** Why a map may not be opened (`map_refusal`). */
export type MapRefusal = 'too_close_to_home' | 'too_early' | 'too_few_walks'

/**
 * Changes the viewer's own walk. Nothing has changed when a pet is not the viewer's (`is_each_pet_theirs` is false), the map may not be opened, or the viewer is
 * suspended and others would read what is written.
 */
export function updateWalk(
  db: Db,
  actor: Actor,
  walkId: string,
  change: EditWalk,
  now: Date,
): Promise<{ walk: WalkRow | null; is_each_pet_theirs: boolean; map_refusal: MapRefusal | null; suspended_until: string | null } | null> {
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
  const mine = sql`
      SELECT walks.id
      FROM viewer
      JOIN walks ON walks.user_id = viewer.id
      WHERE walks.id = ${walkId} AND walks.deleted_at IS NULL AND ${isEachPetTheirs} AND ${mapRefusal} IS NULL
        AND (${mayWrite(now)} OR NOT ${isForOthers})`
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
    SELECT ${walkRowJson} AS walk, ${isEachPetTheirs} AS is_each_pet_theirs, ${mapRefusal} AS map_refusal, ${suspension} AS suspended_until
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
 * time. `is_known` is true only in the second case.
 */
export function restoreWalk(db: Db, actor: Actor, walkId: string, since: Date, now: Date): Promise<Restored | null> {
  // What was deleted made room for other walks, so it is asked again whether all of it is too much.
  const doubt = sql`${JSON.stringify([EXCESS_REASON])}::jsonb`
  const known = sql`${JSON.stringify([{ code: EXCESS_REASON.code }])}::jsonb`
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
      AND NOT EXISTS (
        SELECT 1
        FROM walks other
        WHERE other.user_id = viewer.id
          AND other.is_valid AND other.deleted_at IS NULL
          AND walks.is_valid
          AND tstzrange(other.started_at, other.ended_at) && tstzrange(walks.started_at, walks.ended_at)
      )`
  const uncompared = sql`UPDATE walk_traces SET is_compared = false WHERE walk_id = ${myWalk(actor, walkId)}`
  return answerOf(db, {
    ...settleWalk(actor.user_id, myWalk(actor, walkId), now, { change, uncompared }),
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
