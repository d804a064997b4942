import { signedIn, type Actor } from '../../core/actor.ts'
import type { Deps } from '../../deps.ts'
import { findStreak } from './queries.ts'
import { presentStreak } from './rules.ts'
import type { Streak } from './schema.ts'

export async function getStreak({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<Streak> {
  return presentStreak(signedIn(await findStreak(db, actor, now())).streak)
}
