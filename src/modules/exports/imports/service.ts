import { type Actor, signedIn } from '../../../core/actor.ts'
import type { PageQuery } from '../../../core/cursor.ts'
import { found } from '../../../core/errors.ts'
import { pathIn } from '../../../core/folders.ts'
import { idempotencyConflict, identifyCreation } from '../../../core/idempotency.ts'
import type { Deps } from '../../../deps.ts'
import { announce } from '../../../jobs/outbox.ts'
import { petNotFound } from '../../pets/errors.ts'
import { importNotFound, importOver, importRunning, tooManyImports } from './errors.ts'
import { findImport, type ImportFileRow, type ImportRow, insertImport, listImportFiles, listImports, startImport } from './queries.ts'
import { FILE_DETAILS, IMPORT_DETAILS, IMPORTS_A_DAY, UPLOAD_MAX_BYTES } from './rules.ts'
import { type CreateImport, type Import, type ImportFile, importFilePages, importPages } from './schema.ts'
import { storeBody } from './uploads.ts'

export async function createImport(
  { db, keyedIds, now }: Pick<Deps, 'db' | 'keyedIds' | 'now'>,
  actor: Actor,
  input: CreateImport,
  idempotency_key?: string,
): Promise<Import> {
  const creation = await identifyCreation(
    { keyedIds },
    { user_id: actor.user_id, route: 'POST /users/me/imports', body: input, idempotency_key },
  )
  const { kind, name, from, to, pet_ids, include_runs } = input
  const options = { from: from ?? null, to: to ?? null, pet_ids: pet_ids ?? [], include_runs: include_runs ?? false }
  const answer = signedIn(await insertImport(db, actor, { ...creation, kind, name, options }, { dailyMax: IMPORTS_A_DAY }, now()))
  if (answer.import && answer.request_hash === creation.request_hash) return presentImport(answer.import)
  if (answer.is_id_taken) throw idempotencyConflict()
  if (answer.running_id) throw importRunning({ extensions: { import_id: answer.running_id } })
  if (!answer.is_each_pet_theirs) throw petNotFound()
  throw tooManyImports()
}

/**
 * Takes the file of an import. It goes to R2 under a name of its own before it is known whether the import waits for it, so that no second upload overwrites what is being
 * read. What no import needs is deleted at once, and the sweep finds what was left.
 */
export async function uploadImportFile(
  deps: Pick<Deps, 'db' | 'bucket' | 'jobs' | 'now' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  importId: string,
  body: ReadableStream<Uint8Array> | null,
): Promise<Import> {
  const object_key = pathIn('imports', actor.user_id, importId, crypto.randomUUID())
  const bytes = await storeBody(deps.bucket, object_key, body, UPLOAD_MAX_BYTES)
  const answer = await startImport(deps.db, actor, importId, { object_key, bytes }, deps.now())
  if (!answer?.is_taken) deps.waitUntil(deps.bucket.delete(object_key).catch(() => undefined))
  const { import: row, is_taken, is_repeat, running_id, outbox_id } = signedIn(answer)
  const mine = found(row, importNotFound)
  // A phone that lost the answer sends its file again. Another file has another length.
  if (!is_taken && !is_repeat) throw running_id ? importRunning({ extensions: { import_id: running_id } }) : importOver()
  if (outbox_id) deps.waitUntil(announce(deps, [outbox_id]))
  return presentImport(mine)
}

export async function getImport({ db }: Pick<Deps, 'db'>, actor: Actor, importId: string): Promise<Import> {
  return presentImport(found(signedIn(await findImport(db, actor, importId)).import, importNotFound))
}

export async function getImports({ db, cursors }: Pick<Deps, 'db' | 'cursors'>, actor: Actor, { cursor, limit }: PageQuery) {
  const list = importPages(cursors, actor.user_id)
  const after = await list.after(cursor)
  const { imports } = signedIn(await listImports(db, actor, { after: after && { created_at: after[0], id: after[1] }, limit }))
  const page = await list.page(imports, limit, ({ position_at, id }) => [position_at, id])
  return { ...page, items: page.items.map(presentImport) }
}

export async function getImportFiles(
  { db, cursors }: Pick<Deps, 'db' | 'cursors'>,
  actor: Actor,
  importId: string,
  { cursor, limit }: PageQuery,
) {
  const list = importFilePages(cursors, actor.user_id, importId)
  const { is_known, files } = signedIn(await listImportFiles(db, actor, importId, { after: await list.after(cursor), limit }))
  if (!is_known) throw importNotFound()
  const page = await list.page(files, limit, ({ position, track }) => [position, track])
  return { ...page, items: page.items.map(presentFile) }
}

const presentImport = ({ id, kind, state, reason, name, created_at, finished_at, counts, report }: ImportRow): Import => ({
  id,
  kind,
  state,
  reason,
  detail: reason && IMPORT_DETAILS[reason],
  name,
  created_at,
  finished_at,
  counts,
  report,
})
const presentFile = (row: ImportFileRow): ImportFile => ({ ...row, detail: row.reason && FILE_DETAILS[row.reason] })
