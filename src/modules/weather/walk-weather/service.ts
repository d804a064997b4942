import type { Deps } from '../../../deps.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import { createBreaker, SOURCE } from '../sources/breaker.ts'
import type { FillWalks } from './schema.ts'
import { giveWeather, listUnread, settleWetWalk } from './queries.ts'

/** Each is settled in a trip of its own. Those that are left are due again. */
const WET_AT_ONCE = 20
/** With the walks above, two trips, one message and the consumer's own two they are within the platform's fifty calls. */
const CALLS_MAX = 20
const DEADLINE_MS = 8_000

/** Looks up the hours at which walks began, and gives the walks their weather. Safe to repeat, and two at once give a badge once. */
export async function fillWalks(deps: Pick<Deps, 'db' | 'kma' | 'now' | 'pushes' | 'wakeAt'>, { starts }: FillWalks): Promise<void> {
  const { db, kma, now } = deps
  const { unread, sources } = await listUnread(db, starts, now())
  const breaker = createBreaker(sources, now)
  const readings: object[] = []
  let calls = 0
  const takeCall = () => calls++ < CALLS_MAX
  for (const { nx, ny, hour } of unread) {
    // The source is down, or its calls are used up. The walks are due again in ten minutes.
    if (breaker.isOpen(SOURCE.observation) || !takeCall()) break
    const answer = await kma.observe({ nx, ny }, new Date(hour), { deadlineMs: DEADLINE_MS, patient: true, takeCall })
    breaker.note(SOURCE.observation, answer)
    if (answer.outcome === 'answered' && answer.value) readings.push({ ...answer.value, nx, ny, hour })
  }
  const at = now()
  const wet = await giveWeather(db, starts, { readings, changes: breaker.changes() }, at)
  const told: string[] = []
  try {
    for (const walk of wet.slice(0, WET_AT_ONCE)) told.push(...(await settleWetWalk(db, walk, at)))
  } finally {
    await announcePushes(deps, told)
  }
}
