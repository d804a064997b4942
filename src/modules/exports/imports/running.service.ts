import { within } from '../../../core/deadline.ts'
import { fromSeoulDate, DAY_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { announce } from '../../../jobs/outbox.ts'
import { judgeImported, keepImported, type Recording } from '../../walks/imported/service.ts'
import { restoreArchive } from '../restore/service.ts'
import { openFiles, readRange } from './opening.service.ts'
import { type Bytes, chunksOf } from './reading/bytes.ts'
import { readFile } from './reading/file.ts'
import { Refusal } from './reading/refusal.ts'
import type { ReadTrack } from './reading/tracks.ts'
import { rangeOf, unpackEntry } from './reading/zip.ts'
import {
  ATTEMPTS_MAX,
  CALLS_A_PART,
  type FileReason,
  FILES_A_PART,
  type ImportReason,
  isWanted,
  PART_BYTES,
  titleOf,
  TRACKS_A_PART,
  UNPACKED_MAX_BYTES,
} from './rules.ts'
import {
  closePart,
  failImport,
  type FileOutcome,
  forgiveFiles,
  type RunningImport,
  settleFiles,
  takePart,
  type TakenFile,
} from './running.queries.ts'

type RunDeps = Pick<Deps, 'archiveSeals' | 'db' | 'bucket' | 'jobs' | 'keyedIds' | 'keyedSeeds' | 'now' | 'wakeAt'>

const OPEN_DEADLINE_MS = 20_000

/** Does one part of an import: opens the file, reads the next recordings of it, or restores the next piece of an archive. Safe to repeat. */
export async function runImportPart(deps: RunDeps, importId: string, part: number): Promise<void> {
  const at = deps.now()
  const running = await takePart(deps.db, importId, part, FILES_A_PART, at)
  if (!running) return
  const step = await stepOf(deps, running, at).catch(async (error: unknown) => {
    await forgiveFiles(deps.db, importId).catch(() => undefined)
    throw error
  })
  if ('failed' in step) {
    await failImport(deps.db, importId, step.failed, at)
    return deleteFile(deps, running)
  }
  const { outbox_id, is_over } = await closePart(deps.db, { id: importId, part, report: null, goes_on: null, ...step }, at)
  if (is_over) await deleteFile(deps, running)
  if (outbox_id) await announce(deps, [outbox_id])
}

/** The file has been read, or never will be. What cannot be deleted now the sweep deletes. */
async function deleteFile({ bucket }: Pick<Deps, 'bucket'>, { object_key }: RunningImport): Promise<void> {
  await bucket.delete(object_key).catch((error: unknown) => {
    console.warn(JSON.stringify({ level: 'warn', message: 'the file of an import stays until the sweep', error: String(error) }))
  })
}

type Step = { readonly cursor: unknown; readonly report?: object; readonly goes_on?: boolean } | { readonly failed: ImportReason }

async function stepOf(deps: RunDeps, running: RunningImport, at: Date): Promise<Step> {
  if (running.kind === 'withbowwow' && !isForeign(running.cursor)) {
    const { next, report, failed } = await restoreArchive(deps, running, running.cursor)
    if (!failed) return { cursor: next, report, goes_on: next !== null }
    if (failed === 'archive_of_another') return { failed }
    // What this server has not made, what was changed and what is broken is as good as the file of another app: its tracks are taken, and nothing else.
    const refused = await openFiles(deps, running)
    return refused ? { failed: refused } : { cursor: { unpacked: 0 }, report: { foreign: failed } }
  }
  if (running.cursor === null) {
    const failed = await openFiles(deps, running)
    return failed ? { failed } : { cursor: { unpacked: 0 } }
  }
  const { unpacked } = running.cursor as { unpacked: number }
  return { cursor: { unpacked: unpacked + (await readFiles(deps, running, unpacked, at)) } }
}

/** Whether the files of an archive are read one by one. */
const isForeign = (cursor: unknown) => typeof cursor === 'object' && cursor !== null && 'unpacked' in cursor

/** Reads the next files. Files that were taken before are settled one by one, so that one that ends the Worker holds up no other. Answers how much was unpacked. */
async function readFiles(deps: RunDeps, running: RunningImport, before: number, at: Date): Promise<number> {
  let unpacked = 0
  let calls = 0
  let tracks = 0
  let outcomes: FileOutcome[] = []
  let recordings: Recording[] = []
  const settle = async () => {
    const made = new Set(await settleFiles(deps.db, running, outcomes, at))
    const kept = await keepImported(
      deps,
      recordings.filter(({ walk_id }) => made.has(walk_id)),
      at,
    )
    calls += 1 + kept.calls
    outcomes = []
    recordings = []
  }
  for (const file of running.files) {
    const count = (bytes: number) => {
      unpacked += bytes
      if (before + unpacked > UNPACKED_MAX_BYTES) throw new Refusal('too_large')
    }
    const judged = await judgeFile(deps, running, file, count)
    outcomes.push(...judged.outcomes)
    recordings.push(...judged.recordings)
    calls++
    tracks += judged.outcomes.length
    if (file.attempts > 1) await settle()
    if (unpacked > PART_BYTES || calls > CALLS_A_PART || tracks > TRACKS_A_PART) break
  }
  await settle()
  return unpacked
}

interface JudgedFile {
  readonly outcomes: readonly FileOutcome[]
  readonly recordings: readonly Recording[]
}

async function judgeFile(deps: RunDeps, running: RunningImport, file: TakenFile, count: (bytes: number) => void): Promise<JudgedFile> {
  const row = { position: file.position, name: file.name }
  const refuse = (state: 'skipped' | 'failed', reason: FileReason): JudgedFile => ({
    outcomes: [{ ...row, track: 0, outcome: { state, reason } }],
    recordings: [],
  })
  if (file.attempts > ATTEMPTS_MAX) return refuse('failed', 'unreadable')
  let tracks: ReadTrack[]
  try {
    tracks = await readFile(await contentOf(deps, running, file, count), count)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refuse('failed', error.problem)
  }
  if (tracks.length === 0) return refuse('skipped', 'no_track')
  const outcomes: FileOutcome[] = []
  const recordings: Recording[] = []
  for (const [track, read] of tracks.entries()) {
    const judged = await judgeTrack(deps, running, file, read)
    outcomes.push({ ...row, track, outcome: judged.outcome })
    if (judged.recording) recordings.push(judged.recording)
  }
  return { outcomes, recordings }
}

async function judgeTrack(
  deps: RunDeps,
  { user_id, options }: RunningImport,
  { entry }: TakenFile,
  { sport, track }: ReadTrack,
): Promise<{ outcome: FileOutcome['outcome']; recording?: Recording }> {
  const skip = (reason: FileReason) => ({ outcome: { state: 'skipped', reason } as const })
  // What the list of an archive says goes before what a file says of itself, because people correct it there.
  if (!isWanted(entry.sport ?? sport, options)) return skip('not_a_walk')
  const judged = await judgeImported(deps, user_id, track, titleOf(entry.title))
  if ('problem' in judged) return skip(judged.problem)
  const { from, to, pet_ids } = options
  const { walk, started_at_ms, recording } = judged
  if (from && started_at_ms < fromSeoulDate(from).getTime()) return skip('out_of_range')
  if (to && started_at_ms >= fromSeoulDate(to).getTime() + DAY_MS) return skip('out_of_range')
  return { outcome: { walk, pet_ids }, recording }
}

async function contentOf(
  { bucket }: Pick<Deps, 'bucket'>,
  { object_key }: RunningImport,
  { entry }: TakenFile,
  count: (bytes: number) => void,
) {
  if (entry.zip) return unpackEntry(entry.zip, chunksOf(await readRange(bucket, object_key, rangeOf(entry.zip))), count)
  const object = await within(OPEN_DEADLINE_MS, bucket.get(object_key))
  if (!object) throw new Refusal('unreadable')
  return chunksOf(object.body as ReadableStream<Bytes>)
}
