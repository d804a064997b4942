import { z } from 'zod'
import { DAY_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { periodAt } from '../periods.ts'
import { type BinRange, listSigunguCodes, listUsersAmiss, mendHistogram, refoldUsers, type UserRange } from './queries.ts'

/** Each night checks a sixteenth of the people, by the first digit of their ids, in so many statements. */
const NIGHTS = 16
const SLICES = 16
/** The lowest and the highest end of ids that begin with the same byte. */
const LOWEST = '-0000-0000-0000-000000000000'
const HIGHEST = '-ffff-ffff-ffff-ffffffffffff'
/** The board of the nation is counted in these bands, one statement each. Bins begin at these distances as well. */
const BANDS_M = [1, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000]
const FARTHEST_M = 2_147_483_647
const NATION = { from_area: '0', below_area: '1' }
/** One statement counts so many sigungus, with their dongs. */
const SIGUNGUS_AT_ONCE = 5
/** Sorts after every code. */
const CODES_END = ':'

/** A slice begins only with so many trips left, so that some of the people it finds can be folded. */
const SLICE_TRIPS = 6

/** The next piece of work. The slices of people come first, and then the ranges of bins. */
export const verificationCursor = z.object({
  piece: z.int().min(0),
  /** The last person of a slice who was folded again. */
  after: z.string().nullable(),
})
export type VerificationCursor = z.infer<typeof verificationCursor>

export interface Verification {
  readonly checked: number
  readonly amiss: number
  readonly bins_off: number
  readonly next: VerificationCursor | null
}

/** Adds up the walks of a share of the people, reports who differs, and folds them again. Then it counts every bin. It goes as far as `trips` reach. */
export async function verifyRankings(
  { db }: Pick<Deps, 'db'>,
  at: Date,
  trips: number,
  from: VerificationCursor | null,
): Promise<Verification> {
  const report = { checked: 0, amiss: 0, bins_off: 0 }
  let { piece, after } = from ?? { piece: 0, after: null }
  let left = trips
  while (piece < SLICES) {
    if (left < SLICE_TRIPS) return { ...report, next: { piece, after } }
    const limit = left - 1
    const { user_ids, checked } = await listUsersAmiss(db, rangeOf(at, piece), { after, limit })
    if (user_ids.length > 0)
      console.error(JSON.stringify({ level: 'error', message: 'rankings differ from the walks', user_ids: user_ids.slice(0, 20) }))
    await refoldUsers(db, user_ids)
    left -= 1 + user_ids.length
    report.checked += after === null ? checked : 0
    report.amiss += user_ids.length
    const isWhole = user_ids.length < limit
    piece += Number(isWhole)
    after = isWhole ? null : (user_ids.at(-1) ?? null)
  }
  if (left < 2) return { ...report, next: { piece, after } }
  left--
  const ranges = binRanges(await listSigunguCodes(db))
  const bins = ['all', periodAt('weekly', at).key, periodAt('monthly', at).key].flatMap((key) => ranges.map((range) => ({ key, range })))
  for (const { key, range } of bins.slice(piece - SLICES)) {
    if (left-- <= 0) return { ...report, next: { piece, after } }
    report.bins_off += await mendHistogram(db, key, range)
    piece++
  }
  return { ...report, next: null }
}

/** The ids of one slice of the night's share. */
function rangeOf(at: Date, slice: number): UserRange {
  const night = Math.floor(at.getTime() / DAY_MS) % NIGHTS
  const byte = (night * SLICES + slice).toString(16).padStart(2, '0')
  return { from: `${byte}000000${LOWEST}`, to: `${byte}ffffff${HIGHEST}` }
}

/** Splits all boards into pieces that can be counted in a second or two. */
function binRanges(sigungus: readonly string[]): BinRange[] {
  const starts = ['1', ...sigungus.filter((_, k) => k > 0 && k % SIGUNGUS_AT_ONCE === 0)]
  return [
    ...BANDS_M.map((from_m, k) => ({ ...NATION, from_m, below_m: BANDS_M[k + 1] ?? FARTHEST_M })),
    ...starts.map((from_area, k) => ({ from_area, below_area: starts[k + 1] ?? CODES_END, from_m: 1, below_m: FARTHEST_M })),
  ]
}
