import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { asArray } from '../../../db/array.ts'
import { type Db, runBatch } from '../../../db/client.ts'
import { multiLine } from '../../../db/twkb.ts'
import { viewer } from '../../../db/viewer.ts'
import type { Measurement } from '../../../measuring/measure-track.ts'
import type { MovedBadge } from '../../badges/schema.ts'
import { settling } from '../../facts/sql.ts'
import { listCaused } from '../../notifications/sql.ts'
import { tellCompany } from '../company/queries.ts'
import type { Completion } from '../schema.ts'
import { caloriesOf, type WalkRow } from '../sql.ts'
import { insertWalk, type NewWalk } from '../start/queries.ts'

/** All that one completion writes. */
export interface MeasuredWalk {
  readonly id: string
  /** Present where the walk comes whole (sync): it is inserted first. */
  readonly start: NewWalk | null
  readonly measurement: Measurement
  readonly route_polyline: string
  /** Stands where the track has no usable fix. */
  readonly declared_ended_at: string
  readonly claimed: object
  readonly memo: string | null
  readonly shared_to_feed: boolean
  /** Where R2 keeps the raw track, once the walk is completed. */
  readonly track_key: string | null
  /** Added to the reasons where the track turns out to be a copy of an earlier one. */
  readonly replay_reason: object
}

export interface CompletionRow {
  /** What `completion_json` answers; without goal and streak where the walk is not completed. */
  readonly completion: {
    readonly walk: WalkRow
    readonly weekly_goal: Completion['weekly_goal'] | null
    readonly streak: Completion['streak'] | null
    readonly ranking: Completion['ranking']
    readonly badges_earned: Completion['badges_earned']
    readonly badges_moved: MovedBadge[]
  } | null
  readonly request_hash: string | null
  readonly track_key: string | null
  readonly is_id_taken: boolean
}

/**
 * Completes walks of one person in one transaction and one trip. Each is left alone where it is completed already (its first answer is the answer)
 * or overlaps a valid one; the row tells which: the walk's `status` is then not `completed`. `told` are notifications and `company` outbox rows to be announced.
 */
export async function completeWalks(
  db: Db,
  actor: Actor,
  walks: readonly MeasuredWalk[],
  now: Date,
): Promise<{ rows: CompletionRow[]; told: string[]; company: string[] } | null> {
  const batch = settling(actor.user_id, {
    walks: walks.map((walk) => ({
      ...(walk.start && { started: insertWalk(actor, walk.start, 'ended', now) }),
      completed: completeWalk(actor, walk, now),
      settled: settleCompletion(actor, walk.id, now),
      answer: answerCompletion(actor, walk.id),
    })),
    company: tellCompany(
      actor,
      walks.map(({ id }) => id),
    ),
    told: listCaused(actor, now),
  })
  const results = await runBatch(db, batch)
  const rows = results.walks.flatMap(({ answer }) => answer)
  if (rows.length < walks.length) return null
  return { rows, told: results.told.map(({ id }) => id), company: results.company.map(({ id }) => id) }
}

/** `settleWalk` for a walk that has just been completed, together with its company, its ranks and the answer that it keeps. */
const settleCompletion = (actor: Actor, walkId: string, now: Date) => sql`
    SELECT answer_walk(id, ${now.toISOString()})
    FROM walks
    WHERE id = ${walkId} AND user_id = ${actor.user_id} AND status = 'completed' AND standing_before IS NOT NULL`

const answerCompletion = (actor: Actor, walkId: string) => sql<CompletionRow>`
    WITH ${viewer(actor)}
    SELECT CASE WHEN walks.id IS NOT NULL THEN completion_json(walks.id, viewer.id) END AS completion,
           walks.request_hash,
           walks.track_key,
           EXISTS (SELECT 1 FROM walks taken WHERE taken.id = ${walkId}) AS is_id_taken
    FROM viewer
    LEFT JOIN walks ON walks.id = ${walkId} AND walks.user_id = viewer.id AND walks.deleted_at IS NULL`

/** Keeps raw tracks of completed walks that R2 did not take, until it takes them. */
export async function spoolTracks(
  db: Db,
  tracks: readonly { walk_id: string; track_key: string; content: string }[],
  now: Date,
): Promise<void> {
  await db.execute(sql`
    INSERT INTO track_spool (walk_id, track_key, content, spooled_at)
    SELECT walks.id, given.track_key, decode(given.content, 'base64'), ${now.toISOString()}
    FROM jsonb_to_recordset(${JSON.stringify(tracks)}) AS given (walk_id uuid, track_key text, content text)
    JOIN walks ON walks.id = given.walk_id AND walks.track_key = given.track_key
    ON CONFLICT (walk_id) DO NOTHING`)
}

function completeWalk(actor: Actor, walk: MeasuredWalk, now: Date): SQL {
  const { measurement } = walk
  const startedAt = measurement.started_at_ms === null ? null : new Date(measurement.started_at_ms).toISOString()
  const endedAt = measurement.ended_at_ms === null ? walk.declared_ended_at : new Date(measurement.ended_at_ms).toISOString()
  const begunAt = sql`coalesce(${startedAt}, walks.started_at)`
  const isRefused = sql`(NOT ${measurement.valid} OR EXISTS (SELECT 1 FROM copied))`
  return sql`
    WITH ${viewer(actor)}, overlapping AS (
      SELECT 1
      FROM viewer
      JOIN walks ON walks.user_id = viewer.id
      WHERE walks.is_valid
        AND walks.deleted_at IS NULL
        AND walks.id <> ${walk.id}
        AND tstzrange(walks.started_at, walks.ended_at) && tstzrange(${startedAt}, ${endedAt})
    ), copied AS (${copiedFrom(walk, startedAt, endedAt)})
    UPDATE walks
    SET status = 'completed',
        completed_at = ${now.toISOString()},
        started_at = coalesce(${startedAt}, walks.started_at),
        ended_at = greatest(${endedAt}, ${startedAt}, CASE WHEN ${startedAt}::timestamptz IS NULL THEN walks.started_at END),
        auto_ended = walks.auto_ended OR ${measurement.auto_ended},
        is_valid = NOT ${isRefused},
        reasons = CASE WHEN EXISTS (SELECT 1 FROM copied) THEN ${JSON.stringify(walk.replay_reason)}::jsonb ELSE '[]' END || ${JSON.stringify(measurement.reasons)}::jsonb,
        distance_m = ${Math.round(measurement.distance_m)},
        duration_sec = ${Math.round(measurement.duration_sec)},
        moving_sec = ${Math.round(measurement.moving_sec)},
        stopped_sec = ${Math.round(measurement.stopped_sec)},
        avg_speed_kmh = ${measurement.avg_speed_kmh},
        max_speed_kmh = ${measurement.max_speed_kmh},
        ascent_m = ${Math.round(measurement.ascent_m)},
        descent_m = ${Math.round(measurement.descent_m)},
        calories = ${caloriesOf(sql`${Math.round(measurement.distance_m)}`)},
        segments = ${JSON.stringify(measurement.segments)}::jsonb,
        route_polyline = ${walk.route_polyline || null},
        line = ${multiLine(measurement.line)},
        fingerprint = ${measurement.fingerprint && asArray(measurement.fingerprint)}::double precision[],
        fingerprint_key = ${fingerprintKey(measurement.fingerprint, 0)},
        claimed = ${JSON.stringify(walk.claimed)}::jsonb || jsonb_build_object('started_at', walks.started_at),
        track_key = ${walk.track_key},
        memo = coalesce(${walk.memo}, walks.memo),
        shared_to_feed = ${walk.shared_to_feed},
        region_code = viewer.region_code,
        standing_before = standing_before(viewer.id, viewer.region_code, ${begunAt}, ${now.toISOString()})
    FROM viewer
    WHERE walks.id = ${walk.id}
      AND walks.user_id = viewer.id
      AND walks.status <> 'completed'
      AND walks.deleted_at IS NULL
      AND NOT (${measurement.valid} AND EXISTS (SELECT 1 FROM overlapping))`
}

/** Two of the fingerprint's 16 slots, a third and two thirds in, make a point of the 4-D index; two more sift what it finds before all are compared. */
const KEY_SLOTS = [5, 10] as const
const SIFTING_SLOTS = [2, 13] as const
/** Degrees of 12 m: what noise leaves of a slot's mean, twice over. */
const REACH_DEG = { lat: 0.000108, lng: 0.000136 }

function fingerprintKey(fingerprint: readonly number[] | null, reach: -1 | 0 | 1): SQL {
  if (!fingerprint) return sql`NULL`
  const [lng1, lat1, lng2, lat2] = KEY_SLOTS.flatMap((slot) => [
    (fingerprint[2 * slot] ?? 0) + reach * REACH_DEG.lng,
    (fingerprint[2 * slot + 1] ?? 0) + reach * REACH_DEG.lat,
  ])
  return sql`ST_SetSRID(ST_MakePoint(${lng1}, ${lat1}, ${lng2}, ${lat2}), 4326)`
}

/**
 * The earlier walk this track is a copy of. Equal within a few metres over normalised time is a replay when the two lie at different times; two people
 * side by side walk at the same time, sometimes within a metre by chance, and are equal to half of one only where one phone's track was sent twice.
 */
function copiedFrom(walk: MeasuredWalk, startedAt: string | null, endedAt: string | null): SQL {
  const { fingerprint, valid } = walk.measurement
  if (!fingerprint || !valid) return sql`SELECT NULL WHERE false`
  return sql`
      SELECT earlier.id
      FROM walks earlier
      CROSS JOIN LATERAL fingerprint_deviation(earlier.fingerprint, ${asArray(fingerprint)}::double precision[]) AS apart
      WHERE earlier.fingerprint_key &&& ST_MakeLine(${fingerprintKey(fingerprint, -1)}, ${fingerprintKey(fingerprint, 1)})
        AND earlier.is_valid
        AND earlier.deleted_at IS NULL
        AND earlier.id <> ${walk.id}
        AND ${isNear(fingerprint, SIFTING_SLOTS[0])}
        AND ${isNear(fingerprint, SIFTING_SLOTS[1])}
        AND CASE WHEN tstzrange(earlier.started_at, earlier.ended_at) && tstzrange(${startedAt}, ${endedAt})
          THEN apart.median_m <= 0.5
          ELSE apart.median_m <= 3 AND apart.p90_m <= 6
        END
      LIMIT 1`
}

/** Whether one slot of `earlier` lies where ours does; SQL counts from one. */
function isNear(fingerprint: readonly number[], slot: number): SQL {
  return sql`abs(earlier.fingerprint[${sql.raw(String(2 * slot + 1))}] - ${fingerprint[2 * slot]}) < ${REACH_DEG.lng}
        AND abs(earlier.fingerprint[${sql.raw(String(2 * slot + 2))}] - ${fingerprint[2 * slot + 1]}) < ${REACH_DEG.lat}`
}
