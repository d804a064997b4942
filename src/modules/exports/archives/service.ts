import { type Actor, signedIn } from '../../../core/actor.ts'
import { AppError, found, temporarilyUnavailable } from '../../../core/errors.ts'
import { pathIn } from '../../../core/folders.ts'
import { idempotencyConflict, identifyCreation } from '../../../core/idempotency.ts'
import { DAY_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { announce, announcePushes } from '../../../jobs/outbox.ts'
import { exportMadeAlready, exportNotFound } from '../errors.ts'
import { BYTES_MAX, FILES_MAX } from './limits.ts'
import {
  claimSlice,
  commitSlice,
  type ExportRow,
  failExport,
  findExport,
  findPieces,
  giveUpExport,
  insertExport,
  listExports,
  type Piece,
  releaseSlice,
} from './queries.ts'
import type { CreateExport, DownloadQuery, Export } from './schema.ts'
import { makeSlice } from './slice.service.ts'

/** One archive in so long, and how long its link works. */
export const KEPT_MS = DAY_MS
/** A slice takes some seconds. An attempt that has not ended by then is dead. */
const LEASE_MS = 5 * 60_000

type LinkDeps = Pick<Deps, 'archiveSeals'>

export async function createExport(
  deps: Pick<Deps, 'archiveSeals' | 'db' | 'jobs' | 'keyedIds' | 'now' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  body: CreateExport,
  idempotency_key?: string,
): Promise<Export> {
  const at = deps.now()
  const creation = await identifyCreation(deps, { user_id: actor.user_id, route: 'POST /users/me/exports', body, idempotency_key })
  const row = signedIn(await insertExport(deps.db, actor, { ...creation, has_photos: body.photos }, at, new Date(at.getTime() - KEPT_MS)))
  deps.waitUntil(announce(deps, row.outbox_ids))
  if (row.made && row.request_hash === creation.request_hash) return present(deps, row.made)
  if (row.made || row.is_id_taken) throw idempotencyConflict()
  throw exportMadeAlready({ extensions: { export: await present(deps, found(row.last, exportNotFound)) } })
}

export async function listMyExports(deps: LinkDeps & Pick<Deps, 'db'>, actor: Actor): Promise<{ items: Export[]; next_cursor: null }> {
  const { items } = signedIn(await listExports(deps.db, actor))
  return { items: await Promise.all(items.map((row) => present(deps, row))), next_cursor: null }
}

export async function getExport(deps: LinkDeps & Pick<Deps, 'db'>, actor: Actor, id: string): Promise<Export> {
  return present(deps, found(signedIn(await findExport(deps.db, actor, id)).export, exportNotFound))
}

/** Its objects are reached by nobody from now on, and the sweep deletes them. */
export async function removeExport({ db }: Pick<Deps, 'db'>, actor: Actor, id: string): Promise<void> {
  if (!signedIn(await giveUpExport(db, actor, id)).is_found) throw exportNotFound()
}

async function present({ archiveSeals }: LinkDeps, row: ExportRow): Promise<Export> {
  const isReady = row.state === 'ready'
  return {
    id: row.id,
    state: row.state,
    photos: row.has_photos,
    progress: row.percent,
    size_bytes: isReady ? row.bytes : null,
    file_count: isReady ? row.file_count : null,
    missing_count: row.missing_count,
    created_at: row.created_at,
    ready_at: row.ready_at,
    expires_at: row.expires_at,
    download_url: isReady && row.expires_at ? await linkTo({ archiveSeals }, row.id, row.expires_at) : null,
    failure: row.failure,
  }
}

const signedText = (id: string, expires: string) => `${id}\n${expires}`

async function linkTo({ archiveSeals }: LinkDeps, id: string, expiresAt: string): Promise<string> {
  const expires = String(Math.floor(Date.parse(expiresAt) / 1_000))
  return `/exports/${id}/archive.zip?expires=${expires}&signature=${await archiveSeals.signLink(signedText(id, expires))}`
}

export interface Download {
  readonly pieces: readonly Piece[]
  readonly bytes: number
  readonly name: string
}

/** What a link opens. A link that is wrong or too old and an archive that is gone look the same. */
export async function openExport(
  { archiveSeals, db, now }: Pick<Deps, 'archiveSeals' | 'db' | 'now'>,
  id: string,
  { expires, signature }: DownloadQuery,
): Promise<Download> {
  if (!(Number(expires) * 1_000 > now().getTime()) || !(await archiveSeals.isLinkSignature(signedText(id, expires), signature)))
    throw exportNotFound()
  const { pieces, made_at } = found(await findPieces(db, id, now()), exportNotFound)
  return { pieces, bytes: pieces.reduce((sum, piece) => sum + piece.bytes, 0), name: `withbowwow-${made_at.slice(0, 10)}.zip` }
}

/** Stretches of the pieces that make up a stretch of the archive. */
export function stretchesOf(pieces: readonly Piece[], offset: number, length: number) {
  const stretches: { key: string; offset: number; length: number }[] = []
  let at = 0
  for (const { key, bytes } of pieces) {
    const from = Math.max(offset, at)
    const until = Math.min(offset + length, at + bytes)
    if (from < until) stretches.push({ key, offset: from - at, length: until - from })
    at += bytes
  }
  return stretches
}

/** Pipes a stretch of an archive. The first piece is opened before anything is answered, so that a fault of R2 is a 503. */
export async function readStretch(
  { bucket, waitUntil }: Pick<Deps, 'bucket' | 'waitUntil'>,
  pieces: readonly Piece[],
  offset: number,
  length: number,
): Promise<ReadableStream> {
  const stretches = stretchesOf(pieces, offset, length)
  const open = ({ key, ...range }: (typeof stretches)[number]) => bucket.get(key, { range })
  const [first] = stretches
  let next: Promise<R2ObjectBody | null> = first ? open(first) : Promise.resolve(null)
  const opened = await next.catch((cause: unknown) => {
    throw temporarilyUnavailable({ cause })
  })
  if (first && !opened) throw exportNotFound()
  const { readable, writable } = new FixedLengthStream(length)
  async function pump() {
    for (const [i] of stretches.entries()) {
      const object = await next
      if (!object) throw new Error('a piece of an archive is missing')
      const following = stretches[i + 1]
      await object.body.pipeTo(writable, { preventClose: true })
      if (following) next = open(following)
    }
    await writable.close()
  }
  // A download that is broken off is no fault of ours, and a piece that fails breaks it off.
  waitUntil(pump().catch(async (error: unknown) => void (await writable.abort(error).catch(() => {}))))
  return readable
}

type MakerDeps = Pick<Deps, 'archiveSeals' | 'bucket' | 'db' | 'jobs' | 'now' | 'pushes' | 'wakeAt'>

/**
 * Makes one slice of an archive. The bytes are put under a name that no other attempt has, and the row names them afterwards, so an attempt that dies anywhere
 * leaves at most an object that nobody reads.
 */
export async function continueExport(deps: MakerDeps, of: { export_id: string; slice: number }): Promise<void> {
  const { export_id, slice } = of
  const at = deps.now()
  const attempt = crypto.randomUUID()
  const claimed = await claimSlice(deps.db, of, attempt, at, new Date(at.getTime() + LEASE_MS))
  if (claimed === 'over') return
  if (claimed === 'held') throw new Error('another attempt makes this slice')
  try {
    const { writer, next, missing, percent } = await makeSlice(deps, export_id, claimed)
    if (writer.end > BYTES_MAX || claimed.file_count + writer.files.length > FILES_MAX)
      return await failExport(deps.db, of, 'too_large', at)
    const piece =
      writer.bytes > 0 ? { key: pathIn('exports', claimed.user_id, export_id, `${slice}-${attempt}`), bytes: writer.bytes } : null
    if (piece) await deps.bucket.put(piece.key, new Blob(writer.chunks))
    const done = await commitSlice(
      deps.db,
      { export_id, slice, attempt },
      { files: writer.files, piece, missing, percent, next },
      deps.now(),
      new Date(deps.now().getTime() + KEPT_MS),
    )
    await announce(deps, done.outbox_ids)
    await announcePushes(deps, done.told)
  } catch (error) {
    if (!(error instanceof AppError)) await releaseSlice(deps.db, export_id, attempt).catch(() => {})
    throw error
  }
}
