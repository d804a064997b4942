import { seoulClock } from '../../../core/time.ts'
import { done, type Task } from '../../../jobs/job.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import { tellOfCharges } from './queries.ts'

/** Hours in Seoul. What the law wants people to know reaches them while they are awake. */
const FROM_HOUR = 10
const UNTIL_HOUR = 20
const SLICE = 1_000

/**
 * Tells of trials that end and of charges to come. The notification centre and a push carry it. The law names no single channel, so another may take the ids of
 * the same rows (docs/product.md#premium).
 */
export const tellSubscribers: Task = {
  name: 'payments.tell_subscribers',
  async run(deps, scheduledAt) {
    const { hour } = seoulClock(scheduledAt)
    if (hour < FROM_HOUR || hour >= UNTIL_HOUR) return done({ told: 0 })
    const ids = await tellOfCharges(deps.db, scheduledAt, SLICE)
    await announcePushes(deps, ids)
    return { counts: { told: ids.length }, next: ids.length < SLICE ? null : 'more' }
  },
}
