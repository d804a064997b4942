import { z } from 'zod'
import { instantSchema } from '../../../../core/fields.ts'
import { DAY_MS, HOUR_MS } from '../../../../core/time.ts'
import type { Deps } from '../../../../deps.ts'
import { done, type Task } from '../../../../jobs/job.ts'
import { announce } from '../../../../jobs/outbox.ts'
import { alarm } from '../../alarm.ts'
import { findCursor, recordDifference, saveCursor } from '../reading.queries.ts'
import { reconcileSome } from '../reading.service.ts'
import { differs, type Reconciled } from '../reading.ts'
import { factsOf, trialNames } from './facts.ts'
import { applyFacts, storeNotifications } from './service.ts'

/** The first read of all looks back a day. */
const LOOK_BACK_MS = DAY_MS
/** How far one read overlaps the one before, because a notification may be listed late. */
const OVERLAP_MS = HOUR_MS
/** Apple keeps notifications for 180 days, and refuses to look for older ones. */
const KEPT_MS = 179 * DAY_MS
/** A list that is longer has no end. Twenty notifications are on a page. */
const PAGES_MAX = 2_000

const missedCursor = z.object({
  environment: z.enum(['Production', 'Sandbox']),
  /** Null where nothing of the environment was read yet. */
  from: instantSchema.nullable(),
  page: z.string().nullable(),
  pages: z.int(),
})
type MissedCursor = z.infer<typeof missedCursor>

const beginningOf = (environment: MissedCursor['environment']): MissedCursor => ({ environment, from: null, page: null, pages: 0 })

/**
 * Reads what Apple has sent, or tried to send, since the last read, a page for each message. What has come already changes nothing. Where the read stands is
 * written down once a list is read to its end, so that a read that failed begins again.
 */
export const readMissedFromApple: Task = {
  name: 'payments.read_app_store',
  async run(deps, scheduledAt, cursor) {
    const { environment, page, pages, ...known } = missedCursor.nullish().parse(cursor) ?? beginningOf('Production')
    const name = `app_store:${environment}`
    const from = known.from === null ? await findBeginning(deps.db, name, scheduledAt) : new Date(known.from)
    if (!from) return done({ stored: 0 })
    const read = await deps.appStore.listNotifications({ from, to: scheduledAt, environment, paginationToken: page })
    const ids = await storeNotifications(deps, read.notifications)
    await announce(deps, ids)
    const counts = { stored: ids.length }
    const following = read.pagination_token
    if (following !== null && pages + 1 < PAGES_MAX)
      return { counts, next: { environment, from: from.toISOString(), page: following, pages: pages + 1 } satisfies MissedCursor }
    if (following !== null) alarm('the list of the app store has no end', { environment, pages: PAGES_MAX })
    else await saveCursor(deps.db, name, scheduledAt)
    return { counts, next: environment === 'Production' ? beginningOf('Sandbox') : null }
  },
}

async function findBeginning(db: Deps['db'], name: string, scheduledAt: Date): Promise<Date | null> {
  const { read_until, is_used } = await findCursor(db, name, 'ios_iap')
  const from = (read_until?.getTime() ?? scheduledAt.getTime() - LOOK_BACK_MS) - OVERLAP_MS
  return is_used ? new Date(Math.max(from, scheduledAt.getTime() - KEPT_MS)) : null
}

/** Compares our subscriptions with Apple's, a sixteenth of them each night, and all that end about now. */
export const reconcileWithApple: Task = {
  name: 'payments.reconcile_app_store',
  run: (deps, at, cursor) => reconcileSome(deps, 'ios_iap', { at, after: z.string().nullish().parse(cursor) ?? null }, reconcileOne),
}

async function reconcileOne(deps: Parameters<typeof applyFacts>[0] & Pick<Deps, 'appStore'>, row: Reconciled, at: Date): Promise<boolean> {
  const subscriptions = await deps.appStore.getSubscription(row.external_id, row.environment === 'production' ? 'Production' : 'Sandbox')
  const theirs = subscriptions?.find(({ transaction }) => transaction.original_transaction_id === row.external_id)
  if (!theirs) return false
  const { transaction, renewal } = theirs
  const seen = { state: theirs.status, ends_at: transaction.revoked_at ?? transaction.expires_at, auto_renew: renewal.auto_renew }
  const event_id = `reconcile:${at.toISOString().slice(0, 10)}:${row.external_id}`
  const { purchase } = factsOf({ transaction, renewal, environment: transaction.environment, event_id })
  if (!purchase || !differs(row, seen)) return false
  await recordDifference(deps.db, { provider: 'ios_iap', external_id: row.external_id, ours: row, theirs: seen, event_id }, at)
  await applyFacts(deps, { purchase, item: null }, trialNames(transaction))
  return true
}
