import { z } from 'zod'
import type { Deps } from '../../../deps.ts'
import {
  awardDongWinners,
  type BoardKey,
  insertDongWins,
  insertSnapshot,
  listAreas,
  listUnfinishedPeriods,
  notePeriod,
  type PeriodState,
  updateClosingRanks,
} from './queries.ts'
import type { HallSubject } from '../hall/queries.ts'
import { type Budget, electHall, refreshHall } from '../hall/service.ts'
import { type Period, periodsEndedBefore, quarterEndedBy } from '../periods.ts'

type ClosingDeps = Pick<Deps, 'db' | 'bucket' | 'now'>

const SLICE = 20_000
const AREAS_SLICE = 200
const WINNERS_SLICE = 200

const ranksCursor = z.object({
  /** The ranks of all areas up to this one are written. */
  after_area: z.string(),
  /** How far the next area is, if it is a large one. */
  within: z
    .object({
      area_code: z.string(),
      left: z.int(),
      after: z.object({ standing: z.string(), last_walk_at: z.string(), user_id: z.string() }),
    })
    .nullable(),
})
type RanksCursor = z.infer<typeof ranksCursor>

/** The step of a period with which the next message goes on. */
export const closingCursor = z.object({
  period_key: z.string(),
  step: z.enum(['rank', 'elect', 'rerank', 'award', 'hall']),
  ranks: ranksCursor.nullable(),
  /** The last winner who has been given their badges. */
  winner_id: z.string().nullable(),
})
export type ClosingCursor = z.infer<typeof closingCursor>

export interface Settled {
  readonly ranked: number
  readonly closed: number
  readonly next: ClosingCursor | null
}

/**
 * Takes every period that has ended as far as it can go. Ranks are written when the period ends, so that the next one has something to compare with. They are
 * written again when it closes, with all that follows from them. Each step is noted and can be repeated, so the next run takes up one that died. A run whose
 * budget is spent answers where to go on.
 */
export async function settlePeriods(deps: ClosingDeps, at: Date, budget: Budget, from: ClosingCursor | null): Promise<Settled> {
  const ended = periodsEndedBefore(at)
  const count = { ranked: 0, closed: 0 }
  budget.trips--
  const states = await listUnfinishedPeriods(deps.db, ended)
  const first = from ? states.findIndex(({ period_key }) => period_key === from.period_key) : 0
  for (const state of states.slice(Math.max(first, 0))) {
    const period = ended.find(({ key }) => key === state.period_key)
    if (!period) continue
    if (budget.trips <= 0) return { ...count, next: { period_key: period.key, step: 'rank', ranks: null, winner_id: null } }
    const next = await settlePeriod(deps, period, state, { at, budget, count, from: from?.period_key === period.key ? from : null })
    if (next) return { ...count, next }
  }
  return { ...count, next: null }
}

interface Settling {
  readonly at: Date
  readonly budget: Budget
  readonly count: { ranked: number; closed: number }
  readonly from: ClosingCursor | null
}

/** Settles one period. Answers where to go on when the budget is spent. Walks that came after the closing time never count, however late this runs. */
async function settlePeriod(
  deps: ClosingDeps,
  period: Period,
  state: PeriodState,
  { at, budget, count, from }: Settling,
): Promise<ClosingCursor | null> {
  const goOn = (step: ClosingCursor['step'], where: Partial<ClosingCursor> = {}): ClosingCursor => ({
    period_key: period.key,
    step,
    ranks: null,
    winner_id: null,
    ...where,
  })
  async function note(step: Parameters<typeof notePeriod>[2]) {
    budget.trips--
    await notePeriod(deps.db, period.key, step, at)
  }
  async function writeRanks(step: 'rank' | 'rerank'): Promise<ClosingCursor | null> {
    const { ranked, next } = await writeClosingRanks(deps, period.key, from?.step === step ? from.ranks : null, budget)
    if (step === 'rank') count.ranked += ranked
    return next && goOn(step, { ranks: next })
  }

  if (!state.is_ranked) {
    const next = await writeRanks('rank')
    if (next) return next
    await note('ranked_at')
  }
  if (at < period.closes_at) return null
  const subjects = hallSubjectsOf(period)
  if (!state.is_closed) {
    // The walks are examined before the period closes, because a walk that is refused now must still fall out of it.
    for (const subject of subjects) if (!(await electHall(deps, subject, budget))) return goOn('elect')
    await note('closed_at')
  }
  if (from?.step !== 'award' && from?.step !== 'hall') {
    if (period.kind === 'weekly' && from?.step !== 'rerank') {
      budget.trips--
      await insertSnapshot(deps.db, [period.key], period.closes_at)
    }
    const next = await writeRanks('rerank')
    if (next) return next
  }
  if (period.kind === 'weekly' && from?.step !== 'hall') {
    const winnerId = await awardWinners(deps, period, from?.step === 'award' ? from.winner_id : null, { at, budget })
    if (winnerId !== null) return goOn('award', { winner_id: winnerId })
  }
  for (const subject of subjects) if (!(await refreshHall(deps, subject, budget, at))) return goOn('hall')
  await note('finished_at')
  count.closed++
  return null
}

/** Gives the winners their badges. Answers the last winner it reached when the budget is spent, or `null` when all have theirs. */
async function awardWinners(
  { db }: ClosingDeps,
  period: Period,
  from: string | null,
  { at, budget }: Pick<Settling, 'at' | 'budget'>,
): Promise<string | null> {
  if (from === null) {
    budget.trips--
    await insertDongWins(db, period)
  }
  let after = from
  do {
    budget.trips--
    after = await awardDongWinners(db, period.from_day, { after, limit: WINNERS_SLICE }, at)
  } while (after !== null && budget.trips > 0)
  return after
}

/** What a closed period adds to the hall of fame. A month adds its MVPs, and the last month of a quarter also adds the season champions. */
function hallSubjectsOf(period: Period): HallSubject[] {
  if (period.kind === 'weekly') return []
  const quarter = quarterEndedBy(period)
  return [
    { category: 'month_mvp', period_key: period.key, months: [period.key] },
    ...(quarter ? [{ category: 'season_champion', period_key: quarter.key, months: quarter.months } as const] : []),
  ]
}

/**
 * Writes the closing ranks of a period. Small areas go together, and a large one goes by itself, in slices. Answers how many people were ranked, and where to
 * go on when the budget is spent.
 */
async function writeClosingRanks(
  { db }: Pick<Deps, 'db'>,
  periodKey: string,
  from: RanksCursor | null,
  budget: Budget,
): Promise<{ ranked: number; next: RanksCursor | null }> {
  let after_area = from?.after_area ?? ''
  let ranked = 0
  if (from?.within) {
    const { area_code, left, after } = from.within
    const within = await writeRanksOf(db, periodKey, { areas: [area_code], left, after }, budget)
    if (within) return { ranked, next: { after_area, within: { area_code, ...within } } }
    after_area = area_code
  }
  while (budget.trips > 0) {
    budget.trips--
    const areas = await listAreas(db, periodKey, { after: after_area, limit: AREAS_SLICE })
    for (const batch of batchesOf(areas)) {
      if (budget.trips <= 0) return { ranked, next: { after_area, within: null } }
      const codes = batch.map(({ area_code }) => area_code)
      const left = Math.max(...batch.map(({ participants }) => participants))
      ranked += batch.reduce((sum, { participants }) => sum + participants, 0)
      const within = await writeRanksOf(db, periodKey, { areas: codes, left, after: null }, budget)
      const last = codes.at(-1) ?? after_area
      // Only an area that is alone in its batch can need more than one slice.
      if (within) return { ranked, next: { after_area, within: { area_code: last, ...within } } }
      after_area = last
    }
    if (areas.length < AREAS_SLICE) return { ranked, next: null }
  }
  return { ranked, next: { after_area, within: null } }
}

type Areas = Awaited<ReturnType<typeof listAreas>>

/** Groups areas so that each group has at most a slice of people. A larger area is a group by itself. */
function batchesOf(areas: Areas): Areas[] {
  const batches: Areas[] = []
  let size = Infinity
  for (const area of areas) {
    size += area.participants
    if (size > SLICE) {
      batches.push([])
      size = area.participants
    }
    batches.at(-1)?.push(area)
  }
  return batches
}

/** Writes at least one slice. Answers what is left when the budget is spent, or `null` when nothing is. */
async function writeRanksOf(
  db: Deps['db'],
  periodKey: string,
  { areas, ...from }: { areas: readonly string[]; left: number; after: BoardKey | null },
  budget: Budget,
): Promise<{ left: number; after: BoardKey } | null> {
  let { left, after } = from
  for (;;) {
    budget.trips--
    after = await updateClosingRanks(db, periodKey, { areas, after, limit: SLICE })
    left -= SLICE
    if (!after || left <= 0) return null
    if (budget.trips <= 0) return { left, after }
  }
}
