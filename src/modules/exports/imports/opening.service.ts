import { within } from '../../../core/deadline.ts'
import type { Deps } from '../../../deps.ts'
import { type Bytes, chunksOf, readAll } from './reading/bytes.ts'
import { kindOf } from './reading/file.ts'
import { Refusal } from './reading/refusal.ts'
import { type Activity, readActivities } from './reading/strava.ts'
import { type Entry, rangeOf, readDirectory, unpackEntry } from './reading/zip.ts'
import {
  type FileEntry,
  type FileReason,
  type ImportReason,
  isArchive,
  isHidden,
  isRecording,
  isWanted,
  shownName,
  storable,
  UNPACKED_MAX_BYTES,
} from './rules.ts'
import { insertFiles, type RunningImport } from './running.queries.ts'

const DEADLINE_MS = 20_000
const HEAD_BYTES = 512
const LIST_MAX_BYTES = 8 * 1_048_576

type Listed = FileEntry & { readonly name: string; readonly reason: FileReason | null }

/** Finds out what was uploaded, and writes down the files in it. Answers why it cannot be imported, or null. */
export async function openFiles({ db, bucket }: Pick<Deps, 'db' | 'bucket'>, running: RunningImport): Promise<ImportReason | null> {
  const read = async (offset: number, length: number): Promise<Bytes> => {
    const range = await readRange(bucket, running.object_key, { offset, length: Math.min(length, running.bytes - offset) })
    return readAll(chunksOf(range), length)
  }
  const kind = kindOf(await read(0, HEAD_BYTES))
  if (kind === null) return 'unsupported_format'
  if (kind !== 'zip') {
    await insertFiles(db, running.id, [{ name: shownName(running.name ?? ''), zip: null, sport: null, title: null, reason: null }])
    return null
  }
  try {
    const entries = await readDirectory(read, running.bytes)
    if (!entries) return 'archive_too_large'
    const files = listFiles(entries, await activitiesOf(entries, (entry) => readRange(bucket, running.object_key, rangeOf(entry))), running)
    if (files.length === 0) return 'nothing_found'
    const unpacked = files.reduce((sum, { zip, reason }) => sum + (reason === null ? (zip?.bytes ?? 0) : 0), 0)
    if (unpacked > UNPACKED_MAX_BYTES) return 'archive_too_large'
    await insertFiles(db, running.id, files)
    return null
  } catch (error) {
    if (error instanceof Refusal) return 'archive_unreadable'
    throw error
  }
}

/** Recordings, and archives of which their owner should know that they were not opened. Everything else in an archive is left alone. */
function listFiles(entries: readonly Entry[], activities: ReadonlyMap<string, Activity>, { options }: RunningImport): Listed[] {
  return entries
    .filter(({ name }) => !isHidden(name) && (isRecording(name) || isArchive(name)))
    .map((zip) => {
      const { sport = null, title = null } = activities.get(zip.name.normalize('NFC')) ?? {}
      const reason = isArchive(zip.name) ? 'nested_archive' : isWanted(sport, options) ? null : 'not_a_walk'
      const name = shownName(zip.name)
      return { zip: { ...zip, name }, sport, title: title && storable(title), name, reason }
    })
}

/** What Strava's list says of the files, by their names in the archive. Without a list that can be read, files are judged by themselves. */
async function activitiesOf(
  entries: readonly Entry[],
  open: (entry: Entry) => Promise<ReadableStream<Bytes>>,
): Promise<ReadonlyMap<string, Activity>> {
  const list = entries.find(({ name }) => /(^|\/)activities\.csv$/i.test(name))
  if (!list || list.bytes > LIST_MAX_BYTES) return new Map()
  try {
    const bytes = await readAll(
      unpackEntry(list, chunksOf(await open(list)), () => undefined),
      LIST_MAX_BYTES,
    )
    const folder = list.name.slice(0, list.name.lastIndexOf('/') + 1)
    const activities = readActivities(new TextDecoder().decode(bytes))
    return new Map(Array.from(activities, ([name, activity]) => [(folder + name).normalize('NFC'), activity]))
  } catch (error) {
    if (error instanceof Refusal) return new Map()
    throw error
  }
}

/** A part of an object. R2 answers with what there is of it. */
export async function readRange(bucket: R2Bucket, key: string, range: { offset: number; length: number }): Promise<ReadableStream<Bytes>> {
  const object = await within(DEADLINE_MS, bucket.get(key, { range }))
  if (!object) throw new Refusal('unreadable')
  return object.body as ReadableStream<Bytes>
}
