import { signedIn, type Actor } from '../../core/actor.ts'
import { addDays, monthStart } from '../../core/periods.ts'
import { seoulDate } from '../../core/time.ts'
import type { Deps } from '../../deps.ts'
import { petNotFound } from '../pets/errors.ts'
import { premiumRequired } from '../subscriptions/errors.ts'
import { periodOutOfReach } from './errors.ts'
import { findCalendar, findStats, findWeek } from './queries.ts'
import { makeStats, planStats, thresholdsOf } from './rules.ts'
import type { StatsQuery, WalkCalendar, WalkStats, WeekSummary } from './schema.ts'

/** How far the calendar reaches to either side of the present month. */
const CALENDAR_MONTHS = 24

export async function getWeek({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<WeekSummary> {
  return signedIn(await findWeek(db, actor, now())).week
}

export async function getStats({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, { range, pet_id, at }: StatsQuery): Promise<WalkStats> {
  const today = seoulDate(now())
  // A phone may be a day ahead of Seoul.
  const tomorrow = addDays(today, 1)
  const plan = planStats(range, at ?? today, at === tomorrow ? tomorrow : today)
  // A later day of a period that has begun asks for that period.
  if (plan.period.from > tomorrow) throw periodOutOfReach()
  const filter = { pet_id: pet_id ?? null, ...plan.period, thresholds: thresholdsOf(plan) }
  const answer = signedIn(await findStats(db, actor, filter, now()))
  if (!answer.has_pet) throw petNotFound()
  if (range !== 'week' && !answer.is_premium) throw premiumRequired()
  return makeStats(range, plan, answer)
}

export async function getCalendar({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, month: string): Promise<WalkCalendar> {
  const today = seoulDate(now())
  const firstDay = `${month}-01`
  if (firstDay < monthStart(today, -CALENDAR_MONTHS) || firstDay > monthStart(today, CALENDAR_MONTHS)) throw periodOutOfReach()
  return { month, days: signedIn(await findCalendar(db, actor, firstDay)).days }
}
