import type { Deps } from '../../src/deps.ts'
import { getHome } from '../../src/modules/home/service.ts'
import type { Owner } from './owners.ts'
import type { Domain, Town } from './town.ts'

const LOOKS_AFTER_DAYS = 4
const nothing = async () => ({ outcome: 'nothing' }) as const

/** Each neighbour looks once at the first screen, when there is something on it. */
export const home: Domain = (town, day) =>
  town
    .settled(day)
    .filter(({ joins }) => day.index === joins + LOOKS_AFTER_DAYS)
    .map((owner) => ({ at: day.at(19.5 + owner.number / 300), run: (deps: Deps) => lookAtHome(town, deps, owner) }))

async function lookAtHome(town: Town, deps: Deps, owner: Owner): Promise<void> {
  // The simulated sources cannot be asked for the past, and would count as down.
  const asleep = Object.create(deps, {
    kma: { value: { observe: nothing, forecastHours: nothing, forecastDays: nothing } },
    airKorea: { value: { listReadings: nothing, listStations: nothing } },
  }) as Deps
  const { lat, lng } = owner.home
  const { failed } = await getHome(asleep, town.resident(owner).actor, { lat, lng })
  if (failed.length > 0) throw new Error(`the first screen misses ${failed.join(', ')}`)
}
