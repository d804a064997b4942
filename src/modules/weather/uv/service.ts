import { DAY_MS, fromSeoulDate, seoulDate } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import type { Counts, Part } from '../../../jobs/job.ts'
import { nextTurn } from '../turns/hours.ts'
import { endTurn, takeTurn } from '../turns/queries.ts'
import { baseBefore, fromMark, nextPage, STEPS_BACK_MAX, toMark, TURNS } from './pages.ts'
import { storeUv } from './queries.ts'
import { SOURCE } from './source.ts'

/** KMA gives so many regions a page. */
const PAGE_ROWS = 1_000
const FOR_JOBS = { deadlineMs: 8_000, patient: true }

const part = (counts: Counts, isMore = false): Part => ({ counts, next: isMore ? 'more' : null })

/** Reads one page of the newest forecast of ultraviolet light. The row of the source says which is next, so each page is a part of its own. */
export async function readUvPage({ db, kma }: Pick<Deps, 'db' | 'kma'>, at: Date): Promise<Part> {
  const turn = await takeTurn(db, SOURCE, at)
  if (!turn) return part({})
  const nextAt = nextTurn(TURNS, at)
  const readAt = turn.read_at === null ? at : new Date(turn.read_at)
  const next = nextPage(turn.mark, at)
  if (!next) {
    await endTurn(db, SOURCE, { nextAt, readAt, mark: turn.mark })
    return part({ unchanged: 1 })
  }

  let { base } = next
  let answer = await kma.uvIndices(base, next.page, FOR_JOBS)
  for (let back = 0; answer.outcome === 'nothing' && next.page === 1 && back < STEPS_BACK_MAX; back++) {
    base = baseBefore(base)
    // What was read of it stands.
    if (base.getTime() <= (fromMark(turn.mark)?.base.getTime() ?? 0)) break
    answer = await kma.uvIndices(base, next.page, FOR_JOBS)
  }
  if (answer.outcome === 'failed') {
    const isSpent = answer.reason === 'quota'
    await endTurn(db, SOURCE, { nextAt, closedUntil: isSpent ? new Date(fromSeoulDate(seoulDate(at)).getTime() + DAY_MS) : null })
    return part({ failed: 1 })
  }
  if (answer.outcome === 'nothing') {
    // A page too many ends what was begun.
    await endTurn(db, SOURCE, { nextAt, readAt: at, mark: next.page > 1 ? toMark({ base, page: 0, isWhole: true }) : turn.mark })
    return part({ nothing: 1 })
  }
  const { rows, total } = answer.value
  const kept = await storeUv(db, base, rows)
  const isWhole = rows.length === 0 || next.page * PAGE_ROWS >= total
  await endTurn(db, SOURCE, { nextAt: isWhole ? nextAt : at, readAt: at, mark: toMark({ base, page: next.page, isWhole }) })
  return part({ kept }, !isWhole)
}
