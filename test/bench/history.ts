import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { makeWay, type Way } from '../../dev/motion.ts'
import { randomFrom } from '../../dev/random.ts'
import { toBase64 } from '../../src/core/base64.ts'
import { shiftTrack } from '../../dev/track-changes.ts'
import { type MakeOptions, NOW_MS } from '../../dev/tracks.ts'
import { type Line, type Measurement, measureTrack } from '../../src/measuring/measure-track.ts'
import type { Person } from './client.ts'
import { walkOf } from './walks.ts'

const HOME = { lat: 37.5172, lng: 127.0473 }
const PACE_MPS = 1.1
const OTHER_WAYS = 30
const OTHER_POINTS = 900
const DAY_MS = 86_400_000
/** History ends before the month in which the new walks of the bench lie. */
const LATEST_MS = 40 * DAY_MS
const ROWS_A_STATEMENT = 250

/** The way that a person always takes for a walk of so many points. */
export function dailyWay(points: number): MakeOptions {
  return { way: wayOf(points, 1.4 * PACE_MPS * points), origin: HOME, pace_mps: PACE_MPS }
}

function wayOf(seed: number, lengthM: number): Way {
  return makeWay(randomFrom(seed), lengthM, [35, 160], 2)
}

/** Of every ten earlier walks four took the short daily way, one took the long one, and five took another way. */
function earlierWalk(i: number, sizes: readonly number[], eastM: number): Measurement {
  const [short = 600, long = 3_600] = sizes
  const kind = i % 10
  const points = kind < 4 ? short : kind === 4 ? long : OTHER_POINTS
  const options =
    kind < 5 ? dailyWay(points) : { way: wayOf(100_000 + (i % OTHER_WAYS), 2 * OTHER_POINTS), origin: HOME, pace_mps: PACE_MPS }
  const track = shiftTrack(walkOf(points, 500_000 + i, options), { east_m: eastM })
  return measureTrack(track, { now_ms: NOW_MS })
}

export interface History {
  readonly count: number
  readonly sizes: readonly number[]
  /** How far their door lies east of the bench's own door. */
  readonly east_m: number
}

/** Gives a person earlier valid walks, two a day, all from the same door, with the facts folded and the badges awarded. */
export async function giveHistory(databaseUrl: string, person: Person, { count, sizes, east_m }: History): Promise<void> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    for (let from = 0; from < count; from += ROWS_A_STATEMENT) {
      const rows = Array.from({ length: Math.min(ROWS_A_STATEMENT, count - from) }, (_, k) =>
        rowOf(earlierWalk(from + k, sizes, east_m), from + k),
      )
      await client.query(INSERT, [JSON.stringify(rows), person.user_id])
      await client.query(INSERT_TRACES, [JSON.stringify(rows)])
    }
    await client.query('INSERT INTO walk_pets (walk_id, pet_id, position) SELECT id, $2, 1 FROM walks WHERE user_id = $1', [
      person.user_id,
      person.pet_id,
    ])
    await client.query('SELECT fold_walk(id) FROM walks WHERE user_id = $1 ORDER BY started_at', [person.user_id])
    await client.query('SELECT fold_histogram($1)', [person.user_id])
    await client.query(`SELECT award_badges($1, seoul_day(max(started_at)), NULL, now()) FROM walks WHERE user_id = $1`, [person.user_id])
    // This is what crons and autovacuum would have done over the years.
    await client.query(
      `DELETE FROM rankings WHERE period_key LIKE '%-W%' AND period_key < to_char(now() - interval '9 weeks', 'IYYY-"W"IW')`,
    )
    await client.query(
      `DELETE FROM rankings WHERE period_key LIKE '____-__' AND period_key < to_char(now() - interval '14 months', 'YYYY-MM')`,
    )
    await client.query('VACUUM ANALYZE')
  } finally {
    await client.end()
  }
}

function rowOf(measured: Measurement, i: number) {
  const startedAt = Date.now() - LATEST_MS - Math.floor(i / 2) * DAY_MS - (i % 2) * (DAY_MS / 2)
  const moved = startedAt - (measured.started_at_ms ?? 0)
  return {
    id: randomUUID(),
    started_at: new Date(startedAt).toISOString(),
    ended_at: new Date((measured.ended_at_ms ?? 0) + moved).toISOString(),
    distance_m: Math.round(measured.distance_m),
    duration_sec: measured.duration_sec,
    moving_sec: measured.moving_sec,
    stopped_sec: measured.stopped_sec,
    avg_speed_kmh: measured.avg_speed_kmh,
    max_speed_kmh: measured.max_speed_kmh,
    ascent_m: measured.ascent_m,
    descent_m: measured.descent_m,
    segments: measured.segments,
    route: `SRID=4326;LINESTRING (${measured.route.map((position) => position.join(' ')).join(',')})`,
    line: toText(measured.line, moved),
    cells: measured.residuals.cells,
    trace: toBase64(measured.residuals.trace),
    richness: measured.residuals.richness,
  }
}

function toText({ lng, lat, time_ms, piece_starts }: Line, movedMs: number): string {
  const pieces = piece_starts.map((start, k) => {
    const end = piece_starts[k + 1] ?? lng.length
    const points = Array.from(
      { length: end - start },
      (_, at) => `${lng[start + at]} ${lat[start + at]} ${(time_ms[start + at]! + movedMs) / 1_000}`,
    )
    return `(${points.join(',')})`
  })
  return `SRID=4326;MULTILINESTRING M (${pieces.join(',')})`
}

const INSERT = `
  INSERT INTO walks (
    id, user_id, status, started_at, request_hash, created_at, completed_at, ended_at, is_valid, reasons, distance_m, duration_sec, moving_sec,
    stopped_sec, avg_speed_kmh, max_speed_kmh, ascent_m, descent_m, calories, segments, route_polyline, line,
    claimed, track_key, answer
  )
  SELECT id, $2::uuid, 'completed', started_at, 'bench', started_at, ended_at, ended_at, true, '[]', distance_m, duration_sec, moving_sec,
    stopped_sec, avg_speed_kmh, max_speed_kmh, ascent_m, descent_m, walk_calories(distance_m, 5), segments, ST_AsEncodedPolyline(route::geometry), line::geometry,
    '{}', 'tracks/' || $2::uuid || '/' || id, '{"weekly_goal": {"goal_km": 10, "distance_m": 0, "percent": 0}, "moved": {}, "streak": {"current": 0, "best": 0, "rest_day_used": false}}'
  FROM json_to_recordset($1) AS walk (
    id uuid, started_at timestamptz, ended_at timestamptz, distance_m int, duration_sec int, moving_sec int, stopped_sec int, avg_speed_kmh float8,
    max_speed_kmh float8, ascent_m int, descent_m int, segments jsonb, route text, line text
  )`

/** New walks are compared with these. */
const INSERT_TRACES = `
  INSERT INTO walk_traces (walk_id, cells, trace, richness, distance_m, is_compared)
  SELECT id, cells, decode(trace, 'base64'), richness, distance_m, true
  FROM json_to_recordset($1) AS walk (id uuid, cells int[], trace text, richness int, distance_m int)`
