import type { PostAudience } from '../../users/settings/schema.ts'
import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, runBatch } from '../../../db/client.ts'
import { multiLine } from '../../../db/twkb.ts'
import { viewer } from '../../../db/viewer.ts'
import { toBase64 } from '../../../core/base64.ts'
import type { KmaCell } from '../../../core/kma-grid.ts'
import type { Measurement } from '../../../measuring/measure-track.ts'
import type { MovedBadge } from '../../badges/schema.ts'
import { settling } from '../../facts/sql.ts'
import { EXCESS_REASON, MEASURED_VERSION } from '../rules.ts'
import type { Completion } from '../schema.ts'
import type { Sketch } from '../showing/sketch.ts'
import type { WalkRow } from '../sql.ts'
import { insertWalk, type NewWalk } from '../start/queries.ts'
import { type Alike, REPLAY_REASONS } from '../copies/rules.ts'

/** All that one completion writes. */
export interface MeasuredWalk {
  readonly id: string
  /** Present where the walk comes whole (sync): it is inserted first. */
  readonly start: NewWalk | null
  readonly measurement: Measurement
  /** Where the track begins. */
  readonly cell: KmaCell | null
  readonly route_polyline: string
  /** Empty where the walk is too small for one. */
  readonly sketch: Sketch
  /** Stands where the track has no usable fix. */
  readonly declared_ended_at: string
  readonly claimed: object
  readonly memo: string | null
  readonly shared_to_feed: boolean
  readonly audience: PostAudience | null
  /** Where R2 keeps the raw track, once the walk is completed. */
  readonly track_key: string | null
  /** Whether the track was measured without knowing when the walk began. Where that matters, the row answers `began_at` and nothing is completed. */
  readonly asks_start: boolean
}

export interface CompletionRow {
  /** What `completion_json` answers; without goal and streak where the walk is not completed. */
  readonly completion: {
    readonly walk: WalkRow
    readonly weekly_goal: Completion['weekly_goal'] | null
    readonly streak: Completion['streak'] | null
    readonly ranking: Completion['ranking']
    readonly grade_up: Completion['grade_up']
    readonly titles_unlocked: Completion['titles_unlocked']
    readonly badges_earned: Completion['badges_earned']
    readonly badges_moved: MovedBadge[]
  } | null
  readonly request_hash: string | null
  readonly track_key: string | null
  readonly is_id_taken: boolean
  /** Ids of notifications, and of outbox rows for company, that are to be announced. */
  readonly told: string[]
  readonly company: string[]
  /** Walks that this one must be compared with. */
  readonly alike: Alike[]
  /** When the weather of the walk is looked for. Absent where it is known or will never be. */
  readonly weather_due_at?: string | null
  /** When the walk began. Only present where the track has to be measured again because of it. */
  readonly began_at?: string
}

/**
 * Completes walks of one person in one transaction and one trip. Each is left alone where it is completed already (its first answer is the answer)
 * or overlaps a valid one; the row tells which: the walk's `status` is then not `completed`. Answers null where the actor is not signed in any more.
 */
export async function completeWalks(db: Db, actor: Actor, walks: readonly MeasuredWalk[], now: Date): Promise<CompletionRow[] | null> {
  const batch = settling(actor.user_id, {
    walks: walks.map((walk) => ({
      ...(walk.start && { started: insertWalk(actor, walk.start, 'ended', now) }),
      completed: completeWalk(actor, walk, now),
    })),
  })
  const results = await runBatch(db, batch)
  const rows = results.walks.flatMap(({ completed }) => completed.map(({ row }) => row))
  return rows.length < walks.length ? null : rows
}

const completeWalk = (actor: Actor, walk: MeasuredWalk, now: Date) => sql<{ row: CompletionRow }>`
    WITH ${viewer(actor)}
    SELECT complete_walk(
      ${walk.id}::uuid, viewer.id, viewer.region_code, ${JSON.stringify(columnsOf(walk))}::jsonb, ${multiLine(walk.measurement.line)},
      ${JSON.stringify(REPLAY_REASONS.refused)}::jsonb, ${now.toISOString()}
    ) AS row
    FROM viewer`

/** What is stored of a walk, by column, and what else `complete_walk` reads. */
function columnsOf({
  measurement,
  cell,
  declared_ended_at,
  route_polyline,
  sketch,
  claimed,
  memo,
  shared_to_feed,
  audience,
  track_key,
  asks_start,
}: MeasuredWalk) {
  const measured = measuredColumns(measurement, route_polyline)
  return {
    ...measured,
    ended_at: measured.ended_at ?? declared_ended_at,
    claimed,
    track_key,
    memo,
    shared_to_feed,
    audience,
    asks_start,
    sketch,
    kma_nx: cell?.nx ?? null,
    kma_ny: cell?.ny ?? null,
    excess_reason: EXCESS_REASON,
  }
}

/** What is stored of a measured recording: columns of `walks`, and of `walk_traces` where it has a place. */
export function measuredColumns(measurement: Measurement, route_polyline: string) {
  const { cells, trace, richness } = measurement.residuals
  const instant = (at_ms: number | null) => (at_ms === null ? null : new Date(at_ms).toISOString())
  return {
    started_at: instant(measurement.started_at_ms),
    ended_at: instant(measurement.ended_at_ms),
    auto_ended: measurement.auto_ended,
    is_valid: measurement.valid,
    is_ranked: measurement.ranked,
    measured_version: MEASURED_VERSION,
    reasons: measurement.reasons as readonly object[],
    distance_m: Math.round(measurement.distance_m),
    duration_sec: Math.round(measurement.duration_sec),
    moving_sec: Math.round(measurement.moving_sec),
    stopped_sec: Math.round(measurement.stopped_sec),
    avg_speed_kmh: measurement.avg_speed_kmh,
    max_speed_kmh: measurement.max_speed_kmh,
    ascent_m: measurement.ascent_m,
    descent_m: measurement.descent_m,
    segments: measurement.segments,
    route_polyline: route_polyline || null,
    ...(cells.length > 0 && { cells, trace: toBase64(trace), richness }),
  }
}

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
