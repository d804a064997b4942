import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { isClosedByModeration, isTemporarilyClosed, seesPost } from '../social/posts/sql.ts'
import { viewer } from '../../db/viewer.ts'
import type { Segment, Walk } from './schema.ts'
import { measuredAt, walkJson, walkRowJson, type WalkRow } from './sql.ts'

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

/** Finds the paces of the viewer's own walk. They tell others where it went. */
export function findSegments(db: Db, actor: Actor, walkId: string): Promise<{ segments: Segment[] | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(walks.segments, '[]')
      FROM walks
      WHERE walks.id = ${walkId}
        AND walks.user_id = viewer.id
        AND walks.deleted_at IS NULL
        AND walks.status = 'completed'
    ) AS segments
    FROM viewer`,
  )
}

export interface ExportRow {
  readonly track_key: string | null
  readonly started_at: string
  readonly measured_at: string
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
        'measured_at', ${measuredAt},
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
