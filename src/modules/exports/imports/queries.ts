import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import type { Creation } from '../../../core/idempotency.ts'
import { asArray } from '../../../db/array.ts'
import { answerOf, type Db, firstRow, runBatch } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import { outboxInsert } from '../../../jobs/sql.ts'
import { JOB } from '../../../jobs/types.ts'
import type { CreateImport, Import, ImportFile, ImportOptions } from './schema.ts'

/** As stored. The sentences are added by the service. */
export type ImportRow = Omit<Import, 'detail'>
export type ImportFileRow = Omit<ImportFile, 'detail'>

/** A row of `imports`, which must be in scope. */
const importJson = sql<ImportRow>`(
      SELECT json_build_object(
        'id', imports.id, 'kind', imports.kind, 'state', imports.state, 'reason', imports.reason, 'name', imports.name,
        'created_at', imports.created_at, 'finished_at', imports.finished_at, 'report', imports.report,
        'counts', json_build_object(
          'files', count(files.state), 'waiting', count(*) FILTER (WHERE files.state = 'waiting'), 'imported', count(*) FILTER (WHERE files.state = 'imported'),
          'duplicate', count(*) FILTER (WHERE files.state = 'duplicate'), 'skipped', count(*) FILTER (WHERE files.state = 'skipped'),
          'failed', count(*) FILTER (WHERE files.state = 'failed')
        )
      )
      FROM (SELECT 1) AS one
      LEFT JOIN import_files AS files ON files.import_id = imports.id
    )`

export interface CreateAnswer {
  readonly import: ImportRow | null
  readonly request_hash: string | null
  readonly is_id_taken: boolean
  readonly running_id: string | null
  readonly is_each_pet_theirs: boolean
  readonly made_today: number
}

/** Makes an import that waits for its file, unless one is running. One that still waits is given up, because its file will not come any more. */
export function insertImport(
  db: Db,
  actor: Actor,
  { id, request_hash, kind, name, options }: Creation & Pick<CreateImport, 'kind' | 'name'> & { readonly options: ImportOptions },
  { dailyMax }: { dailyMax: number },
  now: Date,
): Promise<CreateAnswer | null> {
  const at = now.toISOString()
  const running = sql`(SELECT busy.id FROM imports busy WHERE busy.user_id = viewer.id AND busy.state = 'running' AND busy.id <> ${id})`
  const isTheirs = sql`(
      SELECT count(*) = ${options.pet_ids.length}
      FROM pets
      WHERE pets.id = ANY (${asArray(options.pet_ids)}::uuid[]) AND pets.user_id = viewer.id AND pets.archived_at IS NULL
    )`
  const madeToday = sql`(
      SELECT count(*)::int FROM imports made WHERE made.user_id = viewer.id AND made.created_at > ${at}::timestamptz - interval '1 day' AND made.id <> ${id}
    )`
  return answerOf(db, {
    lock: lockViewer(actor),
    made: sql`
    WITH ${viewer(actor)}, made AS (
      INSERT INTO imports (id, user_id, request_hash, kind, state, name, options, created_at, touched_at)
      SELECT ${id}, viewer.id, ${request_hash}, ${kind}, 'waiting', ${name ?? null}, ${JSON.stringify(options)}::jsonb, ${at}, ${at}
      FROM viewer
      WHERE ${running} IS NULL AND ${isTheirs} AND ${madeToday} < ${dailyMax}
      ON CONFLICT (id) DO NOTHING
      RETURNING user_id, id
    )
    UPDATE imports
    SET state = 'failed', reason = 'never_uploaded', finished_at = ${at}
    FROM made
    WHERE imports.user_id = made.user_id AND imports.state = 'waiting' AND imports.id <> made.id`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN imports.id IS NOT NULL THEN ${importJson} END AS import,
           imports.request_hash,
           EXISTS (SELECT 1 FROM imports taken WHERE taken.id = ${id}) AS is_id_taken,
           ${running} AS running_id,
           ${isTheirs} AS is_each_pet_theirs,
           ${madeToday} AS made_today
    FROM viewer
    LEFT JOIN imports ON imports.id = ${id} AND imports.user_id = viewer.id`,
  })
}

export interface StartAnswer {
  readonly import: ImportRow | null
  /** Whether this file is the one that is imported now. */
  readonly is_taken: boolean
  /** Whether the import has a file of the same length. */
  readonly is_repeat: boolean
  readonly running_id: string | null
  readonly outbox_id: string | null
}

/** Gives an import its file and begins with it. */
export async function startImport(
  db: Db,
  actor: Actor,
  importId: string,
  { object_key, bytes }: { object_key: string; bytes: number },
  now: Date,
): Promise<StartAnswer | null> {
  const at = now.toISOString()
  const running = sql`(SELECT busy.id FROM imports busy WHERE busy.user_id = viewer.id AND busy.state = 'running' AND busy.id <> ${importId})`
  const { told, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    started: sql`
    WITH ${viewer(actor)}
    UPDATE imports
    SET state = 'running', object_key = ${object_key}, bytes = ${bytes}, touched_at = ${at}
    FROM viewer
    WHERE imports.id = ${importId} AND imports.user_id = viewer.id AND imports.state = 'waiting' AND ${running} IS NULL`,
    told: outboxInsert(
      JOB.runImport,
      sql`SELECT jsonb_build_object('import_id', id, 'part', part) AS payload FROM imports WHERE id = ${importId} AND object_key = ${object_key}`,
    ),
    answer: sql<Omit<StartAnswer, 'outbox_id'>>`
    WITH ${viewer(actor)}
    SELECT CASE WHEN imports.id IS NOT NULL THEN ${importJson} END AS import, coalesce(imports.object_key = ${object_key}, false) AS is_taken,
           coalesce(imports.bytes = ${bytes}, false) AS is_repeat,
           ${running} AS running_id
    FROM viewer
    LEFT JOIN imports ON imports.id = ${importId} AND imports.user_id = viewer.id`,
  })
  return answer[0] ? { ...answer[0], outbox_id: told[0]?.id ?? null } : null
}

export function findImport(db: Db, actor: Actor, importId: string): Promise<{ import: ImportRow | null } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT CASE WHEN imports.id IS NOT NULL THEN ${importJson} END AS import
    FROM viewer
    LEFT JOIN imports ON imports.id = ${importId} AND imports.user_id = viewer.id`,
  )
}

const listOf = (json: SQL, page: SQL) => sql`coalesce((SELECT json_agg(${json}) FROM (${page}) AS page), '[]')`

/** The viewer's imports, newest first. Answers one more than `limit`. */
export function listImports(
  db: Db,
  actor: Actor,
  { after, limit }: { after: { created_at: string; id: string } | null; limit: number },
): Promise<{ imports: (ImportRow & { readonly position_at: string })[] } | null> {
  const page = sql`
      SELECT ${importJson}::jsonb || jsonb_build_object('position_at', imports.created_at::text) AS import
      FROM imports
      WHERE imports.user_id = viewer.id
        AND (${after?.created_at ?? null}::timestamptz IS NULL OR (imports.created_at, imports.id) < (${after?.created_at ?? null}, ${after?.id ?? null}::uuid))
      ORDER BY imports.created_at DESC, imports.id DESC
      LIMIT ${limit + 1}`
  return firstRow(db, sql`WITH ${viewer(actor)} SELECT ${listOf(sql`page.import`, page)} AS imports FROM viewer`)
}

/** Files of the viewer's import, in the order of the archive. Answers one more than `limit`. */
export function listImportFiles(
  db: Db,
  actor: Actor,
  importId: string,
  { after, limit }: { after: readonly [number, number] | null; limit: number },
): Promise<{ is_known: boolean; files: ImportFileRow[] } | null> {
  const page = sql`
      SELECT files.position, files.track, files.name, files.state, files.reason, files.walk_id
      FROM imports
      JOIN import_files AS files ON files.import_id = imports.id
      WHERE imports.id = ${importId} AND imports.user_id = viewer.id
        AND (${after?.[0] ?? null}::int IS NULL OR (files.position, files.track) > (${after?.[0] ?? null}::int, ${after?.[1] ?? null}::int))
      ORDER BY files.position, files.track
      LIMIT ${limit + 1}`
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT EXISTS (SELECT 1 FROM imports WHERE imports.id = ${importId} AND imports.user_id = viewer.id) AS is_known,
           ${listOf(sql`page`, page)} AS files
    FROM viewer`,
  )
}
