import { sql } from 'drizzle-orm'
import { type Db, firstRow } from '../../../db/client.ts'
import { measuredAt } from '../../walks/sql.ts'
import type { Part } from './part.queries.ts'
import type { NewFile } from './queries.ts'

export interface KeyedRow {
  readonly row_key: string
  readonly content: string
}

// public: a job's.
/** The next rows of a file, in the order of their keys. Records of a restored archive stand among them, where there is no row of the same key. */
export async function listRows(db: Db, userId: string, part: Part, after: string, limit: number): Promise<KeyedRow[]> {
  const { rows } = await db.execute<KeyedRow & Record<string, unknown>>(sql`
    WITH own AS (${part.rows(sql`${userId}::uuid`)}), every AS (
      SELECT own.row_key, own.content FROM own
      UNION ALL
      SELECT archived.row_key, archived.content
      FROM archived_records archived
      WHERE archived.user_id = ${userId} AND archived.part = ${part.name} AND NOT EXISTS (SELECT 1 FROM own WHERE own.row_key = archived.row_key)
    )
    SELECT row_key, content
    FROM every
    WHERE row_key COLLATE "C" > ${after}
    ORDER BY row_key COLLATE "C"
    LIMIT ${limit}`)
  return rows
}

/** A recording in base64, as long as R2 has not taken it. */
const spooledTrack = sql`(SELECT translate(encode(content, 'base64'), E'\\n', '') FROM track_spool WHERE track_spool.walk_id = walks.id)`

export interface TrackRow {
  readonly id: string
  readonly track_key: string | null
  readonly spooled: string | null
  readonly started_at: string
  /** The clock by which its recording was measured. */
  readonly measured_at: string
  readonly pet_names: string
}

// public: a job's.
/** The next walks that have a recording or a line, of those that were there when the archive was asked for. */
export async function listTracks(db: Db, userId: string, before: string, after: string, limit: number): Promise<TrackRow[]> {
  const { rows } = await db.execute<TrackRow & Record<string, unknown>>(sql`
    SELECT walks.id, walks.track_key, ${spooledTrack} AS spooled, to_json(walks.started_at) AS started_at, to_json(${measuredAt}) AS measured_at,
           (
             SELECT coalesce(string_agg(pets.name, ', ' ORDER BY walk_pets.position), '')
             FROM walk_pets
             JOIN pets ON pets.id = walk_pets.pet_id
             WHERE walk_pets.walk_id = walks.id
           ) AS pet_names
    FROM walks
    WHERE walks.user_id = ${userId} AND walks.deleted_at IS NULL AND walks.status = 'completed' AND walks.completed_at <= ${before}
      AND (walks.track_key IS NOT NULL OR walks.line IS NOT NULL)
      AND (${after} = '' OR walks.id > nullif(${after}, '')::uuid)
    ORDER BY walks.id
    LIMIT ${limit}`)
  return rows
}

// public: a job's.
/** The measured line of a walk whose recording is lost: pieces of `[lng, lat, seconds]`. */
export async function findLine(db: Db, walkId: string): Promise<(readonly [number, number, number])[][]> {
  const row = await firstRow<{ line: (readonly [number, number, number])[][] }>(
    db,
    sql`
    SELECT (
      SELECT coalesce(json_agg(piece.points ORDER BY piece.number), '[]')
      FROM (
        SELECT point.path[1] AS number, json_agg(json_build_array(ST_X(point.geom), ST_Y(point.geom), ST_M(point.geom)) ORDER BY point.path) AS points
        FROM ST_DumpPoints(walks.line) AS point
        GROUP BY 1
      ) AS piece
    ) AS line
    FROM walks
    WHERE walks.id = ${walkId}`,
  )
  return row?.line ?? []
}

export interface PhotoRow {
  readonly id: string
  readonly object_key: string
}

// public: a job's.
export async function listPhotos(db: Db, userId: string, before: string, after: string, limit: number): Promise<PhotoRow[]> {
  const { rows } = await db.execute<PhotoRow & Record<string, unknown>>(sql`
    SELECT photos.id, photos.object_key
    FROM photos
    WHERE photos.user_id = ${userId} AND photos.created_at <= ${before} AND (${after} = '' OR photos.id > nullif(${after}, '')::uuid)
    ORDER BY photos.id
    LIMIT ${limit}`)
  return rows
}

// public: a job's.
export async function listFiles(db: Db, exportId: string): Promise<NewFile[]> {
  const { rows } = await db.execute<NewFile & Record<string, unknown>>(sql`
    SELECT name, offset_bytes::float8 AS offset_bytes, stored_bytes::float8 AS stored_bytes, bytes::float8 AS bytes, is_deflated, crc32::float8 AS crc32, sha256, row_count
    FROM export_files
    WHERE export_id = ${exportId}
    ORDER BY position`)
  return rows
}
