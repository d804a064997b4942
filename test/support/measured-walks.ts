import { completeWalks, type CompletionRow, type MeasuredWalk } from '../../src/modules/walks/completion/queries.ts'
import type { Measurement } from '../../src/measuring/measure-track.ts'
import { createTestDeps, type SignedIn } from './api.ts'

export interface MadeUpWalk {
  readonly id?: string
  readonly pet_ids: readonly string[]
  readonly started_at: Date
  readonly distance_m: number
  readonly duration_sec?: number
  readonly valid?: boolean
}

/**
 * Completes a walk with the real statements and without a track, for histories of hundreds of walks, and for days long past or yet to come. The actor needs a
 * session of today. `now` is when the walk arrives.
 */
export async function completeMadeUp(owner: { user: SignedIn }, walk: MadeUpWalk, now: Date): Promise<{ id: string; row: CompletionRow }> {
  const { db } = createTestDeps()
  const id = walk.id ?? crypto.randomUUID()
  const [row] = (await completeWalks(db, actorOf(owner), [measured(id, walk)], now)) ?? []
  if (!row) throw new Error('nobody is signed in')
  return { id, row }
}

/** The actor of an access token. */
export function actorOf({ user }: { user: SignedIn }) {
  const payload = JSON.parse(atob((user.access_token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')))
  return { user_id: user.user_id, session_id: payload.sid as string }
}

function measured(id: string, { pet_ids, started_at, distance_m, duration_sec = 600, valid = true }: MadeUpWalk): MeasuredWalk {
  const startedMs = started_at.getTime()
  const measurement: Measurement = {
    valid,
    ranked: valid,
    reasons: [],
    started_at_ms: startedMs,
    ended_at_ms: startedMs + duration_sec * 1_000,
    distance_m,
    duration_sec,
    moving_sec: duration_sec,
    stopped_sec: 0,
    avg_speed_kmh: 4,
    max_speed_kmh: 6,
    ascent_m: 0,
    descent_m: 0,
    auto_ended: false,
    segments: [],
    line: {
      lng: Float64Array.of(127, 127.001),
      lat: Float64Array.of(37.5, 37.5),
      time_ms: Float64Array.of(startedMs, startedMs + duration_sec * 1_000),
      piece_starts: [0],
      distance_m: Float64Array.of(0, distance_m),
      fix: Int32Array.of(0, 1),
    },
    route: [],
    residuals: { cells: [], trace: new Uint8Array(), richness: 0 },
    point_count: 0,
    usable_point_count: 0,
  }
  return {
    id,
    start: { id, request_hash: 'made up', started_at: started_at.toISOString(), pet_ids, goal: undefined, cell: null },
    measurement,
    cell: null,
    sketch: [],
    route_polyline: '',
    declared_ended_at: new Date(startedMs + duration_sec * 1_000).toISOString(),
    claimed: {},
    memo: null,
    shared_to_feed: false,
    audience: null,
    track_key: null,
    asks_start: false,
  }
}
