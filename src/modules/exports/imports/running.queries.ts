import { sql } from 'drizzle-orm'
import { type Db, firstRow, runBatch } from '../../../db/client.ts'
import { outboxInsert } from '../../../jobs/sql.ts'
import { JOB } from '../../../jobs/types.ts'
import { settling } from '../../facts/sql.ts'
import { type ImportedWalk, importWalk } from '../../walks/imported/sql.ts'
import type { FileEntry, FileReason, ImportReason } from './rules.ts'
import type { ImportOptions } from './schema.ts'

/** An import that is running, and the files that are next. */
export interface RunningImport {
  readonly id: string
  readonly user_id: string
  readonly kind: 'withbowwow' | 'files'
  readonly object_key: string
  readonly bytes: number
  readonly name: string | null
  readonly options: ImportOptions
  readonly cursor: unknown
  readonly files: readonly TakenFile[]
}

export interface TakenFile {
  readonly position: number
  readonly name: string
  readonly entry: FileEntry
  readonly attempts: number
}

/**
 * Takes the next files of an import, unless this part of it is over. It counts how often each was taken, before anything is read, because a file that ends the Worker leaves
 * no other trace.
 */
export async function takePart(db: Db, importId: string, part: number, limit: number, now: Date): Promise<RunningImport | null> {
  const { taken, answer } = await runBatch(db, {
    taken: sql<TakenFile>`
    UPDATE import_files
    SET attempts = attempts + 1
    FROM (
      SELECT files.import_id, files.position, files.track
      FROM imports
      JOIN import_files AS files ON files.import_id = imports.id AND files.state = 'waiting'
      WHERE imports.id = ${importId} AND imports.state = 'running' AND imports.part = ${part}
      ORDER BY files.position
      LIMIT ${limit}
    ) AS next
    WHERE (import_files.import_id, import_files.position, import_files.track) = (next.import_id, next.position, next.track)
    RETURNING import_files.position, import_files.name, import_files.entry, import_files.attempts`,
    answer: sql<Omit<RunningImport, 'files'>>`
    UPDATE imports
    SET touched_at = ${now.toISOString()}
    WHERE id = ${importId} AND state = 'running' AND part = ${part}
    RETURNING id, user_id, kind, object_key, bytes::float8 AS bytes, name, options, cursor`,
  })
  return answer[0] ? { ...answer[0], files: taken.toSorted((a, b) => a.position - b.position) } : null
}

/** Writes down which files an import has, before the first of them is read. */
export async function insertFiles(
  db: Db,
  importId: string,
  files: readonly (FileEntry & { name: string; reason: FileReason | null })[],
): Promise<void> {
  await db.execute(sql`
    INSERT INTO import_files (import_id, position, name, state, reason, entry)
    SELECT ${importId}, given.ordinality - 1, given.file ->> 'name',
           (CASE WHEN given.file ->> 'reason' IS NULL THEN 'waiting' ELSE 'skipped' END)::import_file_state, given.file ->> 'reason',
           given.file - '{name,reason}'::text[]
    FROM jsonb_array_elements(${JSON.stringify(files)}::jsonb) WITH ORDINALITY AS given (file, ordinality)
    ON CONFLICT DO NOTHING`)
}

/** What became of a track of a file. */
export interface FileOutcome {
  readonly position: number
  readonly track: number
  readonly name: string
  readonly outcome:
    | { readonly state: 'skipped' | 'failed'; readonly reason: FileReason }
    | { readonly walk: ImportedWalk; readonly pet_ids: readonly string[] }
}

/** Stores what became of files, with the walks that they hold, in one transaction. Answers the walks that are new. */
export async function settleFiles(
  db: Db,
  { id, user_id }: Pick<RunningImport, 'id' | 'user_id'>,
  outcomes: readonly FileOutcome[],
  now: Date,
): Promise<string[]> {
  if (outcomes.length === 0) return []
  const user = sql`${user_id}::uuid`
  // A file that another message has settled meanwhile is left alone. Its first track has a row and comes last, and the others get theirs here.
  const inOrder = outcomes.toSorted((a, b) => a.position - b.position || b.track - a.track)
  const settled = inOrder.map(({ position, track, name, outcome }) => {
    const answer = 'walk' in outcome ? importWalk(user, outcome.walk, outcome.pet_ids, now) : sql`${JSON.stringify(outcome)}::jsonb`
    const isOpen = sql`SELECT 1 FROM import_files WHERE import_id = ${id} AND position = ${position} AND state = 'waiting' AND track = 0`
    return {
      file:
        track === 0
          ? sql<{ walk_id: string | null; state: string }>`
    UPDATE import_files
    SET state = (became.answer ->> 'state')::import_file_state, reason = became.answer ->> 'reason', walk_id = (became.answer ->> 'walk_id')::uuid, entry = NULL
    FROM (SELECT ${answer} AS answer WHERE EXISTS (${isOpen})) AS became
    WHERE import_id = ${id} AND position = ${position} AND track = 0
    RETURNING import_files.walk_id, import_files.state`
          : sql<{ walk_id: string | null; state: string }>`
    INSERT INTO import_files (import_id, position, track, name, state, reason, walk_id)
    SELECT ${id}, ${position}, ${track}, ${name}, (became.answer ->> 'state')::import_file_state, became.answer ->> 'reason', (became.answer ->> 'walk_id')::uuid
    FROM (SELECT ${answer} AS answer WHERE EXISTS (${isOpen})) AS became
    RETURNING walk_id, state`,
    }
  })
  const results = await runBatch(db, settling(user_id, { settled }))
  return results.settled.flatMap(({ file }) => file.flatMap(({ walk_id, state }) => (walk_id && state === 'imported' ? [walk_id] : [])))
}

/** Files that were taken and not read have done nothing. A file that ends the Worker lets nobody come here. */
const forgiveAttempts = (importId: string) =>
  sql`UPDATE import_files SET attempts = 0 WHERE import_id = ${importId} AND state = 'waiting' AND attempts > 0`

/** A part that has failed because something else is down is no fault of its files. */
export async function forgiveFiles(db: Db, importId: string): Promise<void> {
  await db.execute(forgiveAttempts(importId))
}

/**
 * Closes a part. Answers the outbox row of the next one, or null where nothing is left and the import is done. An archive says itself whether something is left; of files
 * those that wait say it.
 */
export async function closePart(
  db: Db,
  { id, part, cursor, report, goes_on }: { id: string; part: number; cursor: unknown; report: object | null; goes_on: boolean | null },
  now: Date,
): Promise<{ outbox_id: string | null; is_over: boolean }> {
  const goesOn = goes_on === null ? sql`EXISTS (SELECT 1 FROM import_files WHERE import_id = ${id} AND state = 'waiting')` : sql`${goes_on}`
  const { closed, told } = await runBatch(db, {
    forgiven: forgiveAttempts(id),
    closed: sql<{ is_over: boolean }>`
    UPDATE imports
    SET part = part + 1, cursor = ${JSON.stringify(cursor)}::jsonb, report = coalesce(${report ? JSON.stringify(report) : null}::jsonb, report),
        state = (CASE WHEN ${goesOn} THEN 'running' ELSE 'done' END)::import_state, touched_at = ${now.toISOString()},
        finished_at = CASE WHEN ${goesOn} THEN NULL ELSE ${now.toISOString()}::timestamptz END,
        object_key = CASE WHEN ${goesOn} THEN object_key END
    WHERE id = ${id} AND part = ${part} AND state = 'running'
    RETURNING state <> 'running' AS is_over`,
    told: outboxInsert(
      JOB.runImport,
      sql`SELECT jsonb_build_object('import_id', id, 'part', part) AS payload FROM imports WHERE id = ${id} AND part = ${part + 1} AND state = 'running'`,
    ),
  })
  return { outbox_id: told[0]?.id ?? null, is_over: closed[0]?.is_over ?? false }
}

/** Ends an import that cannot go on, unless it has gone beyond this part. What it has imported stays. */
export async function failImport(db: Db, importId: string, reason: ImportReason, now: Date, part: number | null = null): Promise<void> {
  await db.execute(sql`
    UPDATE imports
    SET state = 'failed', reason = ${reason}, finished_at = ${now.toISOString()}, object_key = NULL
    WHERE id = ${importId} AND state IN ('waiting', 'running') AND part = coalesce(${part}::int, part)`)
}

/** Gives up imports that have not gone on since then. Answers how many. */
export async function failStuckImports(db: Db, before: Date, now: Date): Promise<number> {
  const { rowCount } = await db.execute(sql`
    UPDATE imports
    SET state = 'failed', reason = CASE WHEN state = 'waiting' THEN 'never_uploaded' ELSE 'interrupted' END, finished_at = ${now.toISOString()},
        object_key = NULL
    WHERE state IN ('waiting', 'running') AND touched_at < ${before.toISOString()}`)
  return rowCount
}

/** Which of the objects an import still needs. */
export async function listNeeded(db: Db, keys: readonly string[]): Promise<string[]> {
  const row = await firstRow<{ keys: string[] }>(
    db,
    sql`
    SELECT coalesce(json_agg(object_key), '[]') AS keys
    FROM imports
    WHERE state = 'running' AND object_key IN (SELECT jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb))`,
  )
  return row?.keys ?? []
}

export async function deleteImportsBefore(db: Db, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.execute(sql`
    DELETE FROM imports
    WHERE id IN (SELECT id FROM imports WHERE finished_at < ${before.toISOString()} LIMIT ${limit})`)
  return rowCount
}
