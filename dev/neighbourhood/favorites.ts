import type { Deps } from '../../src/deps.ts'
import { addFavorite } from '../../src/modules/places/favorites/service.ts'
import { listPlacesQuery } from '../../src/modules/places/schema.ts'
import { listPlaces } from '../../src/modules/places/service.ts'
import type { Owner } from './owners.ts'
import type { Domain, Town } from './town.ts'

const AROUND_M = 3_000
/** A vet is looked for soon after somebody has joined, and a park on the weekend. */
const LOOKED_FOR = [
  { category: 'hospital,pharmacy', after_days: 3, take: 1 },
  { category: 'park,dog_run', after_days: 6, take: 2 },
]

/** Two of three neighbours keep the vet and the parks nearest to them. */
export const favorites: Domain = (town, day) =>
  LOOKED_FOR.flatMap(({ category, after_days, take }) =>
    town
      .settled(day)
      .filter(({ number, joins }) => number % 3 !== 1 && day.index === joins + after_days)
      .map((owner) => ({ at: day.at(20.2 + owner.number / 300), run: (deps: Deps) => keepNearest(town, deps, owner, { category, take }) })),
  )

async function keepNearest(town: Town, deps: Deps, owner: Owner, { category, take }: { category: string; take: number }): Promise<void> {
  const { actor } = town.resident(owner)
  const { lat, lng } = owner.home
  const query = listPlacesQuery.parse({ lat: String(lat), lng: String(lng), radius_m: String(AROUND_M), category, limit: take })
  const { items } = await listPlaces(deps, actor, query)
  for (const { id } of items) await addFavorite(deps, actor, id)
}
