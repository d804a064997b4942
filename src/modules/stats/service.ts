import { signedIn, type Actor } from '../../core/actor.ts'
import type { Deps } from '../../deps.ts'
import { findWeek } from './queries.ts'
import type { WeekSummary } from './schema.ts'

export async function getWeek({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<WeekSummary> {
  return signedIn(await findWeek(db, actor, now())).week
}
