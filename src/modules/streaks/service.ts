import { signedIn, type Actor } from '../../core/actor.ts'
import type { Deps } from '../../deps.ts'
import { findStreak } from './queries.ts'
import type { Streak } from './schema.ts'

export async function getStreak({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<Streak> {
  const { rest_day, ...streak } = signedIn(await findStreak(db, actor, now()))
  const allowance = rest_day.is_premium ? 1 : 0
  return {
    ...streak,
    rest_day: {
      allowance,
      used_on: rest_day.used_on,
      remaining: rest_day.used_on ? 0 : allowance,
      renews_on: rest_day.renews_on,
      is_holding: rest_day.is_holding,
    },
  }
}
