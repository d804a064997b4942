import type { Actor } from '../../core/actor.ts'
import { signedIn } from '../../core/actor.ts'
import { fromBase64 } from '../../core/base64.ts'
import { within } from '../../core/deadline.ts'
import { found } from '../../core/errors.ts'
import { idempotencyConflict, identifyCreation } from '../../core/idempotency.ts'
import { DAY_MS, fromSeoulDate } from '../../core/time.ts'
import { assertDecent } from '../../core/words/decent.ts'
import type { Deps } from '../../deps.ts'
import { petNotFound } from '../pets/errors.ts'
import { temporarilyBlocked } from '../social/posts/errors.ts'
import { refuseSuspended } from '../social/suspensions/service.ts'
import { refuseMyCopy } from './copies/queries.ts'
import { judgeCopies } from './copies/service.ts'
import {
  importedWalkStays,
  mapTooCloseToHome,
  tooEarlyForMap,
  tooFewWalksForMap,
  walkAlreadyActive,
  walkNotFound,
  walkOverlap,
  walkTimeInvalid,
} from './errors.ts'
import { toGpx } from './recording/gpx.ts'
import { presentWalk } from './showing/presentation.ts'
import { type MapRefusal, deleteWalk, restoreWalk, updateWalk } from './changes.queries.ts'
import { findActiveWalk, findVisibleWalk, findSegments, findWalkExport, listWalks } from './queries.ts'
import { unpackTrack } from './recording/raw-track.ts'
import { type EditWalk, type ListWalksQuery, type Segment, type StartWalk, type Walk, type WalkDetail, walkPages } from './schema.ts'
import { BUCKET_DEADLINE_MS, cellOfStart, FUTURE_TOLERANCE_MS, LATE_MAX_MS, petIdsOf } from './rules.ts'
import { startWalk } from './start/queries.ts'
import { LONGEST_WALK_MS, type Piece, toPieces, type Track } from '../../measuring/measure-track.ts'

export async function startOneWalk(
  { db, keyedIds, now, wakeAt, waitUntil }: Pick<Deps, 'db' | 'keyedIds' | 'now' | 'wakeAt' | 'waitUntil'>,
  actor: Actor,
  input: StartWalk,
  idempotency_key?: string,
): Promise<Walk> {
  const at = now()
  const startedAt = input.started_at ? new Date(input.started_at) : at
  if (startedAt.getTime() > at.getTime() + FUTURE_TOLERANCE_MS || startedAt.getTime() < at.getTime() - LATE_MAX_MS) throw walkTimeInvalid()
  const creation = await identifyCreation({ keyedIds }, { user_id: actor.user_id, route: 'POST /walks', body: input, idempotency_key })
  const overSince = new Date(at.getTime() - LONGEST_WALK_MS)
  // The phone was offline, and the walk is over by now. Nobody is told that it was ended. Its track still completes it.
  const status = startedAt <= overSince ? 'ended' : 'active'
  const cell = cellOfStart(input)
  const walk = { ...creation, status, started_at: startedAt.toISOString(), pet_ids: petIdsOf(input), goal: input.goal, cell } as const
  const answer = signedIn(await startWalk(db, actor, walk, at, overSince))
  if (answer.weather_due_at) waitUntil(wakeAt(new Date(answer.weather_due_at)))
  if (answer.walk && answer.request_hash === creation.request_hash) return answer.walk
  if (answer.is_id_taken) throw idempotencyConflict()
  if (answer.active_walk_id) throw walkAlreadyActive({ extensions: { walk_id: answer.active_walk_id } })
  throw petNotFound()
}

export async function listMyWalks(
  { db, cursors }: Pick<Deps, 'db' | 'cursors'>,
  actor: Actor,
  { cursor, limit, pet_id, from, to }: ListWalksQuery,
) {
  const list = walkPages(cursors, actor.user_id)
  const after = await list.after(cursor)
  const rows = signedIn(
    await listWalks(db, actor, {
      pet_id: pet_id ?? null,
      from: from ? instantOf(from).toISOString() : null,
      // A day that is given as the end is included.
      before: to ? new Date(instantOf(to).getTime() + (isDay(to) ? DAY_MS : 0)).toISOString() : null,
      after: after && { started_at: after[0], id: after[1] },
      limit,
    }),
  )
  return list.page(rows, limit, (walk) => [walk.started_at, walk.id])
}

const isDay = (text: string) => text.length === 10
const instantOf = (text: string) => (isDay(text) ? fromSeoulDate(text) : new Date(text))

export async function getActiveWalk({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<Walk | null> {
  return signedIn(await findActiveWalk(db, actor, new Date(now().getTime() - LONGEST_WALK_MS))).walk
}

export async function getWalk({ db, media }: Pick<Deps, 'db' | 'media'>, actor: Actor, walkId: string): Promise<WalkDetail> {
  const { walk, is_temporarily_closed } = signedIn(await findVisibleWalk(db, actor, walkId))
  if (is_temporarily_closed) throw temporarilyBlocked()
  return presentWalk(found(walk, walkNotFound), actor, media)
}

export async function editWalk(
  { db, media, now }: Pick<Deps, 'db' | 'media' | 'now'>,
  actor: Actor,
  walkId: string,
  change: EditWalk,
): Promise<WalkDetail> {
  assertDecent({ memo: change.memo })
  const { walk, is_each_pet_theirs, is_never_shared, map_refusal, suspended_until } = signedIn(
    await updateWalk(db, actor, walkId, change, now()),
  )
  const mine = found(walk, walkNotFound)
  if (is_never_shared) throw importedWalkStays()
  refuseSuspended({ suspended_until })
  if (!is_each_pet_theirs) throw petNotFound()
  if (map_refusal) throw MAP_REFUSALS[map_refusal]()
  return presentWalk(mine, actor, media)
}

export async function removeWalk({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, walkId: string): Promise<void> {
  const { is_known } = signedIn(await deleteWalk(db, actor, walkId, now()))
  if (!is_known) throw walkNotFound()
}

/** Restores a deleted walk, for as long as deleted walks are kept. A walk that turns out to be a copy comes back refused, as it would be if it came now. */
export async function restoreDeletedWalk(
  { db, media, now }: Pick<Deps, 'db' | 'media' | 'now'>,
  actor: Actor,
  walkId: string,
): Promise<WalkDetail> {
  const at = now()
  const { walk, is_known, trace, alike } = signedIn(await restoreWalk(db, actor, walkId, new Date(at.getTime() - LATE_MAX_MS), at))
  if (!walk && is_known) throw walkOverlap()
  const { is_refused } = trace ? await judgeCopies({ db }, { id: walkId, trace: fromBase64(trace) }, alike, at) : { is_refused: false }
  const refused = is_refused ? signedIn(await refuseMyCopy(db, actor, walkId, at)).completion : null
  return presentWalk(found(refused?.walk ?? walk, walkNotFound), actor, media)
}

export async function getSegments({ db }: Pick<Deps, 'db'>, actor: Actor, walkId: string): Promise<Segment[]> {
  return found(signedIn(await findSegments(db, actor, walkId)).segments, walkNotFound)
}

const MAP_REFUSALS = {
  too_close_to_home: mapTooCloseToHome,
  too_early: tooEarlyForMap,
  too_few_walks: tooFewWalksForMap,
} as const satisfies Record<MapRefusal, unknown>

/** Writes the recording without what measuring drops, or the measured line when R2 does not answer. */
export async function exportGpx({ db, bucket }: Pick<Deps, 'db' | 'bucket'>, actor: Actor, walkId: string): Promise<string> {
  const walk = found(signedIn(await findWalkExport(db, actor, walkId)).walk, walkNotFound)
  const raw = walk.track_key ? await readRawTrack(bucket, walk.track_key) : null
  const name = walk.pet_names ? `${walk.pet_names} 산책` : '산책'
  const pieces = raw
    ? toPieces(raw, { now_ms: Date.parse(walk.measured_at), started_at_ms: Date.parse(walk.started_at) })
    : walk.line.map(toPiece)
  return toGpx(pieces, { name, started_at: walk.started_at })
}

async function readRawTrack(bucket: R2Bucket, key: string): Promise<Track | null> {
  try {
    const content = await within(
      BUCKET_DEADLINE_MS,
      bucket.get(key).then((object) => object && object.bytes()),
    )
    return content && unpackTrack(content)
  } catch (error) {
    console.warn(JSON.stringify({ level: 'warn', message: 'raw track out of reach', error: String(error) }))
    return null
  }
}

function toPiece(line: readonly (readonly [number, number, number])[]): Piece {
  return {
    lng: Float64Array.from(line, ([lng]) => lng),
    lat: Float64Array.from(line, ([, lat]) => lat),
    time_ms: Float64Array.from(line, ([, , seconds]) => seconds * 1_000),
    altitude_m: new Float64Array(line.length).fill(Number.NaN),
  }
}
