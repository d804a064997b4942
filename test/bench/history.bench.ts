import { shiftTrack } from '../../dev/track-changes.ts'
import { type BenchContext, median, type Row, rowOf, times } from './bench.ts'
import { type Cost, signUp } from './client.ts'
import { checkKeys, dailyWay, giveHistory } from './history.ts'
import { complete, createCalendar, prepare, tryToComplete, walkOf } from './walks.ts'

const SIZES = [600, 3_600] as const
const EARLIER_WALKS = 3_000
const WARM_UP = 10
const REPETITIONS = 40
const BAR = 1.3
/** Newcomers live far from the veteran and apart from each other, so that nobody's fingerprint is a candidate for another's. */
const FAR_M = 20_000
const APART_M = 300

/**
 * Completing the same walk for somebody new and for somebody with thousands of walks from the same door, in turn: once along a way never taken, once
 * along the daily one, where hundreds of earlier walks must be told from a copy.
 */
export async function benchHistory(context: BenchContext): Promise<Row[]> {
  const veteran = await signUp(context)
  const earlier = times(EARLIER_WALKS, context.scale)
  await giveHistory(context.databaseUrl, veteran, earlier, SIZES)
  const place = createCalendar()
  const kinds = SIZES.flatMap((points) => {
    const daily = dailyWay(points)
    const { way: _, ...anyWay } = daily
    return [
      { points, name: 'a new way', options: anyWay, pairs: [] as Pair[], copies: 0 },
      { points, name: 'the daily way', options: daily, pairs: [] as Pair[], copies: 0 },
    ]
  })
  const count = WARM_UP + times(REPETITIONS, context.scale)
  let homes = 0
  for (let i = 0; i < count; i++) {
    for (const kind of kinds) {
      const track = walkOf(kind.points, 900_000 + i, kind.options)
      const newcomer = await signUp(context)
      const elsewhere = shiftTrack(track, { east_m: FAR_M + APART_M * homes++ })
      const walks = { many: await prepare(veteran, place(veteran, track)), none: await prepare(newcomer, place(newcomer, elsewhere)) }
      // Whoever comes first pays for what the second finds warm.
      const none = i % 2 === 0 ? await complete(context, walks.none) : null
      const many = await tryToComplete(context, walks.many)
      const pair = { none: none ?? (await complete(context, walks.none)), many: many.cost }
      // Among hundreds of walks of one way there may be one that a new one cannot be told from; it then does less than the others.
      if (many.reasons?.some(({ rule }) => rule === 'replay')) kind.copies++
      else if (many.reasons) throw new Error(`an honest walk was refused: ${JSON.stringify(many.reasons)}`)
      else if (i >= WARM_UP) kind.pairs.push(pair)
    }
  }
  await checkKeys(context.databaseUrl)
  return kinds.flatMap(({ points, name, pairs, copies }) => {
    const scale = `${points} points, ${name}`
    return [
      ...FIGURES.flatMap(([figure, of]) => {
        const [none, many] = [pairs.map((pair) => of(pair.none)), pairs.map((pair) => of(pair.many))]
        return [
          rowOf(`completion after 0 walks, ${figure}`, scale, none),
          rowOf(`completion after ${earlier} walks, ${figure}`, scale, many),
          {
            what: `history, ${figure}`,
            scale,
            unit: '×',
            median: median(many) / median(none),
            p95: null,
            n: pairs.length,
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

interface Pair {
  readonly none: Cost
  readonly many: Cost
}

const FIGURES: readonly (readonly [string, (cost: Cost) => number])[] = [
  ['Postgres trip', ({ trips }) => trips.reduce((sum, trip) => sum + trip.ms, 0)],
  ['time', ({ wall_ms }) => wall_ms],
]
