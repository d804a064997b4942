import { DAY_MS } from '../../src/core/time.ts'
import { grantPremium } from '../../src/modules/subscriptions/service.ts'
import { CAST } from './owners.ts'
import type { Domain } from './town.ts'

const YEAR_MS = 365 * DAY_MS

/** One of the cast is premium for a year, and some neighbours for a month, which is over for most of them. */
export const subscriptions: Domain = (town, day) =>
  town
    .settled(day)
    .filter(({ number, joins }) => (number === CAST.premium || number % 10 === 9) && day.index === joins + 3)
    .map((owner) => ({
      at: day.at(12.2),
      run: (deps) => {
        const until = new Date(deps.now().getTime() + (owner.number === CAST.premium ? YEAR_MS : 30 * DAY_MS))
        return grantPremium(deps, town.resident(owner).actor.user_id, until)
      },
    }))
