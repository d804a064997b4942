import type { Actor } from '../../../core/actor.ts'
import { signedIn } from '../../../core/actor.ts'
import { toBase64 } from '../../../core/base64.ts'
import { within } from '../../../core/deadline.ts'
import { AppError } from '../../../core/errors.ts'
import { uuidSchema } from '../../../core/fields.ts'
import { pathIn } from '../../../core/folders.ts'
import { sha256Hex } from '../../../core/hash.ts'
import { fieldErrorsOf } from '../../../core/issues.ts'
import { type KmaCell, toKmaCell } from '../../../core/kma-grid.ts'
import { hashRequest, idempotencyConflict } from '../../../core/idempotency.ts'
import { indecencyOf } from '../../../core/words/decent.ts'
import type { Deps } from '../../../deps.ts'
import { announce, announcePushes } from '../../../jobs/outbox.ts'
import { presentProgress } from '../../badges/service.ts'
import { petNotFound } from '../../pets/errors.ts'
import { refuseMyCopy } from '../copies/queries.ts'
import { judgeCopies } from '../copies/service.ts'
import { type CompletionRow, completeWalks, type MeasuredWalk, spoolTracks } from './queries.ts'
import { walkNotFound, walkOverlap, walkTimeInvalid } from '../errors.ts'
import { encodeRoute, presentWalk } from '../showing/presentation.ts'
import { drawSketch } from '../showing/sketch.ts'
import { packTrack } from '../recording/raw-track.ts'
import type { Measurement, Track } from '../../../measuring/measure-track.ts'
import { type CompleteWalk, type Completion, type SyncResult, type SyncWalk, syncWalkSchema } from '../schema.ts'
import { BUCKET_DEADLINE_MS, cellOfStart, FUTURE_TOLERANCE_MS, LATE_MAX_MS, petIdsOf } from '../rules.ts'
import { impossibleRecording } from '../recording/impossible.ts'
import { measureRecording } from '../recording/thinning.ts'
import { readTrack } from '../recording/upload.ts'

type CompletionDeps = Pick<Deps, 'db' | 'bucket' | 'jobs' | 'keyedSeeds' | 'media' | 'now' | 'pushes' | 'waitUntil' | 'wakeAt'>

const NO_TRACK: Track = {
  lat: new Float64Array(0),
  lng: new Float64Array(0),
  time_ms: new Float64Array(0),
  altitude_m: null,
  accuracy_m: null,
  is_mock: null,
}

export async function completeOneWalk(deps: CompletionDeps, actor: Actor, walkId: string, input: CompleteWalk): Promise<Completion> {
  const at = deps.now()
  const given = { ...input, id: walkId }
  let [row] = await complete(deps, actor, [await measure(deps, actor, given, { whole: null }, at)], at)
  if (row?.began_at) {
    const began = { whole: null, began_at: row.began_at }
    ;[row] = await complete(deps, actor, [await measure(deps, actor, given, began, at)], at)
  }
  return presentCompletion(deps, row, actor, input.memo)
}

/** A walk as it is to be completed, and the recording to be kept once it is. */
interface Prepared {
  readonly walk: MeasuredWalk
  readonly recording: Uint8Array | null
}

/**
 * Nothing is kept of a recording before the walk is completed: then the row names it. A phone that did not get the answer sends its request again, and the
 * recording is put once more. What people are told of is announced after the answer; the sweeper finds what was not.
 */
async function complete(deps: CompletionDeps, actor: Actor, prepared: readonly Prepared[], at: Date): Promise<CompletionRow[]> {
  const walks = prepared.map(({ walk }) => walk)
  const completed = signedIn(await completeWalks(deps.db, actor, walks, at))
  const rows: CompletionRow[] = []
  for (const [i, row] of completed.entries()) rows.push(await compare(deps, actor, walks[i], row, at))
  await keepRecordings(
    deps,
    prepared.flatMap(({ walk: { id, track_key }, recording }, i) =>
      recording && track_key && rows[i]?.track_key === track_key ? [{ walk_id: id, track_key, recording }] : [],
    ),
    at,
  )
  const told = [...new Set(rows.flatMap((row) => row.told))]
  const company = rows.flatMap((row) => row.company)
  if (told.length > 0) deps.waitUntil(announcePushes(deps, told))
  if (company.length > 0) deps.waitUntil(announce(deps, company))
  const [due] = rows.flatMap(({ weather_due_at }) => weather_due_at ?? []).toSorted((a, b) => Date.parse(a) - Date.parse(b))
  if (due) deps.waitUntil(deps.wakeAt(new Date(due)))
  return rows
}

/** Compares a completed walk with those like it. Only where one of them is a copy does this take another trip. */
async function compare({ db }: Pick<Deps, 'db'>, actor: Actor, walk: MeasuredWalk | undefined, row: CompletionRow, at: Date) {
  if (!walk || !row.alike?.length) return row
  const { is_refused } = await judgeCopies({ db }, { id: walk.id, trace: walk.measurement.residuals.trace }, row.alike, at)
  return is_refused ? { ...row, ...signedIn(await refuseMyCopy(db, actor, walk.id, at)), told: [], company: [] } : row
}

/** Whole walks recorded offline, each judged by itself, all in one trip. */
export async function syncWalks(deps: CompletionDeps, actor: Actor, inputs: readonly unknown[]): Promise<SyncResult[]> {
  const at = deps.now()
  const prepared = await Promise.all(inputs.map((input) => prepare(deps, actor, input, at)))
  const measured = prepared.flatMap((one) => ('measured' in one ? [one.measured] : []))
  const rows = measured.length > 0 ? await complete(deps, actor, measured, at) : []
  return Promise.all(
    prepared.map(async (one) => {
      if ('failed' in one) return one.failed
      const row = rows[measured.indexOf(one.measured)]
      const { id, start } = one.measured.walk
      try {
        if (row?.completion && row.request_hash !== start?.request_hash) throw idempotencyConflict()
        if (row && !row.completion) throw row.is_id_taken ? idempotencyConflict() : petNotFound()
        return { id, status: 'completed', completion: await presentCompletion(deps, row, actor, one.memo), problem: null }
      } catch (error) {
        return failed(id, error)
      }
    }),
  )
}

async function prepare(
  deps: CompletionDeps,
  actor: Actor,
  input: unknown,
  at: Date,
): Promise<{ measured: Prepared; memo: string | undefined } | { failed: SyncResult }> {
  const parsed = syncWalkSchema.safeParse(input)
  const id = givenId(input)
  if (!parsed.success) {
    const errors = fieldErrorsOf(parsed.error, 20)
    return {
      failed: {
        id,
        status: 'failed',
        completion: null,
        problem: { code: 'validation_failed', detail: '입력한 내용을 확인해 주세요.', errors },
      },
    }
  }
  try {
    return { measured: await measure(deps, actor, parsed.data, { whole: parsed.data }, at), memo: parsed.data.memo }
  } catch (error) {
    return { failed: failed(id, error) }
  }
}

function givenId(input: unknown): string | null {
  if (typeof input !== 'object' || input === null || !('id' in input) || typeof input.id !== 'string') return null
  return uuidSchema.safeParse(input.id).data ?? input.id.slice(0, 100)
}

function failed(id: string | null, error: unknown): SyncResult {
  if (!(error instanceof AppError)) throw error
  return { id, status: 'failed', completion: null, problem: { code: error.definition.code, detail: error.detail } }
}

interface Known {
  /** The walk as it comes, where it comes whole. */
  readonly whole: SyncWalk | null
  /** When it began, where the server has told. */
  readonly began_at?: string
}

/** Judges the track; nothing of the walk is decided by what the phone claims. */
async function measure(
  deps: CompletionDeps,
  actor: Actor,
  input: CompleteWalk & { id: string },
  { whole, began_at }: Known,
  at: Date,
): Promise<Prepared> {
  const atMs = at.getTime()
  if (Date.parse(input.ended_at) > atMs + FUTURE_TOLERANCE_MS) throw walkTimeInvalid()
  if (whole && (Date.parse(whole.started_at) > Date.parse(whole.ended_at) || Date.parse(whole.started_at) < atMs - LATE_MAX_MS))
    throw walkTimeInvalid()
  const track = readTrack(input, whole?.started_at)
  const startedAt = began_at ?? whole?.started_at
  const clock = { now_ms: atMs, ...(startedAt && { started_at_ms: Date.parse(startedAt) }) }
  const impossible = track && impossibleRecording(track, clock)
  if (impossible) throw impossible
  const measurement = measureRecording(track ?? NO_TRACK, clock)
  if (measurement.started_at_ms !== null && measurement.started_at_ms < atMs - LATE_MAX_MS) throw walkTimeInvalid()
  const recording = track && packTrack(track)
  const walk: MeasuredWalk = {
    id: input.id,
    start: whole && {
      id: whole.id,
      request_hash: await hashRequest(startOf(whole)),
      started_at: whole.started_at,
      pet_ids: petIdsOf(whole),
      goal: whole.goal,
      cell: cellOfStart(whole),
    },
    measurement,
    cell: cellWhereItBegan(measurement),
    route_polyline: encodeRoute(measurement.route),
    sketch: (await drawSketch(deps.keyedSeeds, input.id, measurement.route)) ?? [],
    declared_ended_at: input.ended_at,
    claimed: { ended_at: input.ended_at, duration_sec: input.duration_sec, distance_m: input.distance_m, calories: input.calories },
    // A walk is never lost over its memo. `presentCompletion` says that it was left out.
    memo: indecencyOf(input.memo) ? null : input.memo || null,
    shared_to_feed: input.shared_to_feed ?? false,
    audience: input.audience ?? null,
    track_key: recording && (await trackKeyOf(actor, input.id, recording)),
    asks_start: !whole && !began_at,
  }
  return { walk, recording }
}

/** The track says where a walk began. What the phone claimed at the start counts only as long as there is no track. */
function cellWhereItBegan({ route }: Measurement): KmaCell | null {
  const [first] = route
  return first ? toKmaCell({ lat: first[1], lng: first[0] }) : null
}

const startOf = ({ pet_id, pet_ids, started_at, lat, lng, goal }: SyncWalk) => ({ pet_id, pet_ids, started_at, lat, lng, goal })

/**
 * A recording's name in R2 is made of its content: of two uploads for one walk neither overwrites the other, and the row names the one that counted. What R2
 * does not take goes into Postgres until it does.
 */
const trackKeyOf = async (actor: Actor, walkId: string, recording: Uint8Array<ArrayBuffer>) =>
  pathIn('tracks', actor.user_id, walkId, `${(await sha256Hex(recording)).slice(0, 32)}.track`)

export async function keepRecordings(
  { db, bucket }: Pick<Deps, 'bucket' | 'db'>,
  recordings: readonly { walk_id: string; track_key: string; recording: Uint8Array }[],
  at: Date,
): Promise<void> {
  const stored = await Promise.allSettled(
    recordings.map(({ track_key, recording }) => within(BUCKET_DEADLINE_MS, bucket.put(track_key, recording))),
  )
  const refused = stored.find((result) => result.status === 'rejected')
  if (!refused) return
  console.warn(JSON.stringify({ level: 'warn', message: 'R2 did not take a raw track', error: String(refused.reason) }))
  const left = recordings.filter((_, i) => stored[i]?.status === 'rejected')
  await spoolTracks(
    db,
    left.map(({ walk_id, track_key, recording }) => ({ walk_id, track_key, content: toBase64(recording) })),
    at,
  )
}

/** `memo` is that of the request. A repeat brings the same one, so what was refused of it need not be kept. */
async function presentCompletion(
  { media }: Pick<Deps, 'media'>,
  row: CompletionRow | undefined,
  actor: Actor,
  memo: string | undefined,
): Promise<Completion> {
  if (!row?.completion) throw walkNotFound()
  const { badges_earned, badges_moved, streak, ranking, weekly_goal } = row.completion
  // Left alone although it is there: only another valid walk at the same time keeps one from being completed.
  if (row.completion.walk.status !== 'completed' || weekly_goal === null || streak === null) throw walkOverlap()
  const walk = await presentWalk(row.completion.walk, actor, media)
  const badge_progress = badges_moved.map(presentProgress)
  return {
    valid: walk.is_valid === true,
    ranked: walk.is_ranked === true,
    reasons: walk.reasons,
    walk,
    badges_earned,
    badge_progress,
    streak,
    ranking,
    weekly_goal,
    memo_refused: indecencyOf(memo),
  }
}
