import { z } from 'zod'
import { photoFolders, pathIn } from '../../../core/folders.ts'
import type { Deps } from '../../../deps.ts'
import { TRIPS_MAX } from '../../../jobs/job.ts'
import type { Part } from '../archives/part.queries.ts'
import { parts, volumeName } from '../archives/parts.queries.ts'
import { type Content, type Foreign, isAsSealed, openArchive, type OwnArchive, readWindow, Unreadable } from './archive.service.ts'
import { claimArchive, type Counted, listTrackKeys, republishCourses, restoreRows, settleNext } from './queries.ts'

/** An import of an own archive, whose file lies in R2. */
export interface ArchiveImport {
  readonly id: string
  readonly user_id: string
  readonly object_key: string
  readonly bytes: number
}

/** What one part of a restore has done. `next` is where the next part goes on, as JSON, and `null` at the end. */
export interface RestoredPart {
  readonly next: unknown
  /** Replaces what the import told before. */
  readonly report: Readonly<Record<string, unknown>>
  /** Why the archive cannot be restored. Nothing goes on then. */
  readonly failed?: Foreign | 'archive_of_another'
}

type RestoreDeps = Pick<Deps, 'archiveSeals' | 'bucket' | 'db' | 'now'>

const countsSchema = z.record(z.string(), z.object({ rows: z.int(), restored: z.int(), dropped: z.int() }))
type Report = z.infer<typeof countsSchema>

/** First everything is compared with the manifest, so that of an archive with one changed byte nothing is taken. */
const cursorSchema = z.object({
  step: z.enum(['verify', 'rows', 'objects', 'settle', 'after']),
  /** Of an entry, or of a part. */
  index: z.int().default(0),
  volume: z.int().default(0),
  line: z.int().default(0),
  after: z.string().default(''),
  report: countsSchema,
})
type Cursor = z.infer<typeof cursorSchema>

/** The consumer makes some trips itself, and every part opens the archive. */
const TRIPS = TRIPS_MAX - 8
/** What one part inflates and hashes: half a second of CPU. */
const VERIFY_BYTES = 64 * 1024 ** 2
/** Rows of one statement, by their text. */
const CHUNK_BYTES = 1024 ** 2
const CHUNK_ROWS = 500
const SETTLED_AT_ONCE = 20

/** Files that come after the walks are settled, because walks rewrite them. Courses are published then as well, because walks say where their owner is hidden. */
const LATE: ReadonlySet<string> = new Set(['streak', 'rest-days'])
const PUBLISHED = 'courses'

/**
 * Restores an own archive in parts. `cursor` is the `next` of the part before, and null at first. A part makes at most `TRIPS_MAX` calls to Postgres and R2, and may run
 * again: rows that are there already stay, and objects have the names that their content had.
 */
export async function restoreArchive(deps: RestoreDeps, archive: ArchiveImport, given: unknown): Promise<RestoredPart> {
  const cursor = cursorSchema.parse(given ?? { step: 'verify', report: {} })
  try {
    const opened = await openArchive(deps, archive)
    if (typeof opened === 'string') return { next: null, report: {}, failed: opened }
    // Not before everything is compared: a copy that is broken claims nothing.
    if (cursor.step !== 'verify' && !(await claimArchive(deps.db, archive.user_id, opened.manifest.user_id, deps.now())))
      return { next: null, report: {}, failed: 'archive_of_another' }
    const next = await STEPS[cursor.step](deps, { ...archive, ...opened }, cursor)
    if (next === 'archive_changed') return { next: null, report: {}, failed: next }
    return { next: next.step === null ? null : next, report: { files: next.report } }
  } catch (error) {
    if (error instanceof Unreadable) return { next: null, report: {}, failed: 'archive_unreadable' }
    throw error
  }
}

interface Opened extends ArchiveImport, OwnArchive {}
type Next = Cursor | { readonly step: null; readonly report: Report }
type Step = (deps: RestoreDeps, archive: Opened, cursor: Cursor) => Promise<Next | 'archive_changed'>

const STEPS: Readonly<Record<Cursor['step'], Step>> = {
  verify: verifyNext,
  rows: (deps, archive, cursor) => restoreFiles(deps, archive, cursor, (part) => !LATE.has(part.name) && part.name !== 'photos', 'objects'),
  objects: restoreObjects,
  settle: settleSome,
  // Of an account that is still there the streak follows from its walks and its premium.
  after: (deps, archive, cursor) =>
    restoreFiles(
      deps,
      archive,
      cursor,
      ({ name }) => name === PUBLISHED || (LATE.has(name) && archive.user_id !== archive.manifest.user_id),
      null,
    ),
}

const begin = (step: Cursor['step'], report: Report): Cursor => ({ step, index: 0, volume: 0, line: 0, after: '', report })

async function verifyNext(deps: RestoreDeps, { object_key, entries, manifest }: Opened, cursor: Cursor): Promise<Next | 'archive_changed'> {
  const hashes = new Map(manifest.files.map(({ name, sha256 }) => [name, sha256]))
  let { index } = cursor
  for (let [trips, bytes] = [0, 0]; trips < TRIPS && bytes < VERIFY_BYTES; trips++) {
    const contents = await readWindow(deps, object_key, entries, index)
    if (contents.length === 0) return begin('rows', cursor.report)
    if (!(await isAsSealed(contents, hashes))) return 'archive_changed'
    index += contents.length
    bytes += contents.reduce((sum, { content }) => sum + content.length, 0)
  }
  return { ...cursor, index }
}

/** Restores files of rows, from the cursor's on. In the step `after` courses have come back already. */
async function restoreFiles(
  deps: RestoreDeps,
  archive: Opened,
  cursor: Cursor,
  takes: (part: Part) => boolean,
  then: Cursor['step'] | null,
): Promise<Next> {
  const names = new Map(archive.entries.map(({ name }, at) => [name, at]))
  const report = { ...cursor.report }
  let { index, volume, line } = cursor
  for (let trips = 0; trips < TRIPS;) {
    const part = parts[index]
    if (!part) return then ? begin(then, report) : { step: null, report }
    const at = takes(part) && part.restored !== 'never' ? names.get(volumeName(part.file, volume)) : undefined
    if (at === undefined) {
      index++
      volume = 0
      line = 0
      continue
    }
    const rows = rowsOf(part, await readOne(deps, archive, at))
    trips++
    for (; line < rows.length && trips < TRIPS; trips++) {
      const chunk = chunkOf(rows, line)
      const of = { user_id: archive.user_id, import_id: archive.id }
      if (cursor.step === 'after' && part.name === PUBLISHED) await republishCourses(deps.db, of, chunk, deps.now())
      else add(report, part.file, chunk.length, await restoreRows(deps.db, of, part, chunk))
      line += chunk.length
    }
    if (line < rows.length) break
    volume++
    line = 0
  }
  return { ...cursor, index, volume, line, report }
}

async function readOne(deps: RestoreDeps, { object_key, entries }: Opened, at: number): Promise<Uint8Array> {
  const entry = entries[at]
  const [content] = entry ? await readWindow(deps, object_key, [entry], 0) : []
  if (!content) throw new Unreadable('a file is missing')
  return content.content
}

/** The rows of a file, as the text that they were written as: one a line. */
function rowsOf({ file }: Part, bytes: Uint8Array): string[] {
  const lines = new TextDecoder().decode(bytes).split('\n')
  return file.endsWith('.ndjson') ? lines.filter((line) => line !== '') : lines.slice(1, -2).map((line) => line.replace(/,$/, ''))
}

function chunkOf(rows: readonly string[], from: number): string[] {
  let [until, length] = [from, 0]
  while (until < rows.length && until - from < CHUNK_ROWS && (until === from || length + rows[until]!.length <= CHUNK_BYTES)) {
    length += rows[until]!.length
    until++
  }
  return rows.slice(from, until)
}

function add(report: Report, file: string, rows: number, { restored, dropped }: Counted): void {
  const before = report[file] ?? { rows: 0, restored: 0, dropped: 0 }
  report[file] = { rows: before.rows + rows, restored: before.restored + restored, dropped: before.dropped + dropped }
}

const RAW = /^raw\/([0-9a-f-]{36})\.track$/
const PHOTO = /^photos\/([0-9a-f-]{36})\.\w+$/
const PATH = /^[0-9a-f-]{36}\/[\w-]{22}\.(jpg|png|webp)$/

/** Puts recordings where their walks say, and pictures before their rows, because a row without its picture would be swept. */
async function restoreObjects(deps: RestoreDeps, archive: Opened, cursor: Cursor): Promise<Next> {
  const of = { user_id: archive.user_id, import_id: archive.id }
  const report = { ...cursor.report }
  const wanted = archive.entries.filter(({ name }) => RAW.test(name) || PHOTO.test(name))
  const photoRows = await readPhotoRows(deps, archive)
  let { index } = cursor
  for (let trips = 2; trips < TRIPS;) {
    const contents = await readWindow(deps, archive.object_key, wanted, index)
    if (contents.length === 0) return begin('settle', report)
    const some = contents.slice(0, Math.max(1, TRIPS - trips - 3))
    const keys = new Map((await listTrackKeys(deps.db, of, idsOf(some, RAW))).map(({ id, track_key }) => [id, track_key]))
    const rows: string[] = []
    for (const { entry, content } of some) {
      const [raw, photo] = [RAW.exec(entry.name)?.[1], PHOTO.exec(entry.name)?.[1]]
      const row = photo && photoRows.get(photo)
      const key = raw ? keys.get(raw) : row && photoKey(archive.user_id, row)
      if (!key) continue
      await deps.bucket.put(
        key,
        content,
        photo ? { httpMetadata: { contentType: TYPES[key.split('.').at(-1) ?? ''] ?? 'image/jpeg' } } : {},
      )
      if (row) rows.push(row)
    }
    const part = parts.find(({ name }) => name === 'photos')
    if (rows.length > 0 && part) add(report, part.file, rows.length, await restoreRows(deps.db, of, part, rows))
    trips += some.length + 3
    index += some.length
  }
  return { ...cursor, index, report }
}

const TYPES: Readonly<Record<string, string>> = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' }

const idsOf = (contents: readonly Content[], pattern: RegExp) => contents.flatMap(({ entry }) => pattern.exec(entry.name)?.[1] ?? [])

async function readPhotoRows(deps: RestoreDeps, archive: Opened): Promise<Map<string, string>> {
  const part = parts.find(({ name }) => name === 'photos')
  const found = new Map<string, string>()
  for (const [at, { name }] of archive.entries.entries()) {
    if (!part || !/^photos(-\d+)?\.json$/.test(name)) continue
    for (const line of rowsOf(part, await readOne(deps, archive, at))) found.set(photoSchema.parse(JSON.parse(line)).id, line)
  }
  return found
}

const photoSchema = z.looseObject({ id: z.string(), folder: z.enum(photoFolders), path: z.string().regex(PATH) })

function photoKey(userId: string, row: string): string {
  const { folder, path } = photoSchema.parse(JSON.parse(row))
  return pathIn(folder, userId, path)
}

async function settleSome({ db, now }: RestoreDeps, { user_id, id: import_id }: Opened, cursor: Cursor): Promise<Next> {
  let { after } = cursor
  for (let trips = 0; trips < TRIPS; trips += 2) {
    const last = await settleNext(db, { user_id, import_id }, after, SETTLED_AT_ONCE, now())
    if (!last) return begin('after', cursor.report)
    after = last
  }
  return { ...cursor, after }
}
