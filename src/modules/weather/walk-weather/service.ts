import type { Deps } from '../../../deps.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import type { FillWalks } from './schema.ts'
import { giveWeather, listUnread, settleWetWalk } from './queries.ts'

/** Each is settled in a trip of its own. Those that are left are due again. */
const WET_AT_ONCE = 20
const PATIENCE = { deadlineMs: 8_000, patient: true }

/** Looks up the hours at which walks began, and gives the walks their weather. Safe to repeat, and two at once give a badge once. */
export async function fillWalks(deps: Pick<Deps, 'db' | 'kma' | 'now' | 'pushes' | 'wakeAt'>, { starts }: FillWalks): Promise<void> {
  const { db, kma, now } = deps
  const { unread, is_closed } = await listUnread(db, starts, ['kma.observation', 'kma'], now())
  const readings: object[] = []
  if (!is_closed) {
    for (const { nx, ny, hour } of unread) {
      const answer = await kma.observe({ nx, ny }, new Date(hour), PATIENCE)
      if (answer.outcome === 'answered' && answer.value) readings.push({ ...answer.value, nx, ny, hour })
      // The source is down or closed. The walks are due again in ten minutes.
      if (answer.outcome === 'failed') break
    }
  }
  const at = now()
  for (const walk of (await giveWeather(db, starts, readings, at)).slice(0, WET_AT_ONCE)) {
    await announcePushes(deps, await settleWetWalk(db, walk, at))
  }
}
