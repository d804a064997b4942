import type { Deps } from '../../../deps.ts'
import { examineWalk } from '../../walks/review/service.ts'
import { type Candidate, type HallSubject, listCandidates, replaceHall } from './queries.ts'

type HallDeps = Pick<Deps, 'db' | 'bucket' | 'now'>

const HALL_SIZE = 10
/** Examining a walk reads its row and its recording, and writes the verdict. */
const EXAMINE_TRIPS = 3

/** How many trips to Postgres and R2 a message has left, and how many recordings it has examined. */
export interface Budget {
  trips: number
  examined: number
}

/**
 * Finds who belongs into the hall. Every walk that a candidate's claim rests on is examined first: a walk that is refused changes who is best, and a walk that
 * is not beyond doubt takes its owner out. Answers `null` when the budget is spent. Walks that were examined stay examined, so the next message goes on.
 */
export async function electHall(deps: HallDeps, subject: HallSubject, budget: Budget): Promise<Candidate[] | null> {
  while (budget.trips > 0) {
    budget.trips--
    const candidates = await listCandidates(deps.db, subject, HALL_SIZE)
    const open = candidates.find(({ unexamined }) => unexamined.length > 0)
    if (!open) return candidates
    for (const walkId of open.unexamined) {
      if (budget.trips < EXAMINE_TRIPS) return null
      budget.trips -= EXAMINE_TRIPS
      budget.examined++
      // This candidate may be out now, so their other walks may not matter any more.
      if (!(await examineWalk(deps, walkId))) break
    }
  }
  return null
}

/** Writes the hall anew when everybody in it could be examined. Otherwise it leaves the hall as it stands and answers `false`. */
export async function refreshHall(deps: HallDeps, subject: HallSubject, budget: Budget, at: Date): Promise<boolean> {
  const elected = await electHall(deps, subject, budget)
  if (!elected) return false
  budget.trips--
  await replaceHall(deps.db, subject, elected, at)
  return true
}
