import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { geographyPoint, type LatLng } from '../../../db/geography.ts'
import { viewer } from '../../../db/viewer.ts'
import type { LastWay, SimilarWalks } from './schema.ts'

/** A place where none of so many walks began is new to somebody. */
const LATEST_MAX = 1_000

/** Finds the newest valid walk that the viewer has recorded and that has a route, among their latest and near a place if one is given. */
export function findLastWay(db: Db, actor: Actor, near: LatLng | null): Promise<{ way: LastWay | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT last_way_json(viewer.id, ${near && geographyPoint(near)}, ${LATEST_MAX}) AS way
    FROM viewer`,
  )
}

export interface SimilarRow {
  readonly walk: SimilarWalks['walk'] | null
  readonly others: Omit<SimilarWalks['others'][number], 'difference'>[]
}

/** How many of the newest walks of about that length are compared. */
const COMPARED_MAX = 500
const LEAST_SHARE = 0.5

/** Finds the walks of the viewer that passed through the squares of one of them: at least half of all squares of the two are the same. */
export function listSimilarWalks(db: Db, actor: Actor, walkId: string, limit: number): Promise<SimilarRow | null> {
  const compared = (walk: SQL) => sql`'walk_id', ${walk}.id, 'started_at', ${walk}.started_at, 'distance_m', ${walk}.distance_m,
        'duration_sec', ${walk}.duration_sec, 'avg_speed_kmh', ${walk}.avg_speed_kmh`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, mine AS (
      SELECT walks.id, walks.started_at, walks.distance_m, walks.duration_sec, walks.avg_speed_kmh, walk_traces.cells
      FROM viewer
      JOIN walks ON walks.user_id = viewer.id
      LEFT JOIN walk_traces ON walk_traces.walk_id = walks.id
      WHERE walks.id = ${walkId} AND walks.is_valid AND walks.deleted_at IS NULL
        AND walks.distance_m IS NOT NULL AND walks.duration_sec IS NOT NULL AND walks.avg_speed_kmh IS NOT NULL
    )
    SELECT (SELECT json_build_object(${compared(sql`mine`)}) FROM mine) AS walk,
      (
        SELECT coalesce(json_agg(json_build_object(${compared(sql`alike`)}, 'similarity_percent', floor(alike.share * 100)::int)
                                 ORDER BY alike.share DESC, alike.started_at DESC), '[]')
        FROM (
          SELECT other.id, other.started_at, other.distance_m, other.duration_sec, other.avg_speed_kmh, likeness.share
          FROM mine
          CROSS JOIN LATERAL (
            SELECT walks.id, walks.started_at, walks.distance_m, walks.duration_sec, walks.avg_speed_kmh
            FROM walks
            WHERE walks.user_id = viewer.id AND walks.is_valid AND walks.deleted_at IS NULL AND walks.id <> mine.id
              AND walks.distance_m BETWEEN mine.distance_m * 0.7 AND mine.distance_m / 0.7
              AND walks.duration_sec IS NOT NULL AND walks.avg_speed_kmh IS NOT NULL
            ORDER BY walks.started_at DESC
            LIMIT ${COMPARED_MAX}
          ) AS other
          JOIN walk_traces ON walk_traces.walk_id = other.id
          CROSS JOIN LATERAL (
            SELECT count(*) AS squares FROM unnest(walk_traces.cells) AS square WHERE square = ANY (mine.cells)
          ) AS common
          CROSS JOIN LATERAL (
            SELECT common.squares::float8 / greatest(cardinality(walk_traces.cells) + cardinality(mine.cells) - common.squares, 1) AS share
          ) AS likeness
          WHERE likeness.share >= ${LEAST_SHARE}
          ORDER BY likeness.share DESC, other.started_at DESC
          LIMIT ${limit}
        ) AS alike
      ) AS others
    FROM viewer`,
  )
}
