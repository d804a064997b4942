import type { Deps } from '../../../deps.ts'
import { examineWalk } from '../../walks/review/service.ts'
import { type Candidate, type HallSubject, listCandidates, replaceHall } from './queries.ts'

type HallDeps = Pick<Deps, 'db' | 'bucket' | 'now'>

const HALL_SIZE = 10

/** How many recordings may still be examined, and how many were; shared by what one run does. */
export interface Budget {
  left: number
  examined: number
}

/**
 * Who belongs into the hall, once every walk that a place rests on has been examined: what is refused changes who is best, and who has a walk that is not
 * beyond doubt, or whose recording is out of reach, is passed over. `null` where the budget did not reach; what was examined stays so.
 */
export async function electHall(deps: HallDeps, subject: HallSubject, budget: Budget): Promise<Candidate[] | null> {
  const passedOver = new Set<string>()
  for (;;) {
    const candidates = await listCandidates(deps.db, subject, { passedOver: [...passedOver], limit: HALL_SIZE })
    const open = candidates.find(({ unexamined, is_doubtful }) => is_doubtful || unexamined.length > 0)
    if (!open) return candidates
    if (open.is_doubtful) {
      passedOver.add(open.user_id)
      continue
    }
    for (const walkId of open.unexamined) {
      if (budget.left-- <= 0) return null
      budget.examined++
      if (await examineWalk(deps, walkId)) continue
      passedOver.add(open.user_id)
      break
    }
  }
}

/** Writes the hall anew where everybody in it could be examined, else leaves it as it stands. */
export async function refreshHall(deps: HallDeps, subject: HallSubject, budget: Budget, at: Date): Promise<boolean> {
  const elected = await electHall(deps, subject, budget)
  if (elected) await replaceHall(deps.db, subject, elected, at)
  return elected !== null
}
