import { block } from '../../src/modules/social/blocks/service.ts'
import type { Domain } from './town.ts'

/** Some owners block the one who walks two doors further. */
export const social: Domain = (town, day) =>
  town
    .settled(day)
    .filter(({ number, joins }) => (number === 3 || number % 11 === 2) && day.index === joins + 9)
    .flatMap((owner) => {
      const other = town.owners[(owner.number + 7) % town.owners.length]!
      return owner === other || !town.residents.has(other.number)
        ? []
        : [{ at: day.at(13), run: (deps) => block(deps, town.resident(owner).actor, town.resident(other).actor.user_id) }]
    })
