import { defineJob, done, type DueTask } from '../../../jobs/job.ts'
import { announce, announcePushes } from '../../../jobs/outbox.ts'
import { JOB } from '../../../jobs/types.ts'
import { dispatchCharges, endSubscriptions, nextDispatch, nextEnd, nextOpening, openRenewals } from './queries.ts'
import { chargeIdSchema } from './schema.ts'
import { runCharge } from './service.ts'

/** Each is folded in the statement, which must end well within the deadline of a trip. */
const OPENED_AT_ONCE = 300
const ENDED_AT_ONCE = 300
/** Their messages take ten calls to the queue. */
const DISPATCHED_AT_ONCE = 1_000

/** Opens charges twenty minutes before they fall due, so that access has no hole. */
export const openDueRenewals: DueTask = {
  name: 'payments.open_renewals',
  async run(deps, scheduledAt) {
    const { listed, opened, first_at } = await openRenewals(deps.db, OPENED_AT_ONCE, {
      now: scheduledAt,
      countsSandbox: deps.countsSandbox,
    })
    if (first_at) await deps.wakeAt(new Date(first_at))
    return { counts: { opened }, next: listed === OPENED_AT_ONCE && opened > 0 ? 'more' : null }
  },
  nextDue: nextOpening,
}

/** Sends charges that are due: new ones, those that were declined or are unknown, and those whose sender has died. */
export const dispatchDueCharges: DueTask = {
  name: 'payments.dispatch_charges',
  async run(deps, scheduledAt) {
    const ids = await dispatchCharges(deps.db, DISPATCHED_AT_ONCE, scheduledAt)
    await announce(deps, ids)
    return { counts: { sent: ids.length }, next: ids.length === DISPATCHED_AT_ONCE ? 'more' : null }
  },
  nextDue: nextDispatch,
}

/** Ends what was declined until its grace was over, and what may not be charged again. */
export const endDueSubscriptions: DueTask = {
  name: 'payments.end_subscriptions',
  async run(deps, scheduledAt) {
    const { listed, ended, told } = await endSubscriptions(deps.db, ENDED_AT_ONCE, { now: scheduledAt, countsSandbox: deps.countsSandbox })
    await announcePushes(deps, told)
    const isMore = listed >= ENDED_AT_ONCE && ended > 0
    return isMore ? { counts: { ended }, next: 'more' } : done({ ended })
  },
  nextDue: nextEnd,
}

export const charge = defineJob({
  type: JOB.charge,
  payload: chargeIdSchema,
  async run(deps, id) {
    // The queue tries again after the other call's lease.
    if ((await runCharge(deps, id)) === 'held') throw new Error('another call charges this period')
  },
})
