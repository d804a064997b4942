import { z } from 'zod'
import { instantSchema } from '../../../../core/fields.ts'
import { DAY_MS, HOUR_MS } from '../../../../core/time.ts'
import type { Deps } from '../../../../deps.ts'
import { defineJob, done, type DueTask, type Task } from '../../../../jobs/job.ts'
import { announce } from '../../../../jobs/outbox.ts'
import { JOB } from '../../../../jobs/types.ts'
import { alarm } from '../../alarm.ts'
import { findCursor, recordDifference, saveCursor } from '../reading.queries.ts'
import { reconcileSome } from '../reading.service.ts'
import { differs, type Reconciled } from '../reading.ts'
import {
  dispatchAcknowledgements,
  dropAcknowledgement,
  findUnacknowledged,
  markAcknowledged,
  markGone,
  nextAcknowledgement,
} from './queries.ts'
import { readSubscription, rereadSubscription, takeRead, takeVoided } from './service.ts'

/** Google refunds after three days. Somebody must look long before. */
const ALARM_MS = DAY_MS
const LAPSED_MS = 4 * DAY_MS
const DISPATCHED_MAX = 500
const LOOK_BACK_MS = 2 * DAY_MS
const OVERLAP_MS = HOUR_MS
/** Google lists what was voided in the last 30 days, and refuses to look further back. */
const LISTED_MS = 29 * DAY_MS
const VOIDED = 'google_play:voided'
/** Each takes a call to Google and up to five trips and calls of queues. */
const VOIDED_AT_ONCE = 6
/** A list that takes more messages has no end. */
const PARTS_MAX = 2_000

/** Tells Google that a purchase was granted. A refusal may mean that it was told before, so Google is asked what it knows. */
export const acknowledge = defineJob({
  type: JOB.acknowledge,
  payload: z.object({ token_hash: z.string() }),
  async run({ db, now, play }, { token_hash }) {
    const purchase = await findUnacknowledged(db, token_hash)
    if (!purchase) return
    const { token, product_id, is_good, bought_at } = purchase
    const age_ms = now().getTime() - Date.parse(bought_at)
    if (age_ms > ALARM_MS) alarm('a purchase on google play is not acknowledged after a day', { token_hash })
    const told = is_good ? await play.acknowledgeProduct(product_id, token) : await play.acknowledgeSubscription(product_id, token)
    if (told === 'gone') return markGone(db, token_hash)
    if (told === 'conflict') {
      const found = is_good ? await play.findProduct(token) : await play.findSubscription(token)
      if (!found.found) return markGone(db, token_hash)
      // Google has given the money back, so there is nothing left to tell.
      if (!found.read.acknowledged && age_ms > LAPSED_MS) return dropAcknowledgement(db, token_hash)
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

const voidedCursor = z.object({
  from: instantSchema,
  page: z.string().optional(),
  /** How many of the page are done. */
  taken: z.int(),
  parts: z.int(),
  failed: z.int(),
})
type VoidedCursor = z.infer<typeof voidedCursor>

/** Reads which orders' money went back since the last read. Where the read stands is written down once all was taken in, so that a read that failed begins again. */
export const readVoided: Task = {
  name: 'payments.read_google_play',
  async run(deps, scheduledAt, cursor) {
    const at = voidedCursor.nullish().parse(cursor) ?? (await findBeginning(deps.db, scheduledAt))
    if (!at) return done({ applied: 0, failed: 0 })
    const { from, page, taken, parts } = at
    const { voided, next_page_token } = await deps.play.listVoided({ from: new Date(from), to: scheduledAt, pageToken: page })
    const counts = { applied: 0, failed: 0 }
    for (const { token, order_id, voided_at } of voided.slice(taken, taken + VOIDED_AT_ONCE)) {
      const outcome = order_id === null ? 'ignored' : await takeVoided(deps, { token, order_id, voided_at })
      if (outcome === 'applied' || outcome === 'failed') counts[outcome]++
    }
    const failed = at.failed + counts.failed
    const isWhole = taken + VOIDED_AT_ONCE >= voided.length
    const next: VoidedCursor = isWhole
      ? { from, ...(next_page_token !== null && { page: next_page_token }), taken: 0, parts: parts + 1, failed }
      : { ...at, taken: taken + VOIDED_AT_ONCE, parts: parts + 1, failed }
    const isOver = isWhole && next_page_token === null
    if (!isOver && next.parts < PARTS_MAX) return { counts, next }
    if (!isOver) alarm('the list of voided purchases of google play has no end', { parts: PARTS_MAX })
    else if (failed === 0) await saveCursor(deps.db, VOIDED, scheduledAt)
    return done(counts)
  },
}

async function findBeginning(db: Deps['db'], scheduledAt: Date): Promise<VoidedCursor | null> {
  const { read_until, is_used } = await findCursor(db, VOIDED, 'google_play')
  const from = (read_until?.getTime() ?? scheduledAt.getTime() - LOOK_BACK_MS) - OVERLAP_MS
  const listed = new Date(Math.max(from, scheduledAt.getTime() - LISTED_MS))
  return is_used ? { from: listed.toISOString(), taken: 0, parts: 0, failed: 0 } : null
}

/** Compares our subscriptions with Google's. */
export const reconcileWithGoogle: Task = {
  name: 'payments.reconcile_google_play',
  run: (deps, at, cursor) => reconcileSome(deps, 'google_play', { at, after: z.string().nullish().parse(cursor) ?? null }, reconcileOne),
}

async function reconcileOne(deps: Deps, row: Reconciled, at: Date): Promise<boolean> {
  if (row.token === null) return false
  const event_id = `reconcile:${at.toISOString().slice(0, 10)}:${row.external_id}`
  const read = await readSubscription(deps, row.token, event_id)
  const [period] = read?.facts.periods ?? []
  const seen = {
    state: read?.state ?? 'expired',
    ends_at: period?.ends_at ? new Date(period.ends_at) : null,
    auto_renew: read?.facts.renewals[0]?.auto_renew ?? false,
  }
  if (!differs(row, seen)) return false
  const { token: _, ...ours } = row
  await recordDifference(deps.db, { provider: 'google_play', external_id: row.external_id, ours, theirs: seen, event_id }, at)
  await (read ? takeRead(deps, read) : rereadSubscription(deps, row.token, event_id))
  return true
}
