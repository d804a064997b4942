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

/**
 * Takes every period that has ended as far as it can go: ranks are written once when it ends, so that the next one has something to compare with, and
 * again when it closes, together with all that follows from them. Each step is noted and may be repeated, so a run that died is taken up by the next.
 */
export async function settlePeriods(deps: ClosingDeps, at: Date, budget: Budget): Promise<{ ranked: number; closed: number }> {
  const ended = periodsEndedBefore(at)
  const count = { ranked: 0, closed: 0 }
  for (const state of await listUnfinishedPeriods(deps.db, ended)) {
    const period = ended.find(({ key }) => key === state.period_key)
    if (!period) continue
    if (!state.is_ranked) {
      count.ranked += await writeClosingRanks(deps, period.key)
      await notePeriod(deps.db, period.key, 'ranked_at', at)
    }
    if (at >= period.closes_at && (await closePeriod(deps, period, state, at, budget))) count.closed++
  }
  return count
}

/** `false` where recordings are left to examine, which the next run goes on with. Walks that came after the closing time never count, however late this is. */
async function closePeriod(deps: ClosingDeps, period: Period, state: PeriodState, at: Date, budget: Budget): Promise<boolean> {
  const subjects = hallSubjectsOf(period)
  if (!state.is_closed) {
    // Before it closes, because a walk that is refused now must still fall out of it.
    for (const subject of subjects) if (!(await electHall(deps, subject, budget))) return false
    await notePeriod(deps.db, period.key, 'closed_at', at)
  }
  if (period.kind === 'weekly') {
    await insertSnapshot(deps.db, [period.key], period.closes_at)
    await writeClosingRanks(deps, period.key)
    await insertDongWins(deps.db, period)
    for (let after: string | null = null; ;) {
      after = await awardDongWinners(deps.db, period.from_day, { after, limit: WINNERS_SLICE }, at)
      if (after === null) break
    }
  } else await writeClosingRanks(deps, period.key)
  for (const subject of subjects) if (!(await refreshHall(deps, subject, budget, at))) return false
  await notePeriod(deps.db, period.key, 'finished_at', at)
  return true
}

/** What a closed period adds to the hall of fame: a month its champions, and those of the quarter that it ends. */
function hallSubjectsOf(period: Period): HallSubject[] {
  if (period.kind === 'weekly') return []
  const quarter = quarterEndedBy(period)
  return [
    { category: 'month_mvp', period_key: period.key, months: [period.key] },
    ...(quarter ? [{ category: 'season_champion', period_key: quarter.key, months: quarter.months } as const] : []),
  ]
}

/** Small areas go together, a large one by itself in slices; how many places were ranked. */
async function writeClosingRanks({ db }: Pick<Deps, 'db'>, periodKey: string): Promise<number> {
  let ranked = 0
  for (let last = ''; ;) {
    const areas = await listAreas(db, periodKey, { after: last, limit: AREAS_SLICE })
    for (const batch of batchesOf(areas)) await writeRanksOf(db, periodKey, batch)
    ranked += areas.reduce((sum, { participants }) => sum + participants, 0)
    if (areas.length < AREAS_SLICE) return ranked
    last = areas.at(-1)?.area_code ?? ''
  }
}

type Areas = Awaited<ReturnType<typeof listAreas>>

/** Together at most a slice, but for an area that is larger. */
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

async function writeRanksOf(db: Deps['db'], periodKey: string, batch: Areas): Promise<void> {
  const areas = batch.map(({ area_code }) => area_code)
  const most = Math.max(...batch.map(({ participants }) => participants))
  let after: BoardKey | null = null
  // Only an area that is alone in its batch takes more than one turn, so the last key is its own.
  for (let done = 0; done < most; done += SLICE) {
    after = await updateClosingRanks(db, periodKey, { areas, after, limit: SLICE })
    if (!after) return
  }
}
