import type { Deps } from '../../src/deps.ts'
import { renewFeed } from '../../src/modules/stats/calendar-feed/service.ts'
import { getCalendar, getStats } from '../../src/modules/stats/service.ts'
import type { Owner } from './owners.ts'
import type { Domain, Town } from './town.ts'

const EVERY_DAYS = 30
/** One in so many has their walks in a calendar. */
const SUBSCRIBERS = 5

/** Once a month everybody looks at their statistics and their calendar, and some make an address for another calendar. */
export const statistics: Domain = (town, day) =>
  town
    .settled(day)
    .filter(({ number }) => (day.index + number) % EVERY_DAYS === 11)
    .map((owner) => ({ at: day.at(22.1), run: (deps: Deps) => lookBack(town, deps, owner, day.date.slice(0, 7)) }))

async function lookBack(town: Town, deps: Deps, owner: Owner, month: string): Promise<void> {
  const { actor } = town.resident(owner)
  await getStats(deps, actor, { range: 'week' })
  await getCalendar(deps, actor, month)
  if (owner.number % SUBSCRIBERS === 0) await renewFeed(deps, actor, town.id('calendar-feed', owner.number, month))
}
