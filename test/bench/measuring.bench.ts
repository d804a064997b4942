import { NOW_MS } from '../../dev/tracks.ts'
import { measureTrack } from '../../src/measuring/measure-track.ts'
import { sketchOf } from '../../src/modules/walks/showing/sketch.ts'
import { median, type Row, rowOf, times } from './bench.ts'
import { walkOf } from './walks.ts'

const SIZES = [
  { points: 600, batch: 160, bar: null },
  { points: 3_600, batch: 30, bar: null },
  { points: 10_000, batch: 10, bar: 8 },
  // Twelve hours, a fix a second: no walk is longer.
  { points: 43_000, batch: 2, bar: 40 },
] as const
const BATCHES = 30
const TRACKS = 10
const WARM_UP = 300
/** The cost must be linear in points; caches may take a fifth more. */
const GROWTH_MAX = 1.2

/** `measureTrack` by itself, on this process's thread. */
export async function benchMeasuring({ scale }: { scale: number }): Promise<Row[]> {
  const sizes = SIZES.map((size) => ({
    ...size,
    tracks: Array.from({ length: TRACKS }, (_, i) => walkOf(size.points, i + 1)),
    ms: [] as number[],
  }))
  for (let i = 0; i < WARM_UP; i++) for (const { tracks } of sizes) measureTrack(tracks[i % TRACKS]!, { now_ms: NOW_MS })
  // A thread's CPU time moves in steps of 4 ms on many systems, so a sample is a batch that takes some ten of them.
  for (let i = 0; i < times(BATCHES, scale); i++) {
    for (const { tracks, ms, batch } of sizes) {
      const before = process.threadCpuUsage()
      for (let k = 0; k < batch; k++) measureTrack(tracks[k % TRACKS]!, { now_ms: NOW_MS })
      const { user, system } = process.threadCpuUsage(before)
      ms.push((user + system) / 1_000 / batch)
    }
  }
  // Round by round: what slows the machine down for a while slows both.
  const [, middle, large] = sizes
  const growth = large!.ms.map((ms, i) => ms / large!.points / (middle!.ms[i]! / middle!.points))
  return [
    ...sizes.map(({ points, batch, bar, ms }) => rowOf('measuring, CPU', `${points} points, ${batch} a sample`, ms, { bar })),
    {
      what: 'measuring, CPU a point',
      scale: '10,000 against 3,600 points',
      unit: '×',
      median: median(growth),
      p95: null,
      n: growth.length,
      bar: GROWTH_MAX,
    },
    sketchRow(scale),
  ]
}

/** The sketch of a route of 500 positions, the most that one has. */
function sketchRow(scale: number): Row {
  const { lng, lat } = walkOf(3_600, 1)
  const route = Array.from({ length: 500 }, (_, i): [number, number] => [lng[i * 7]!, lat[i * 7]!])
  const seed = Uint8Array.from({ length: 32 }, (_, i) => 7 * i)
  const batch = 500
  const ms = Array.from({ length: times(BATCHES, scale) + 5 }, () => {
    const before = process.threadCpuUsage()
    for (let k = 0; k < batch; k++) sketchOf(route, seed)
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / 1_000 / batch
  })
  return rowOf('sketch, CPU', `500 points, ${batch} a sample`, ms.slice(5), { bar: 0.5 })
}
