import { shiftTrack } from '../../dev/track-changes.ts'
import { type BenchContext, median, type Row, rowOf, times } from './bench.ts'
import { type Cost, remove, signUp } from './client.ts'
import { dailyWay, giveHistory } from './history.ts'
import { createCalendar, prepare, tryToComplete, walkOf } from './walks.ts'

const SIZES = [600, 3_600] as const
const EARLIER_WALKS = [300, 3_000] as const
const WARM_UP = 10
const REPETITIONS = 40
const BAR = 1.3
/** Everybody lives far from the others, so that no walk is compared with a walk of somebody else. */
const FAR_M = 20_000
const APART_M = 300

/**
 * Completes the same walk for somebody new and for people with hundreds and thousands of walks from the same door, in turn. One walk takes a new way. The other
 * takes the daily way, where hundreds of earlier walks must be told from a copy.
 */
export async function benchHistory(context: BenchContext): Promise<Row[]> {
  const veterans = []
  for (const [k, walks] of EARLIER_WALKS.entries()) {
    const home = { person: await signUp(context), count: times(walks, context.scale), east_m: -k * FAR_M }
    await giveHistory(context.databaseUrl, home.person, { ...home, sizes: SIZES })
    veterans.push(home)
  }
  const place = createCalendar()
  const kinds = SIZES.flatMap((points) => {
    const daily = dailyWay(points)
    const { way: _, ...anyWay } = daily
    return [
      { points, name: 'a new way', options: anyWay, rounds: [] as Round[], copies: 0 },
      { points, name: 'the daily way', options: daily, rounds: [] as Round[], copies: 0 },
    ]
  })
  const count = WARM_UP + times(REPETITIONS, context.scale)
  let homes = 0
  for (let i = 0; i < count; i++) {
    for (const kind of kinds) {
      const track = walkOf(kind.points, 900_000 + i, kind.options)
      const newcomer = { person: await signUp(context), count: 0, east_m: FAR_M + APART_M * homes++ }
      const walks = []
      for (const { person, east_m } of [newcomer, ...veterans])
        walks.push(await prepare(person, place(person, shiftTrack(track, { east_m }))))
      // The first person would pay for what the others find warm.
      const order = walks.map((_, k) => (k + i) % walks.length)
      const costs: Cost[] = []
      let isCopy = false
      for (const k of order) {
        const { cost, reasons } = await tryToComplete(context, walks[k]!)
        costs[k] = cost
        // Nobody walks two hundred times a month, so the day is as free for each as for the newcomer.
        await remove(context.worker, `/walks/${walks[k]!.id}`, walks[k]!.person.token)
        // Among hundreds of walks of one way, one may look like a copy of the new walk. That completion then does less work than the others.
        if (reasons?.some(({ rule }) => rule === 'replay')) isCopy = true
        else if (reasons) throw new Error(`an honest walk was refused: ${JSON.stringify(reasons)}`)
      }
      if (isCopy) kind.copies++
      else if (i >= WARM_UP) kind.rounds.push(costs)
    }
  }
  const people = [0, ...veterans.map((veteran) => veteran.count)]
  return kinds.flatMap(({ points, name, rounds, copies }) => {
    const scale = `${points} points, ${name}`
    return [
      ...FIGURES.flatMap(([figure, of]) => {
        const figures = people.map((_, k) => rounds.map((costs) => of(costs[k]!)))
        return [
          ...people.map((walks, k) => rowOf(`completion after ${walks} walks, ${figure}`, scale, figures[k]!)),
          {
            what: `history, ${figure}`,
            scale,
            unit: '×',
            median: median(figures.at(-1)!) / median(figures[0]!),
            p95: null,
            n: rounds.length,
            bar: BAR,
          } as const,
        ]
      }),
      {
        what: 'history, honest walks taken for copies',
        scale,
        unit: '%',
        median: (100 * copies) / count,
        p95: null,
        n: count,
        bar: null,
      } as const,
    ]
  })
}

/** The costs of the same walk for each of `people`. */
type Round = readonly Cost[]

const FIGURES: readonly (readonly [string, (cost: Cost) => number])[] = [
  ['Postgres trip', ({ trips }) => trips.reduce((sum, trip) => sum + trip.ms, 0)],
  ['time', ({ wall_ms }) => wall_ms],
]
