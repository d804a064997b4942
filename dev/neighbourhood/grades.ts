import type { Deps } from '../../src/deps.ts'
import { getTitles } from '../../src/modules/grades/service.ts'
import { editProfile } from '../../src/modules/users/service.ts'
import type { Owner } from './owners.ts'
import type { Domain, Town } from './town.ts'

const CHOOSE_EVERY_DAYS = 28

/** Once in four weeks three of four neighbours look at their titles, and show the one that came last. The others show none. */
export const grades: Domain = (town, day) =>
  town
    .settled(day)
    .filter(({ number }) => number % 4 !== 3 && (day.index + number) % CHOOSE_EVERY_DAYS === 10)
    .map((owner) => ({ at: day.at(21.6 + owner.number / 600), run: (deps: Deps) => chooseTitle(town, deps, owner) }))

async function chooseTitle(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { actor } = town.resident(owner)
  const { items } = await getTitles(deps, actor)
  const latest = items
    .filter(({ is_unlocked }) => is_unlocked)
    .toSorted((a, b) => Date.parse(b.unlocked_at ?? '') - Date.parse(a.unlocked_at ?? ''))[0]
  if (latest?.code && !latest.is_shown) await editProfile(deps, actor, { title_code: latest.code })
}
