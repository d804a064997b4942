import pLimit from 'p-limit'
import type { KmaCell } from '../../../core/kma-grid.ts'
import type { Deps } from '../../../deps.ts'
import type { PublicDataOutcome } from '../../../vendors/public-data/outcome.ts'
import { freshUntil } from '../bases.ts'
import { type Breaker, SOURCE } from '../sources/breaker.ts'
import { basesToAsk, jitterOf, partsDue, PARTS, type Readings } from './copy.ts'
import type { CellWeather } from './schema.ts'

type Part = (typeof PARTS)[number]

/** A call with less time than this would be cut short, and prove nothing. */
const LEAST_MS = 500

export interface AskingOptions {
  readonly breaker: Breaker
  /** How many milliseconds are left for calls. */
  readonly leftMs: () => number
  /** Tries again after a second or two where that may help. */
  readonly isPatient?: boolean
  /** All of them where it is left out. */
  readonly parts?: readonly Part[]
  /** A message may make only so many calls, those that are made again among them. */
  readonly callsMax?: number
}

/** What came of the parts of all cells. `closed` and `left` were not asked. */
export interface Asked {
  asked: number
  read: number
  /** Bases that had not appeared. */
  late: number
  failed: number
  closed: number
  left: number
}

/** A cell, and the copy that is held of it. */
export interface Held {
  readonly cell: KmaCell
  readonly copy: CellWeather | null
}

/** Asks KMA for what is newer than the copies that are held, and for nothing else. Answers what was read of each cell. */
export async function askKma(
  { kma, now }: Pick<Deps, 'kma' | 'now'>,
  held: readonly Held[],
  { breaker, leftMs, isPatient = false, parts: wanted = PARTS, callsMax = Number.POSITIVE_INFINITY }: AskingOptions,
): Promise<{ readings: Readings[]; counts: Asked }> {
  const counts: Asked = { asked: 0, read: 0, late: 0, failed: 0, closed: 0, left: 0 }
  const limit = pLimit(breaker.roomFor(SOURCE.observation))
  const takeCall = () => {
    const isLeft = counts.asked < callsMax && leftMs() >= LEAST_MS
    if (isLeft) counts.asked++
    return isLeft
  }

  const askOnce: Ask = (part, call) =>
    limit(async () => {
      if (breaker.isOpen(SOURCE[part])) return void counts.closed++
      if (!takeCall()) return void counts.left++
      const answer = await call({ deadlineMs: leftMs(), patient: isPatient, takeCall })
      breaker.note(SOURCE[part], answer)
      limit.concurrency = breaker.roomFor(SOURCE[part])
      if (answer.outcome === 'failed') counts.failed++
      return answer
    })

  const readOne = async <P extends Part>(part: P, one: Held): Promise<Readings> => {
    const read = await readPart(part, one, { kma, askOnce, at: now() })
    if (read) counts[read.is_new ? 'read' : 'late']++
    return read ? { [part]: read.reading } : {}
  }

  const readAll = (part: Part) =>
    Promise.all(held.map((one) => (partsDue(one.copy, now()).includes(part) ? readOne(part, one) : Promise.resolve<Readings>({}))))
  // Where calls are counted, the observations of all cells come first, with the bases before those that are late.
  const parts: Readings[][] = []
  if (callsMax === Number.POSITIVE_INFINITY) parts.push(...(await Promise.all(wanted.map(readAll))))
  else for (const part of wanted) parts.push(await readAll(part))
  return { readings: held.map((_, k) => Object.assign({}, ...parts.map((cells) => cells[k])) as Readings), counts }
}

type CallOptions = { readonly deadlineMs: number; readonly patient: boolean; readonly takeCall: () => boolean }
/** The answer of one call, or nothing where it was not made. */
type Ask = <T>(part: Part, call: (options: CallOptions) => Promise<PublicDataOutcome<T>>) => Promise<PublicDataOutcome<T> | undefined>
type Value<P extends Part> = NonNullable<Readings[P]>

/** The newest base of a product that has appeared. One that is late is looked for again in a while. Null when that cannot be known now. */
async function readPart<P extends Part>(
  part: P,
  { cell, copy }: Held,
  { kma, askOnce, at }: Pick<Deps, 'kma'> & { askOnce: Ask; at: Date },
): Promise<{ reading: Value<P>; is_new: boolean } | null> {
  const stamp = (base: Date) => ({
    base: base.toISOString(),
    read_at: at.toISOString(),
    fresh_until: freshUntil(part, at, { base, jitterSec: jitterOf(cell) }).toISOString(),
  })
  for (const base of basesToAsk(part, copy, at)) {
    const answer = await askOnce(part, (options) => ASK[part](kma, cell, base, options))
    if (!answer || answer.outcome === 'failed') return null
    if (answer.outcome === 'answered') return { reading: { ...stamp(base), ...answer.value } as Value<P>, is_new: true }
  }
  const known = copy?.[part] ?? null
  const { fresh_until } = stamp(new Date(known?.base ?? 0))
  const nothing = { base: null, read_at: at.toISOString(), value: part === 'observation' ? null : [] }
  return { reading: { extremes: [], ...(known ?? nothing), fresh_until } as unknown as Value<P>, is_new: false }
}

type Read<P extends Part> = Omit<Value<P>, 'base' | 'read_at' | 'fresh_until'>

const ASK: {
  readonly [P in Part]: (kma: Deps['kma'], cell: KmaCell, base: Date, options: CallOptions) => Promise<PublicDataOutcome<Read<P>>>
} = {
  observation: async (kma, cell, base, options) => mapAnswer(await kma.observe(cell, base, options), (value) => ({ value })),
  hours: async (kma, cell, base, options) => mapAnswer(await kma.forecastHours(cell, base, options), (hours) => ({ value: [...hours] })),
  days: async (kma, cell, base, options) =>
    mapAnswer(await kma.forecastDays(cell, base, options), ({ hours, extremes }) => ({ value: [...hours], extremes })),
}

function mapAnswer<T, U>(answer: PublicDataOutcome<T>, map: (value: T) => U): PublicDataOutcome<U> {
  return answer.outcome === 'answered' ? { outcome: 'answered', value: map(answer.value) } : answer
}
