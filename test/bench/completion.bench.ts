import { type BenchContext, median, type Row, rowOf, times } from './bench.ts'
import { type Cost, measureHealth, signUp } from './client.ts'
import { complete, createCalendar, type Prepared, prepare, walkOf } from './walks.ts'

const SIZES = [
  { points: 600, bar: 10 },
  { points: 3_600, bar: 15 },
  { points: 10_000, bar: 25 },
] as const
const PEOPLE = 5
const WARM_UP = 25
const REPETITIONS = 60

/** `POST /walks/{id}/complete`: what it costs the Worker. */
export async function benchCompletion(context: BenchContext): Promise<Row[]> {
  const count = times(REPETITIONS, context.scale)
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => signUp(context)))
  const place = createCalendar()
  const sizes = SIZES.map((size) => ({ ...size, walks: [] as Prepared[], costs: [] as Cost[] }))
  for (const { points, walks } of sizes) {
    for (let i = 0; i < WARM_UP + count; i++) {
      const person = people[i % PEOPLE]!
      walks.push(await prepare(person, place(person, walkOf(points, 10 * points + i))))
    }
  }
  const idle: number[] = []
  // They take turns, so that other work of the machine falls on all of them.
  for (let i = 0; i < WARM_UP + count; i++) {
    const health = await measureHealth(context)
    if (i >= WARM_UP) idle.push(health)
    for (const { walks, costs } of sizes) {
      const cost = await complete(context, walks[i]!)
      if (i >= WARM_UP) costs.push(cost)
    }
  }
  const idleMs = median(idle)
  return [
    rowOf('GET /health, CPU of the process', '', idle),
    ...sizes.flatMap(({ points, bar, walks, costs }) => {
      const size = `${points} points, ${Math.round(walks[0]!.body.length / 1_000)} kB`
      const [cpu, below] = [costs.map((it) => it.cpu_ms), costs.map((it) => it.floor_ms)]
      const [wall, counts] = [costs.map((it) => it.wall_ms), costs.map((it) => it.trips.length)]
      const lessIdle = cpu.map((ms) => ms - idleMs)
      const lessBelow = cpu.map((ms, i) => ms - below[i]!)
      return [
        rowOf('completion, CPU of the process', size, cpu),
        rowOf('completion, less GET /health', size, lessIdle),
        rowOf('completion, less the same I/O: Worker CPU', size, lessBelow, { bar }),
        rowOf('completion, time', size, wall),
        rowOf('completion, trips', size, counts, { unit: 'trips', bar: 1 }),
      ]
    }),
  ]
}
