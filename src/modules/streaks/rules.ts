import type { Streak } from './schema.ts'

/** What `streak_json` answers. */
export interface StreakRow extends Omit<Streak, 'rest_day'> {
  readonly rest_day: Pick<Streak['rest_day'], 'used_on' | 'renews_on' | 'is_holding'> & { readonly is_premium: boolean }
}

export function presentStreak({ rest_day, ...streak }: StreakRow): Streak {
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
