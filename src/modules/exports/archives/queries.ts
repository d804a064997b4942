import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import type { Creation } from '../../../core/idempotency.ts'
import { type Db, firstRow, runBatch, answerOf } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { outboxInsert } from '../../../jobs/sql.ts'
import { JOB } from '../../../jobs/types.ts'
import { notify } from '../../notifications/sql.ts'
import type { Cursor } from './schema.ts'

export interface ExportRow {
  readonly id: string
  readonly state: 'running' | 'ready' | 'failed' | 'gone'
  readonly has_photos: boolean
  readonly percent: number
  readonly bytes: number
  readonly file_count: number
  readonly missing_count: number
  readonly created_at: string
  readonly ready_at: string | null
  readonly expires_at: string | null
  readonly failure: 'too_large' | 'stalled' | null
}

const exportJson = sql`json_build_object(
      'id', exports.id, 'state', exports.state, 'has_photos', exports.has_photos, 'percent', exports.percent, 'bytes', exports.bytes,
      'file_count', exports.file_count, 'missing_count', exports.missing_count, 'created_at', exports.created_at, 'ready_at', exports.ready_at,
      'expires_at', exports.expires_at, 'failure', exports.failure
    )`

/** Makes an archive, unless one was asked for within a day that did not fail. Answers the one with the id, the one that stands in its way, and what to announce. */
export function insertExport(
  db: Db,
  actor: Actor,
  { id, request_hash, has_photos }: Creation & { readonly has_photos: boolean },
  now: Date,
  since: Date,
): Promise<{
  made: ExportRow | null
  request_hash: string | null
  last: ExportRow | null
  is_id_taken: boolean
  outbox_ids: string[]
} | null> {
  const start: Cursor = { step: 'rows', part: 0, volume: 0, after: '' }
  return answerOf(db, {
    lock: lockViewer(actor),
    made: sql`
    WITH ${viewer(actor)}, made AS (
      INSERT INTO exports (id, user_id, request_hash, has_photos, created_at, moved_at, cursor)
      SELECT ${id}, viewer.id, ${request_hash}, ${has_photos}, ${now.toISOString()}, ${now.toISOString()}, ${JSON.stringify(start)}
      FROM viewer
      WHERE NOT EXISTS (
        SELECT 1 FROM exports WHERE exports.user_id = viewer.id AND exports.created_at > ${since.toISOString()} AND exports.state <> 'failed'
      )
      ON CONFLICT (id) DO NOTHING
      RETURNING exports.id
    )
    ${outboxInsert(JOB.makeExport, sql`SELECT jsonb_build_object('export_id', made.id, 'slice', 0) AS payload FROM made`)}`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT (SELECT ${exportJson} FROM exports WHERE exports.id = ${id} AND exports.user_id = viewer.id) AS made,
           (SELECT exports.request_hash FROM exports WHERE exports.id = ${id} AND exports.user_id = viewer.id) AS request_hash,
           EXISTS (SELECT 1 FROM exports WHERE exports.id = ${id} AND exports.user_id <> viewer.id) AS is_id_taken,
           (SELECT ${exportJson} FROM exports WHERE exports.user_id = viewer.id AND exports.state <> 'failed' ORDER BY exports.created_at DESC LIMIT 1) AS last,
           (
             SELECT coalesce(json_agg(outbox.id), '[]')
             FROM outbox
             WHERE outbox.type = ${JOB.makeExport} AND outbox.done_at IS NULL AND outbox.attempts = 0 AND outbox.payload = jsonb_build_object('export_id', ${id}::text, 'slice', 0)
           ) AS outbox_ids
    FROM viewer`,
  })
}

/** The latest thirty. */
export function listExports(db: Db, actor: Actor): Promise<{ items: ExportRow[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(latest.export ORDER BY latest.created_at DESC, latest.id), '[]')
      FROM (
        SELECT ${exportJson} AS export, exports.created_at, exports.id
        FROM exports
        WHERE exports.user_id = viewer.id
        ORDER BY exports.created_at DESC, exports.id
        LIMIT 30
      ) AS latest
    ) AS items
    FROM viewer`,
  )
}

export function findExport(db: Db, actor: Actor, id: string): Promise<{ export: ExportRow | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (SELECT ${exportJson} FROM exports WHERE exports.id = ${id} AND exports.user_id = viewer.id) AS export
    FROM viewer`,
  )
}

/** Stops an archive that is being made, or gives up the file of one that is ready. Asked again, it is the same. */
export function giveUpExport(db: Db, actor: Actor, id: string): Promise<{ is_found: boolean } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, given_up AS (
      UPDATE exports
      SET state = 'gone', attempt = NULL, expires_at = NULL
      FROM viewer
      WHERE exports.id = ${id} AND exports.user_id = viewer.id AND exports.state IN ('running', 'ready')
    )
    SELECT EXISTS (SELECT 1 FROM exports WHERE exports.id = ${id} AND exports.user_id = viewer.id) AS is_found
    FROM viewer`,
  )
}

export interface Piece {
  readonly key: string
  readonly bytes: number
}

// public: whoever has the signed link may download.
export function findPieces(db: Db, id: string, now: Date): Promise<{ pieces: Piece[]; made_at: string } | null> {
  return firstRow(
    db,
    sql`
    SELECT exports.pieces, to_json(exports.ready_at) AS made_at
    FROM exports
    WHERE exports.id = ${id} AND exports.state = 'ready' AND exports.expires_at > ${now.toISOString()}`,
  )
}

export interface Claimed {
  readonly user_id: string
  readonly has_photos: boolean
  readonly created_at: string
  readonly cursor: Cursor
  readonly slice: number
  readonly bytes: number
  readonly file_count: number
  readonly missing_count: number
  readonly walk_count: number
}

// public: a job's.
/** Takes the next slice for one attempt. `held`: another attempt has it, and may be at work. `over`: there is no such slice to be made. */
export async function claimSlice(
  db: Db,
  { export_id, slice }: { export_id: string; slice: number },
  attempt: string,
  now: Date,
  until: Date,
): Promise<Claimed | 'held' | 'over'> {
  const row = await firstRow<{ claimed: Claimed | null; is_waiting: boolean }>(
    db,
    sql`
    WITH claimed AS (
      UPDATE exports
      SET attempt = ${attempt}, lease_until = ${until.toISOString()}
      WHERE id = ${export_id} AND slice = ${slice} AND state = 'running' AND (lease_until IS NULL OR lease_until <= ${now.toISOString()})
      RETURNING exports.*
    )
    SELECT (
             SELECT json_build_object(
               'user_id', claimed.user_id, 'has_photos', claimed.has_photos, 'created_at', claimed.created_at, 'cursor', claimed.cursor,
               'slice', claimed.slice, 'bytes', claimed.bytes, 'file_count', claimed.file_count, 'missing_count', claimed.missing_count,
               'walk_count', (SELECT count(*) FROM walks WHERE walks.user_id = claimed.user_id)
             )
             FROM claimed
           ) AS claimed,
           EXISTS (SELECT 1 FROM exports WHERE id = ${export_id} AND slice = ${slice} AND state = 'running') AS is_waiting`,
  )
  return row?.claimed ?? (row?.is_waiting ? 'held' : 'over')
}

// public: a job's.
/** Gives the slice back, so that a later attempt need not wait for the lease. */
export async function releaseSlice(db: Db, exportId: string, attempt: string): Promise<void> {
  await db.execute(sql`UPDATE exports SET attempt = NULL, lease_until = NULL WHERE id = ${exportId} AND attempt = ${attempt}`)
}

export interface NewFile {
  readonly name: string
  readonly offset_bytes: number
  readonly stored_bytes: number
  readonly bytes: number
  readonly is_deflated: boolean
  readonly crc32: number
  readonly sha256: string
  readonly row_count: number | null
}

export interface Slice {
  readonly files: readonly NewFile[]
  /** Null where nothing was written. */
  readonly piece: Piece | null
  readonly missing: number
  readonly percent: number
  /** Null when the archive is done. */
  readonly next: Cursor | null
}

// public: a job's.
/** Writes down what an attempt has made, unless another has taken the slice. The archive has no byte that this statement does not name. */
export async function commitSlice(
  db: Db,
  { export_id, slice, attempt }: { export_id: string; slice: number; attempt: string },
  { files, piece, missing, percent, next }: Slice,
  now: Date,
  expiresAt: Date,
): Promise<{ is_written: boolean; outbox_ids: string[]; told: string[] }> {
  const at = now.toISOString()
  const { written, sent, told } = await runBatch(db, {
    written: sql<{ id: string }>`
    WITH written AS (
      UPDATE exports
      SET slice = slice + 1, attempt = NULL, lease_until = NULL, moved_at = ${at}, missing_count = missing_count + ${missing}, percent = ${percent},
          file_count = file_count + ${files.length}, cursor = ${JSON.stringify(next ?? { step: 'end' })}::jsonb,
          bytes = bytes + ${piece?.bytes ?? 0}, pieces = pieces || ${JSON.stringify(piece ? [piece] : [])}::jsonb,
          state = ${next ? 'running' : 'ready'}::export_state, ready_at = ${next ? null : at}::timestamptz,
          expires_at = ${next ? null : expiresAt.toISOString()}::timestamptz
      WHERE id = ${export_id} AND slice = ${slice} AND attempt = ${attempt} AND state = 'running'
      RETURNING id, file_count
    ), filed AS (
      INSERT INTO export_files (export_id, position, name, offset_bytes, stored_bytes, bytes, is_deflated, crc32, sha256, row_count)
      SELECT written.id, written.file_count - ${files.length} + file.position, file.name, file.offset_bytes, file.stored_bytes, file.bytes, file.is_deflated,
             file.crc32, file.sha256, file.row_count
      FROM written
      CROSS JOIN jsonb_to_recordset(${JSON.stringify(files.map((file, position) => ({ ...file, position })))}::jsonb) AS file (
        position int, name text, offset_bytes bigint, stored_bytes bigint, bytes bigint, is_deflated boolean, crc32 bigint, sha256 text, row_count int
      )
    )
    SELECT written.id FROM written`,
    sent: outboxInsert(
      JOB.makeExport,
      sql`
      SELECT jsonb_build_object('export_id', exports.id, 'slice', ${slice + 1}::int) AS payload
      FROM exports
      WHERE exports.id = ${export_id} AND exports.slice = ${slice + 1} AND exports.state = 'running' AND exports.moved_at = ${at}
        AND NOT EXISTS (
          SELECT 1 FROM outbox WHERE outbox.type = ${JOB.makeExport} AND outbox.done_at IS NULL AND outbox.died_at IS NULL
            AND outbox.payload = jsonb_build_object('export_id', ${export_id}::text, 'slice', ${slice + 1}::int)
        )`,
    ),
    told: notify(
      'export_ready',
      sql`
      SELECT exports.user_id, exports.id::text AS topic, jsonb_build_object('export_id', exports.id) AS facts, NULL::uuid AS sender_id
      FROM exports
      WHERE exports.id = ${export_id} AND exports.state = 'ready'`,
      sql`${at}::timestamptz`,
    ),
  })
  return { is_written: written.length > 0, outbox_ids: sent.map(({ id }) => id), told: told.map(({ id }) => id) }
}

// public: a job's.
/** Ends an archive that is still at this slice. */
export async function failExport(
  db: Db,
  { export_id, slice }: { export_id: string; slice: number },
  failure: 'too_large' | 'stalled',
  now: Date,
): Promise<void> {
  await db.execute(sql`
    UPDATE exports
    SET state = 'failed', failure = ${failure}, attempt = NULL, lease_until = NULL, moved_at = ${now.toISOString()}
    WHERE id = ${export_id} AND slice = ${slice} AND state = 'running'`)
}
