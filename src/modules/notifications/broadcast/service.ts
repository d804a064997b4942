import { DAY_MS, fromSeoulDate, HOUR_MS, seoulClock, seoulDate, seoulMonday } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { listSeasonBadges, openBroadcasts, type SeasonBadge, tellNext } from './queries.ts'
import type { Broadcast } from '../schema.ts'

const SLICE = 2_000
/** A missed hour is made up for until this hour, before the legal night begins. */
const LAST_HOUR = 20

/**
 * Opens the broadcasts that are due by now on that day, also those that a missed hour should have opened. An open one stays as it is. Answers the outbox
 * ids of new ones.
 */
export async function openDaily({ db }: Pick<Deps, 'db'>, at: Date): Promise<string[]> {
  const { hour } = seoulClock(at)
  if (hour > LAST_HOUR) return []
  const date = seoulDate(at)
  const due = dailyOf(date, await listSeasonBadges(db, date)).filter((one) => hour >= one.hour)
  return openBroadcasts(
    db,
    due.map((one) => ({
      type: one.type,
      topic: one.topic,
      facts: one.facts ?? {},
      at: new Date(fromSeoulDate(date).getTime() + one.hour * HOUR_MS).toISOString(),
      after: null,
    })),
  )
}

interface Daily {
  readonly hour: number
  readonly type: Broadcast['type']
  readonly topic: string
  readonly facts?: Broadcast['facts']
}

const DEADLINE_DAYS = [7, 3, 1]

/** The broadcasts of a Seoul day (docs/product.md#notifications). */
function dailyOf(date: string, seasons: readonly SeasonBadge[]): Daily[] {
  const midnight = fromSeoulDate(date)
  const monthBefore = seoulDate(new Date(midnight.getTime() - 1)).slice(0, 7)
  const factsOf = ({ id, name, season_year }: SeasonBadge) => ({ badge_id: id, badge: name, season_year })
  const daysLeft = ({ until_day }: SeasonBadge) => (Date.parse(until_day) - Date.parse(date)) / DAY_MS
  return [
    ...(seoulMonday(midnight) === date ? [{ hour: 9, type: 'weekly_reset', topic: date } as const] : []),
    ...(date.endsWith('-01') ? [{ hour: 9, type: 'monthly_report', topic: monthBefore } as const] : []),
    ...seasons
      .filter(({ from_day }) => from_day === date)
      .map((badge) => ({ hour: 9, type: 'season_open', topic: `${badge.id}:${badge.season_year}`, facts: factsOf(badge) }) as const),
    { hour: 9, type: 'streak_broken', topic: date },
    ...seasons
      .filter((badge) => DEADLINE_DAYS.includes(daysLeft(badge)))
      .map((badge) => {
        const days = daysLeft(badge)
        const topic = `${badge.id}:${badge.season_year}:${days}`
        return { hour: 10, type: 'season_deadline', topic, facts: { ...factsOf(badge), days } } as const
      }),
    { hour: 18, type: 'come_back', topic: date },
  ]
}

/** Notifies some of the audience. Answers the new notifications, and the outbox id of the job for the rest. */
export function continueBroadcast({ db }: Pick<Deps, 'db'>, broadcast: Broadcast) {
  return tellNext(db, broadcast, SLICE)
}
