import type { Deps } from '../../src/deps.ts'
import { createExport } from '../../src/modules/exports/archives/service.ts'
import type { Domain } from './town.ts'

/** How long the oldest neighbour lives here before they want everything that is theirs, and how long until they want it again. */
const FIRST_AFTER_DAYS = 10
const AGAIN_DAYS = 28

/** The oldest neighbour has an archive made now and then. It is made at once, because what an act puts on a queue is done before the next. */
export const archives: Domain = (town, day) =>
  town
    .settled(day)
    .filter(({ number }) => number === Math.min(...town.owners.map((owner) => owner.number)))
    .filter(({ joins }) => (day.index - joins) % AGAIN_DAYS === FIRST_AFTER_DAYS)
    .map((owner) => ({
      at: day.at(22.2),
      run: async (deps: Deps) => {
        await createExport(deps, town.resident(owner).actor, { id: town.id('archive', owner.number, day.index), photos: true })
      },
    }))
