import { DAY_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { periodAt } from '../periods.ts'
import { type BinRange, listSigunguCodes, listUsersAmiss, mendHistogram, refoldUsers } from './queries.ts'

/** A sixteenth of the people a night, by the first digit of their ids, in so many statements. */
const NIGHTS = 16
const SLICES = 16
const AMISS_MAX = 1_000
/** How ids end that begin with the same byte. */
const LOWEST = '-0000-0000-0000-000000000000'
const HIGHEST = '-ffff-ffff-ffff-ffffffffffff'
/** Where bins of the nation begin as well; each band is a statement. */
const BANDS_M = [1, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000]
const FARTHEST_M = 2_147_483_647
const NATION = { from_area: '0', below_area: '1' }
/** Sigungus that are counted in one statement, with their dongs. */
const SIGUNGUS_AT_ONCE = 5
/** After every code. */
const CODES_END = ':'

/** Adds a share of all walks up from the beginning, reports who differs, and folds them again. */
export async function verifyRankings({ db }: Pick<Deps, 'db'>, at: Date): Promise<{ checked: number; amiss: number; bins_off: number }> {
  const night = Math.floor(at.getTime() / DAY_MS) % NIGHTS
  const report = { checked: 0, amiss: 0, bins_off: 0 }
  for (let slice = 0; slice < SLICES; slice++) {
    const byte = (night * SLICES + slice).toString(16).padStart(2, '0')
    const range = { from: `${byte}000000${LOWEST}`, to: `${byte}ffffff${HIGHEST}` }
    const { user_ids, checked } = await listUsersAmiss(db, range, AMISS_MAX)
    if (user_ids.length > 0)
      console.error(JSON.stringify({ level: 'error', message: 'rankings differ from the walks', user_ids: user_ids.slice(0, 20) }))
    await refoldUsers(db, user_ids)
    report.checked += checked
    report.amiss += user_ids.length
  }
  const ranges = binRanges(await listSigunguCodes(db))
  for (const key of ['all', periodAt('weekly', at).key, periodAt('monthly', at).key])
    for (const range of ranges) report.bins_off += await mendHistogram(db, key, range)
  return report
}

/** Every board, in pieces that are counted in a second or two. */
function binRanges(sigungus: readonly string[]): BinRange[] {
  const starts = ['1', ...sigungus.filter((_, k) => k > 0 && k % SIGUNGUS_AT_ONCE === 0)]
  return [
    ...BANDS_M.map((from_m, k) => ({ ...NATION, from_m, below_m: BANDS_M[k + 1] ?? FARTHEST_M })),
    ...starts.map((from_area, k) => ({ from_area, below_area: starts[k + 1] ?? CODES_END, from_m: 1, below_m: FARTHEST_M })),
  ]
}
