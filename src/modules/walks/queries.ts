import { sql } from 'drizzle-orm'
import type { User } from '../../core/actor.ts'
import { asArray } from '../../db/array.ts'
import { type Db, firstRow, lastRow } from '../../db/client.ts'
import { isBlocked } from '../../db/blocks.ts'
import { asLatLng } from '../../db/geography.ts'
import { awardBadges, earnedBadges, foldWalk } from '../../db/badges.ts'
import { walkPhotos } from '../../db/photos.ts'
import { foldHistogram } from '../../db/rankings.ts'
import { regionJson } from '../../db/region-json.ts'
import { isPremium, lockViewer, viewer } from '../../db/viewer.ts'
import type { WalkPhotoRow } from '../uploads/schema.ts'
import type { EditWalk, Segment, Walk, WalkDetail } from './schema.ts'

/** What a walk is shown from: `Walk` and what only its owner, or the trimming for others, may see. */
export interface WalkRow extends Walk {
  readonly user: { id: string; nickname: string }
  readonly reasons: unknown
  readonly badges: WalkDetail['badges']
  readonly photos: WalkPhotoRow[]
  readonly company: WalkDetail['company']
}

/** The JSON of a row of `walks`, which must be in scope by that name. */
export const walkJson = sql`json_build_object(
        'id', walks.id,
        'status', walks.status,
        'is_valid', walks.is_valid,
        'auto_ended', walks.auto_ended,
        'started_at', walks.started_at,
        'ended_at', walks.ended_at,
        'pets', (
          SELECT coalesce(json_agg(json_build_object('id', pets.id, 'name', pets.name, 'species', pets.species) ORDER BY walk_pets.position), '[]')
          FROM walk_pets
          JOIN pets ON pets.id = walk_pets.pet_id
          WHERE walk_pets.walk_id = walks.id
        ),
        'goal', CASE WHEN coalesce(walks.goal_distance_m, walks.goal_duration_sec) IS NOT NULL
          THEN json_build_object('distance_m', walks.goal_distance_m, 'duration_sec', walks.goal_duration_sec) END,
        'distance_m', walks.distance_m,
        'duration_sec', walks.duration_sec,
        'avg_speed_kmh', walks.avg_speed_kmh,
        'calories', walks.calories,
        'memo', walks.memo,
        'shared_to_feed', walks.shared_to_feed,
        'region', (
          SELECT ${regionJson}
          FROM regions
          WHERE regions.code = walks.region_code
        ),
        'weather', walks.weather,
        'route_polyline', walks.route_polyline
      )`

/** Owner's name, reasons, badges and photos beside the walk: what a detail needs more than a list. `viewer` must be in scope. */
export const walkRowJson = sql`(${walkJson}::jsonb || jsonb_build_object(
        'user', (SELECT jsonb_build_object('id', users.id, 'nickname', users.nickname) FROM users WHERE users.id = walks.user_id),
        'reasons', coalesce(walks.reasons, '[]'),
        'badges', ${earnedBadges(sql`viewer.id`, sql`user_badges.walk_id = walks.id`)},
        'photos', ${walkPhotos(sql`walks.id`)},
        'company', (
          SELECT coalesce(json_agg(json_build_object('id', users.id, 'nickname', users.nickname) ORDER BY users.nickname), '[]')
          FROM users
          WHERE users.id = ANY (walks.together_with)
            AND walks.user_id = viewer.id
            AND users.deleted_at IS NULL
            AND NOT ${isBlocked(sql`viewer.id`, sql`users.id`)}
        )
      ))`

export interface WalkFilter {
  readonly pet_id: string | null
  readonly from: string | null
  readonly before: string | null
  readonly after: { readonly started_at: string; readonly id: string } | null
  readonly limit: number
}

/** Valid walks of the viewer, newest first; one more than `limit`, so that the caller knows whether another page follows. */
export async function listWalks(db: Db, actor: User, filter: WalkFilter): Promise<Walk[] | null> {
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

export function findActiveWalk(db: Db, actor: User, now: Date): Promise<{ walk: Walk | null } | null> {
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
        AND walks.started_at > ${now.toISOString()}::timestamptz - interval '12 hours'
    ) AS walk
    FROM viewer`,
  )
}

/** Their own, or a valid one shared by somebody who is not blocked. */
const isVisible = sql`(walks.user_id = viewer.id OR (walks.is_valid AND walks.shared_to_feed AND NOT ${isBlocked(sql`viewer.id`, sql`walks.user_id`)}))`

/** A walk the viewer may see. */
export function findVisibleWalk(
  db: Db,
  actor: User,
  walkId: string,
): Promise<{ walk: WalkRow | null; zone: { center: { lat: number; lng: number }; radius_m: number } | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN walks.id IS NOT NULL THEN ${walkRowJson} END AS walk,
           CASE WHEN owner.privacy_zone_radius_m IS NOT NULL
             THEN json_build_object('center', ${asLatLng(sql`owner.privacy_zone_center`)}, 'radius_m', owner.privacy_zone_radius_m) END AS zone
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
  readonly is_mine: boolean
}

/** The measured figures of a walk the viewer may see, and whether the viewer is premium. */
export function findWalkFigures(
  db: Db,
  actor: User,
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
        'ascent_m', walks.ascent_m, 'descent_m', walks.descent_m, 'is_mine', walks.user_id = viewer.id
      )
      FROM walks
      JOIN users owner ON owner.id = walks.user_id AND owner.deleted_at IS NULL
      WHERE walks.id = ${walkId}
        AND walks.deleted_at IS NULL
        AND walks.status = 'completed'
        AND ${isVisible}
    ) AS figures,
    ${isPremium(sql`viewer.id`, now)} AS is_premium
    FROM viewer`,
  )
}

export interface ExportRow {
  readonly track_key: string | null
  readonly started_at: string
  readonly pet_names: string
  /** The measured line: [lng, lat, epoch seconds]. */
  readonly line: [number, number, number][]
}

/** What a GPX of the viewer's own walk is made of. */
export function findWalkExport(db: Db, actor: User, walkId: string): Promise<{ walk: ExportRow | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT json_build_object(
        'track_key', walks.track_key,
        'started_at', walks.started_at,
        'pet_names', (SELECT coalesce(string_agg(pets.name, ', ' ORDER BY walk_pets.position), '') FROM walk_pets JOIN pets ON pets.id = walk_pets.pet_id WHERE walk_pets.walk_id = walks.id),
        'line', (SELECT coalesce(json_agg(json_build_array(ST_X(point.geom), ST_Y(point.geom), ST_M(point.geom)) ORDER BY point.path), '[]') FROM ST_DumpPoints(walks.line) AS point)
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

/** Changes the viewer's own walk. `is_each_pet_theirs` is false where a pet was not, and then nothing has changed. */
export function updateWalk(
  db: Db,
  actor: User,
  walkId: string,
  change: EditWalk,
  now: Date,
): Promise<{ walk: WalkRow | null; is_each_pet_theirs: boolean } | null> {
  const petIds = change.pet_ids ?? []
  const isEachPetTheirs = sql`(
      SELECT count(*) = ${petIds.length} FROM pets WHERE pets.id = ANY (${asArray(petIds)}::uuid[]) AND pets.user_id = ${actor.user_id}
    )`
  const mine = sql`
      SELECT walks.id
      FROM viewer
      JOIN walks ON walks.user_id = viewer.id
      WHERE walks.id = ${walkId} AND walks.deleted_at IS NULL AND ${isEachPetTheirs}`
  return lastRow(db, [
    lockViewer(actor),
    sql`
    WITH ${viewer(actor)}
    UPDATE walks
    SET memo = CASE WHEN ${change.memo !== undefined} THEN ${change.memo ?? null} ELSE memo END,
        shared_to_feed = coalesce(${change.shared_to_feed ?? null}, shared_to_feed)
    WHERE id IN (${mine})`,
    sql`
    WITH ${viewer(actor)}
    DELETE FROM walk_pets
    WHERE walk_id IN (${mine}) AND ${change.pet_ids !== undefined} AND pet_id <> ALL (${asArray(petIds)}::uuid[])`,
    sql`
    WITH ${viewer(actor)}, mine AS (${mine})
    INSERT INTO walk_pets (walk_id, pet_id, position)
    SELECT mine.id, given.pet_id, given.position
    FROM mine, unnest(${asArray(petIds)}::uuid[]) WITH ORDINALITY AS given (pet_id, position)
    ON CONFLICT (walk_id, pet_id) DO UPDATE
    SET position = excluded.position`,
    foldWalk(actor, walkId),
    awardBadges(actor, walkId, now),
    foldHistogram(actor),
    sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN walks.id IS NOT NULL THEN ${walkRowJson} END AS walk, ${isEachPetTheirs} AS is_each_pet_theirs
    FROM viewer
    LEFT JOIN walks ON walks.id = ${walkId} AND walks.user_id = viewer.id AND walks.deleted_at IS NULL`,
  ])
}
