import type { Deps } from '../../../deps.ts'
import { examineWalk } from '../../walks/review/service.ts'
import { type Candidate, type HallSubject, listCandidates, replaceHall } from './queries.ts'

type HallDeps = Pick<Deps, 'db' | 'bucket' | 'now'>

const HALL_SIZE = 10
/** Row, recording, verdict. */
const EXAMINE_TRIPS = 3

/** What one message may still ask of Postgres and R2, and how many recordings it has examined. */
export interface Budget {
  trips: number
  examined: number
}

/**
 * Who belongs into the hall, once every walk that a place rests on has been examined: what is refused changes who is best, and a walk that is not beyond
 * doubt takes its owner out. `null` where the budget did not reach; what was examined stays so, and the next message goes on from there.
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
      // Their other walks no longer matter.
      if (!(await examineWalk(deps, walkId))) break
    }
  }
  return null
}

/** Writes the hall anew where everybody in it could be examined, else leaves it as it stands. */
export async function refreshHall(deps: HallDeps, subject: HallSubject, budget: Budget, at: Date): Promise<boolean> {
  const elected = await electHall(deps, subject, budget)
  if (!elected) return false
  budget.trips--
  await replaceHall(deps.db, subject, elected, at)
  return true
}
