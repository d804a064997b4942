import type { Deps } from '../../src/deps.ts'
import { deleteNotification, getNotifications, readAll, readNotification } from '../../src/modules/notifications/service.ts'
import { CAST, type Owner } from './owners.ts'
import type { Domain, Town } from './town.ts'

/** In the evening some read all that they were told, some read the newest, and some leave it unread. */
export const notifications: Domain = (town, day) =>
  town.settled(day).flatMap((owner) => {
    const random = town.random('reading', owner.number, day.date)
    if (owner.number === CAST.newcomer || !random.chance(0.1)) return []
    const isThorough = random.chance(0.5)
    return [
      { at: day.at(21.7), run: (deps: Deps) => (isThorough ? readAll(deps, town.resident(owner).actor) : readNewest(town, deps, owner)) },
    ]
  })

async function readNewest(town: Town, deps: Deps, owner: Owner): Promise<void> {
  const { actor } = town.resident(owner)
  const { items } = await getNotifications(deps, actor, { limit: 5 })
  const [newest, next] = items
  if (newest) await readNotification(deps, actor, newest.id)
  if (next?.type === 'badge_progress') await deleteNotification(deps, actor, next.id)
}
