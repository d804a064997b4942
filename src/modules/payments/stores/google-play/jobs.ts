import { z } from 'zod'
import { DAY_MS, HOUR_MS } from '../../../../core/time.ts'
import type { Deps } from '../../../../deps.ts'
import { defineJob, done, type DueTask, type Task } from '../../../../jobs/job.ts'
import { announce } from '../../../../jobs/outbox.ts'
import { JOB } from '../../../../jobs/types.ts'
import { findCursor, listToReconcile, recordDifference, saveCursor } from '../reading.queries.ts'
import { differs, RECONCILED_PARTS, type Reconciled } from '../reading.ts'
import { dispatchAcknowledgements, findToken, findUnacknowledged, markAcknowledged, markGone, nextAcknowledgement } from './queries.ts'
import { readSubscription, rereadSubscription } from './service.ts'

/** Google refunds after three days. Somebody must look long before. */
const ALARM_MS = DAY_MS
const DISPATCHED_MAX = 500
const LOOK_BACK_MS = 2 * DAY_MS
const OVERLAP_MS = HOUR_MS
/** Each takes a call to Google and a trip or two. */
const VOIDED_AT_ONCE = 8

/** Tells Google that a purchase was granted. A refusal may mean that it was told before, so Google is asked what it knows. */
export const acknowledge = defineJob({
  type: JOB.acknowledge,
  payload: z.object({ token_hash: z.string() }),
  async run({ db, now, play }, { token_hash }) {
    const purchase = await findUnacknowledged(db, token_hash)
    if (!purchase) return
    const { token, product_id, is_good, bought_at } = purchase
    if (now().getTime() - Date.parse(bought_at) > ALARM_MS)
      console.error(JSON.stringify({ level: 'error', message: 'a purchase on google play is not acknowledged after a day', token_hash }))
    const told = is_good ? await play.acknowledgeProduct(product_id, token) : await play.acknowledgeSubscription(product_id, token)
    if (told === 'gone') return markGone(db, token_hash)
    if (told === 'conflict') {
      const found = is_good ? await play.findProduct(token) : await play.findSubscription(token)
      if (!found.found) return markGone(db, token_hash)
      if (!found.read.acknowledged) throw new Error('google play did not take an acknowledgement')
    }
    await markAcknowledged(db, token_hash)
  },
})

/** Finds acknowledgements whose message was lost, or has failed for long. */
export const acknowledgeAgain: DueTask = {
  name: 'payments.acknowledge_again',
  async run(deps, scheduledAt) {
    const ids = await dispatchAcknowledgements(deps.db, scheduledAt, DISPATCHED_MAX)
    await announce(deps, ids)
    return done({ sent: ids.length })
  },
  nextDue: () => nextAcknowledgement,
}

/** Reads which orders' money went back since the last read. */
export const readVoided: Task = {
  name: 'payments.read_google_play',
  async run(deps, scheduledAt) {
    const name = 'google_play:voided'
    const { read_until, page } = await findCursor(deps.db, name)
    const from = new Date((read_until?.getTime() ?? scheduledAt.getTime() - LOOK_BACK_MS) - OVERLAP_MS)
    const { voided, next_page_token } = await deps.play.listVoided({ from, to: scheduledAt, ...(page !== null && { pageToken: page }) })
    let applied = 0
    for (const { token, order_id, voided_at } of voided.slice(0, VOIDED_AT_ONCE)) {
      if (order_id === null) continue
      const outcome = await rereadSubscription(deps, token, `voided:${order_id}`, { order_id, voided_at })
      if (outcome === 'applied') applied++
    }
    const rest = voided.length > VOIDED_AT_ONCE ? voided[VOIDED_AT_ONCE] : undefined
    if (rest) await saveCursor(deps.db, name, { read_until: new Date(rest.voided_at.getTime() + OVERLAP_MS), page: null })
    else await saveCursor(deps.db, name, { read_until: next_page_token ? from : scheduledAt, page: next_page_token })
    return { counts: { applied }, next: rest || next_page_token ? 'more' : null }
  },
}

/** Compares our subscriptions with Google's. */
export const reconcileWithGoogle: Task = {
  name: 'payments.reconcile_google_play',
  async run(deps, scheduledAt, cursor) {
    const after = z.string().nullish().parse(cursor) ?? null
    const rows = await listToReconcile(deps.db, 'google_play', scheduledAt, after, RECONCILED_PARTS)
    const counts = { read: 0, repaired: 0, failed: 0 }
    for (const row of rows) {
      try {
        counts.read++
        if (await reconcileOne(deps, row, scheduledAt)) counts.repaired++
      } catch (error) {
        // One that cannot be read must not keep the others. The next night reads it again.
        counts.failed++
        console.warn(
          JSON.stringify({
            level: 'warn',
            message: 'a subscription could not be reconciled',
            subscription_id: row.id,
            error: String(error),
          }),
        )
      }
    }
    return { counts, next: rows.length === RECONCILED_PARTS ? (rows.at(-1)?.id ?? null) : null }
  },
}

async function reconcileOne(deps: Deps, row: Reconciled, at: Date): Promise<boolean> {
  const known = await findToken(deps.db, row.external_id)
  if (!known) return false
  const event_id = `reconcile:${at.toISOString().slice(0, 10)}:${row.external_id}`
  const read = await readSubscription(deps, known.token, event_id)
  const [period] = read?.facts.periods ?? []
  const seen = {
    state: read?.state ?? 'expired',
    ends_at: period?.ends_at ? new Date(period.ends_at) : null,
    auto_renew: read?.facts.renewals[0]?.auto_renew ?? false,
  }
  if (!differs(row, seen)) return false
  await recordDifference(deps.db, { provider: 'google_play', external_id: row.external_id, ours: row, theirs: seen, event_id }, at)
  await rereadSubscription(deps, known.token, event_id)
  return true
}
