import { z } from 'zod'
import { toGrid } from '../../../core/grid.ts'
import type { Deps } from '../../../deps.ts'
import { middleOf, CELL_M } from '../heat/rules.ts'
import { bandOf, type Leader, leadersOf, minutesFor } from './leaders.ts'
import { type Cell, courseLine, type CourseLine, likeness, nameOf, wideCells } from './lines.ts'
import {
  type CourseRow,
  deleteForgotten,
  findAround,
  findWays,
  listSpots,
  replaceCourses,
  type Spot,
  type SpotKind,
  type Standing,
  type Ways,
} from './queries.ts'

/** What a place takes: who walks there, their ways, and what has come of it. */
const TRIPS_A_SPOT = 3
/** A course and what it has become have at least so much in common. A simplified line may lie a cell beside the one before. */
const SUCCESSOR = 0.5
const SUCCESSOR_REACH = 1
/** So alike two courses are one, which belongs to the place that had it first. */
const SAME = 0.6

export const coursesCursor = z.object({ kind: z.enum(['place', 'region']), after: z.string().nullable() })
type CoursesCursor = z.infer<typeof coursesCursor>

interface CoursesPart {
  readonly counts: Readonly<Record<string, number>>
  readonly next: CoursesCursor | null
}

/** One part of a night: the courses around the next places. */
export async function renewCourses(
  { db }: Pick<Deps, 'db'>,
  at: Date,
  trips: number,
  { kind, after }: CoursesCursor,
): Promise<CoursesPart> {
  const most = Math.floor((trips - 2) / TRIPS_A_SPOT)
  const spots = await listSpots(db, kind, after, at, most)
  const counts = { spots: 0, courses: 0 }
  for (const spot of spots) {
    counts.courses += await renewSpot(db, kind, spot, at)
    counts.spots++
  }
  if (spots.length === most) return { counts, next: { kind, after: spots.at(-1)!.id } }
  if (kind === 'place') return { counts, next: { kind: 'region', after: null } }
  await deleteForgotten(db)
  return { counts, next: null }
}

async function renewSpot(db: Deps['db'], kind: SpotKind, spot: Spot, at: Date): Promise<number> {
  const around = await findAround(db, kind, spot, at)
  if (!around) return 0
  const leaders = leadersOf(around.walks, around.alike)
  const isQuiet = !around.standing.some(({ is_here }) => is_here)
  if (leaders.length === 0 && isQuiet) return 0
  const ways = leaders.length > 0 ? await findWays(db, leaders.map(({ walk_id }) => walk_id)) : { ways: {}, tiles: [] } // prettier-ignore
  const courses = coursesOf(spot, leaders, ways, around.standing)
  if (courses.length > 0 || !isQuiet) await replaceCourses(db, kind, spot.id, courses, at)
  return courses.length
}

function coursesOf(spot: Spot, leaders: readonly Leader[], { ways, tiles }: Ways, standing: readonly Standing[]): CourseRow[] {
  const published = new Set(
    tiles.flatMap(([tileX, tileY, codes]) => codes.map((code) => `${tileX * 32 + ((code >> 3) & 31)},${tileY * 32 + (code >> 8)}`)),
  )
  const stood = standing.map(({ id, is_here, line }) => ({ id, is_here, wide: wideCells(line.flatMap(([lng, lat]) => cellAt(lng, lat))) }))
  const courses: CourseRow[] = []
  for (const leader of leaders) {
    const line = courseLine(piecesOf(ways[leader.walk_id] ?? []), ([x, y]) => published.has(`${x},${y}`))
    if (!line) continue
    const wide = wideCells(line.cells)
    if (stood.some((other) => !other.is_here && likeness(wide, other.wide) >= SAME)) continue
    const [before] = stood
      .filter(({ id, is_here }) => is_here && courses.every((course) => course.id !== id))
      .map(({ id, wide: was }) => ({ id, alike: likeness(wide, was, SUCCESSOR_REACH) }))
      .filter(({ alike }) => alike >= SUCCESSOR)
      .toSorted((a, b) => b.alike - a.alike)
    courses.push(rowOf(before?.id ?? crypto.randomUUID(), spot, line, leader))
  }
  return courses
}

function rowOf(id: string, { name }: Spot, { cells, distance_m, is_loop }: CourseLine, { people, minutes_a_km }: Leader): CourseRow {
  return {
    id,
    name: nameOf(name, { distance_m, is_loop }),
    distance_m,
    is_loop,
    duration_min: minutesFor(distance_m, minutes_a_km),
    users_band: bandOf(people),
    line: cells.map(([x, y]) => {
      const { lat, lng } = middleOf(x, y, CELL_M)
      return [lng, lat]
    }),
  }
}

function piecesOf(way: Ways['ways'][string]): Cell[][] {
  return [...Map.groupBy(way, ([piece]) => piece).values()].map((piece) => piece.map(([, x, y]): Cell => [x, y]))
}

function cellAt(lng: number, lat: number): Cell[] {
  const point = toGrid({ lat, lng })
  return point ? [[Math.floor(point.x / CELL_M), Math.floor(point.y / CELL_M)]] : []
}
