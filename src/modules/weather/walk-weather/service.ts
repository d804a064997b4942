import type { Deps } from '../../../deps.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import { createBreaker, SOURCE } from '../sources/breaker.ts'
import type { FillWalks } from './schema.ts'
import { giveWeather, listUnread, settleWetWalk } from './queries.ts'

/** Each is settled in a trip of its own. Those that are left are due again. */
const WET_AT_ONCE = 20
const PATIENCE = { deadlineMs: 8_000, patient: true }

/** Looks up the hours at which walks began, and gives the walks their weather. Safe to repeat, and two at once give a badge once. */
export async function fillWalks(deps: Pick<Deps, 'db' | 'kma' | 'now' | 'pushes' | 'wakeAt'>, { starts }: FillWalks): Promise<void> {
  const { db, kma, now } = deps
  const { unread, sources } = await listUnread(db, starts, now())
  const breaker = createBreaker(sources, now)
  const readings: object[] = []
  for (const { nx, ny, hour } of unread) {
    // The walks of what is not asked are due again in ten minutes.
    if (breaker.isOpen(SOURCE.observation)) break
    const answer = await kma.observe({ nx, ny }, new Date(hour), PATIENCE)
    breaker.note(SOURCE.observation, answer)
    if (answer.outcome === 'answered' && answer.value) readings.push({ ...answer.value, nx, ny, hour })
    if (answer.outcome === 'failed') break
  }
  const at = now()
  for (const walk of (await giveWeather(db, starts, { readings, changes: breaker.changes() }, at)).slice(0, WET_AT_ONCE)) {
    await announcePushes(deps, await settleWetWalk(db, walk, at))
  }
}
