import { z } from 'zod'
import { DAY_MS } from '../../../core/time.ts'
import { defineJob, done, type Task } from '../../../jobs/job.ts'
import { announce } from '../../../jobs/outbox.ts'
import { deleteInSlices } from '../../../jobs/slices.ts'
import { JOB } from '../../../jobs/types.ts'
import { alarm } from '../alarm.ts'
import type { Provider } from '../ledger/facts.ts'
import { takeAppleEvent } from '../stores/app-store/service.ts'
import { takeGoogleEvent } from '../stores/google-play/service.ts'
import { takeTossEvent } from '../toss-events/service.ts'
import { emptyEvents, resendEvents } from './queries.ts'
import { type EventHandler, takeKeptEvent } from './service.ts'

/** What takes in the events of each provider. */
const handlers: Readonly<Record<Provider, EventHandler>> = { toss: takeTossEvent, ios_iap: takeAppleEvent, google_play: takeGoogleEvent }

const LOST_AFTER_MS = 10 * 60_000
const DEAD_AFTER_MS = 7 * DAY_MS
const RESENT_MAX = 200
const KEPT_MS = 180 * DAY_MS
const PARKED_MS = 60 * DAY_MS

export const takeEvent = defineJob({
  type: JOB.takeEvent,
  payload: z.object({ provider: z.enum(['toss', 'ios_iap', 'google_play']), event_id: z.string() }),
  async run(deps, key) {
    await takeKeptEvent(deps, key, handlers[key.provider])
  },
})

/** Sends events again whose message was lost, and gives up on those that have failed for a week. */
export const resendLostEvents: Task = {
  name: 'payments.resend_events',
  async run(deps, scheduledAt) {
    const before = (ms: number) => new Date(scheduledAt.getTime() - ms)
    const { dead, sent } = await resendEvents(deps.db, { deadBefore: before(DEAD_AFTER_MS), lostBefore: before(LOST_AFTER_MS) }, RESENT_MAX)
    for (const { provider, event_id } of dead) alarm('an event of a provider could not be taken in for a week', { provider, event_id })
    await announce(deps, sent)
    return done({ sent: sent.length, dead: dead.length })
  },
}

export const purgeEvents: Task = {
  name: 'payments.purge_events',
  run({ db }, scheduledAt) {
    const before = (ms: number) => new Date(scheduledAt.getTime() - ms)
    return deleteInSlices((limit) => emptyEvents(db, { kept: before(KEPT_MS), parked: before(PARKED_MS) }, limit))
  },
}
