import { z } from 'zod'
import { HOUR_MS } from '../../../../core/time.ts'
import type { Deps } from '../../../../deps.ts'
import { done, type Task } from '../../../../jobs/job.ts'
import { announce } from '../../../../jobs/outbox.ts'
import { findCursor, listToReconcile, recordDifference, saveCursor } from '../reading.queries.ts'
import { differs, RECONCILED_PARTS } from '../reading.ts'
import { factsOf, trialNames } from './facts.ts'
import { applyFacts, storeNotification } from './service.ts'

/** Apple keeps notifications for about half a year. The first read of all looks back a day. */
const LOOK_BACK_MS = 24 * HOUR_MS
/** How far one read overlaps the one before, because a notification may be listed late. */
const OVERLAP_MS = HOUR_MS
const PAGES_MAX = 6

const environments = ['Production', 'Sandbox'] as const

/** Reads what Apple has sent, or tried to send, since the last read. What has come already changes nothing. */
export const readMissedFromApple: Task = {
  name: 'payments.read_app_store',
  async run(deps, scheduledAt, cursor) {
    const environment = z.enum(environments).nullish().parse(cursor) ?? 'Production'
    const name = `app_store:${environment}`
    const { read_until, page } = await findCursor(deps.db, name)
    const from = new Date((read_until?.getTime() ?? scheduledAt.getTime() - LOOK_BACK_MS) - OVERLAP_MS)
    let paginationToken = page
    let stored = 0
    for (let pages = 0; pages < PAGES_MAX; pages++) {
      const read = await deps.appStore.listNotifications({ from, to: scheduledAt, environment, paginationToken })
      for (const notification of read.notifications) {
        const ids = await storeNotification(deps, notification)
        stored += ids.length
        await announce(deps, ids)
      }
      paginationToken = read.pagination_token
      if (paginationToken === null) break
    }
    await saveCursor(
      deps.db,
      name,
      paginationToken === null ? { read_until: scheduledAt, page: null } : { read_until: from, page: paginationToken },
    )
    if (paginationToken !== null) return { counts: { stored }, next: environment }
    return environment === 'Production' ? { counts: { stored }, next: 'Sandbox' } : done({ stored })
  },
}

/** Compares our subscriptions with Apple's, a sixteenth of them each night, and all that end about now. */
export const reconcileWithApple: Task = {
  name: 'payments.reconcile_app_store',
  async run(deps, scheduledAt, cursor) {
    const after = z.string().nullish().parse(cursor) ?? null
    const rows = await listToReconcile(deps.db, 'ios_iap', scheduledAt, after, RECONCILED_PARTS)
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

async function reconcileOne(
  deps: Parameters<typeof applyFacts>[0] & Pick<Deps, 'appStore'>,
  row: Awaited<ReturnType<typeof listToReconcile>>[number],
  at: Date,
): Promise<boolean> {
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
