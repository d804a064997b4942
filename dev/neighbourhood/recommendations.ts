import type { Deps } from '../../src/deps.ts'
import { dismissRecommendation, getRecommendations } from '../../src/modules/recommendations/service.ts'
import { follow } from '../../src/modules/social/follows/service.ts'
import type { Owner } from './owners.ts'
import type { Domain, Town } from './town.ts'

const READ_EVERY_DAYS = 14
/** Somebody is left to be recommended. */
const FEW = 2

/** Every fortnight neighbours look at whom they may like to follow. They follow the first, and want to see the last no more. */
export const recommendations: Domain = (town, day) =>
  town
    .settled(day)
    .filter(({ number }) => (day.index + number) % READ_EVERY_DAYS === 6)
    .map((owner) => ({ at: day.at(21.4), run: (deps: Deps) => lookAround(town, deps, owner) }))

async function lookAround(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { actor } = town.resident(owner)
  const { items } = await getRecommendations(deps, actor)
  const [first, last] = [items[0], items.at(-1)]
  if (last && items.length >= FEW) await dismissRecommendation(deps, actor, last.user.id)
  if (first && items.length > FEW) await follow(deps, actor, first.user.id)
}
