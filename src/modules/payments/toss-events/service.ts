import { z } from 'zod'
import { isEqualSecret, sha256Hex } from '../../../core/hash.ts'
import type { Deps } from '../../../deps.ts'
import { announce } from '../../../jobs/outbox.ts'
import type { ProviderEvent } from '../events/event.ts'
import type { EventHandler } from '../events/service.ts'
import { settleRead } from '../orders/service.ts'
import { claimNotice, findBillingKey, insertNotice } from './queries.ts'

const BILLING_DELETED = 'BILLING_DELETED'

/** What is kept of a notice. A secret is kept as a hash. */
const bodySchema = z.object({ status: z.string().nullable(), secret_hash: z.string().nullable() })

/** Keeps a notice. Nobody signs it, so nothing of it is believed but that something may have changed. */
export async function takeNotice(
  deps: Pick<Deps, 'db' | 'now' | 'toss' | 'keyedHashes' | 'jobs' | 'wakeAt'>,
  body: unknown,
  headers: Headers,
): Promise<void> {
  const { event_id, type, payment_key, order_id, billing_key, secret, status } = await deps.toss.readNotice(body, headers)
  const kept: z.infer<typeof bodySchema> = { status, secret_hash: secret && (await sha256Hex(secret)) }
  const event: ProviderEvent = {
    provider: 'toss',
    event_id,
    environment: 'production',
    type,
    external_id: billing_key && (await deps.keyedHashes.of(billing_key)),
    provider_at: null,
    body: kept,
  }
  await announce(deps, await insertNotice(deps.db, event, { order_id, payment_key }, deps.now()))
}

/** Asks Toss what has become of the order. A notice of an order that is not ours asks nothing. */
export const takeTossEvent: EventHandler = async (deps, event) => {
  const { event_id, external_id, received_at, type } = event
  if (external_id === null) return 'ignored'
  // There is no way to ask whether a key is gone. It is charged all the same at the next renewal, and only that answer makes it dead.
  if (type === BILLING_DELETED) return (await findBillingKey(deps.db, external_id)) ? 'applied' : 'ignored'
  const claim = await claimNotice(deps.db, { event_id, external_id, received_at }, deps.now())
  if (!claim?.is_known) return 'ignored'
  const { secret_hash } = bodySchema.parse(event.body)
  if (claim.secret && secret_hash && !(await isEqualSecret(await sha256Hex(claim.secret), secret_hash))) return 'ignored'
  if (claim.is_covered) return 'duplicate'
  if (!claim.may_ask) throw new Error('Toss was asked about this order less than a minute ago')
  const askedAt = deps.now()
  const payment = await deps.toss.findPaymentByOrder(external_id)
  if (!payment) return 'stale'
  const { outcome } = await settleRead(deps, payment, askedAt)
  return outcome === 'applied' || outcome === 'stale' ? outcome : 'ignored'
}
