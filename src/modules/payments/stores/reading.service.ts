import { describeFailure } from '../../../db/client.ts'
import type { Deps } from '../../../deps.ts'
import type { Part } from '../../../jobs/job.ts'
import type { Provider } from '../ledger/facts.ts'
import { listToReconcile } from './reading.queries.ts'
import { RECONCILED_PARTS, type Reconciled } from './reading.ts'

/** Compares the next subscriptions of a store with it, after the one with that id. `reconcileOne` answers whether it had to mend one. */
export async function reconcileSome<D extends Pick<Deps, 'db'>>(
  deps: D,
  provider: Provider,
  { at, after }: { readonly at: Date; readonly after: string | null },
  reconcileOne: (deps: D, ours: Reconciled, at: Date) => Promise<boolean>,
): Promise<Part> {
  const rows = await listToReconcile(deps.db, provider, at, after, RECONCILED_PARTS)
  const counts = { read: rows.length, repaired: 0, failed: 0 }
  for (const row of rows) {
    try {
      if (await reconcileOne(deps, row, at)) counts.repaired++
    } catch (error) {
      // One that cannot be read must not keep the others. The next night reads it again.
      counts.failed++
      const facts = { subscription_id: row.id, error: describeFailure(error) }
      console.warn(JSON.stringify({ level: 'warn', message: 'a subscription could not be reconciled', ...facts }))
    }
  }
  return { counts, next: rows.length === RECONCILED_PARTS ? (rows.at(-1)?.id ?? null) : null }
}
