import { signedIn, type Actor } from '../../../core/actor.ts'
import { found } from '../../../core/errors.ts'
import { hashRequest, idempotencyConflict } from '../../../core/idempotency.ts'
import type { Deps } from '../../../deps.ts'
import { announcePushes } from '../../../jobs/outbox.ts'
import { currentVersion } from '../../legal/documents.ts'
import { runCharge } from '../charging/service.ts'
import { alreadySubscribed, managedByStore, paymentDeclined, subscriptionNotFound, unknownPlan } from '../errors.ts'
import type { Subscription } from '../subscription/schema.ts'
import { forgetCard, identifyCard, registerCard } from './card.service.ts'
import { customerKeyMismatch, trialUsed } from './errors.ts'
import { type Begun, findCharged, findProspect, insertSubscription, findBegun, updateCard } from './queries.ts'
import type { ReplaceCard, Subscribe } from './schema.ts'

type BillingDeps = Pick<
  Deps,
  'db' | 'now' | 'toss' | 'vault' | 'keyedHashes' | 'keyedIds' | 'countsSandbox' | 'pushes' | 'wakeAt' | 'waitUntil'
>

/** How long somebody waits for a charge. After that it goes on without them. */
const CHARGE_DEADLINE_MS = 8_000
/** When the alarm looks after a charge that the request has begun. */
const LOOKED_AFTER_MS = 60_000
/** A card that was good for a subscription before, and has been replaced there. */
const REPLACED_CARD = { decline_code: 'INVALID_BILL_KEY_REQUEST', needs_new_card: true }

/** Begins a subscription at Toss: with a trial, or with a charge at once (docs/product.md#premium). */
export async function subscribe(deps: BillingDeps, actor: Actor, input: Subscribe, idempotency_key?: string): Promise<Subscription> {
  const at = deps.now()
  const { auth_key, customer_key, plan, anyway, trial_only } = input
  const creation = {
    // Without a key of the request the window's is as good, because it works once.
    id: await deps.keyedIds.of({
      user_id: actor.user_id,
      route: 'POST /payments/billing/issue',
      key: idempotency_key ?? `auth_key ${auth_key}`,
    }),
    // Whoever was warned and goes on all the same makes the same request again.
    request_hash: await hashRequest({ auth_key, customer_key, plan }),
  }
  const prospect = signedIn(await findProspect(deps.db, actor, creation.id, plan, at))
  if (prospect.subscription || prospect.is_id_taken) return presentBegun(prospect, creation.request_hash)
  if (!prospect.is_plan_known) throw unknownPlan()
  if (prospect.customer_key !== customer_key) throw customerKeyMismatch()
  if (prospect.is_subscribed && !anyway) throw alreadySubscribed()

  const card = await registerCard(deps, input, await identifyCard(deps, actor.user_id, auth_key))
  const start = await insertSubscription(
    deps.db,
    actor,
    { ...creation, plan, anyway, trial_only, document_version: currentVersion('service'), trial_key: card.trial_key, card_row: card.row },
    await deps.keyedHashes.pads(),
    { now: at, countsSandbox: deps.countsSandbox },
  )
  if (!start?.is_card_kept) deps.waitUntil(forgetCard(deps, card))
  const { outcome, told, ...begun } = signedIn(start)
  if (outcome === 'unknown_plan') throw unknownPlan()
  if (outcome === 'already_subscribed') throw alreadySubscribed()
  if (outcome === 'trial_used') throw trialUsed()
  if (outcome === 'card_replaced') throw paymentDeclined({ extensions: REPLACED_CARD })
  if (told.length > 0) deps.waitUntil(announcePushes(deps, told))
  const readAgain = async () => presentBegun(signedIn(await findBegun(deps.db, actor, creation.id, deps.now())), creation.request_hash)
  // The same request has just begun it, perhaps a moment after this one came.
  if (outcome === 'known') return readAgain()
  if (begun.charge_state === null) return presentBegun(begun, creation.request_hash)

  deps.waitUntil(deps.wakeAt(new Date(at.getTime() + LOOKED_AFTER_MS)))
  await runCharge(deps, { subscription_id: creation.id, period_no: 0 }, { deadlineMs: CHARGE_DEADLINE_MS })
  return readAgain()
}

/** What was never paid because the first charge was declined is a refusal, also when it is asked for again. */
function presentBegun({ subscription, request_hash, charge_state, decline_code }: Begun, hash: string): Subscription {
  if (!subscription || request_hash !== hash) throw idempotencyConflict()
  if (decline_code !== null && (charge_state === 'declined' || charge_state === 'given_up'))
    throw paymentDeclined({ extensions: { decline_code, needs_new_card: subscription.needs_new_card } })
  return subscription
}

/** Charges another card from now on. A charge that was declined is tried at once. */
export async function replaceCard(deps: BillingDeps, actor: Actor, input: ReplaceCard): Promise<Subscription> {
  const at = deps.now()
  const id = await identifyCard(deps, actor.user_id, input.auth_key)
  const { subscription, billing_key_id, customer_key, manage_url } = signedIn(await findCharged(deps.db, actor, at))
  if (!subscription) throw manage_url ? managedByStore({ extensions: { manage_url } }) : subscriptionNotFound()
  if (billing_key_id === id) return subscription
  if (customer_key !== input.customer_key) throw customerKeyMismatch()

  const card = await registerCard(deps, input, id)
  const { replacement, subscription: after } = signedIn(await updateCard(deps.db, actor, card.row, at))
  const { outcome, subscription_id, period_no } = replacement
  if (outcome === 'card_replaced') throw paymentDeclined({ extensions: REPLACED_CARD })
  if (outcome === 'none') {
    deps.waitUntil(forgetCard(deps, card))
    throw subscriptionNotFound()
  }
  if (subscription_id === undefined || period_no === null || period_no === undefined) return found(after, subscriptionNotFound)

  deps.waitUntil(deps.wakeAt(new Date(at.getTime() + LOOKED_AFTER_MS)))
  await runCharge(deps, { subscription_id, period_no }, { deadlineMs: CHARGE_DEADLINE_MS })
  return found(signedIn(await findCharged(deps.db, actor, deps.now())).subscription, subscriptionNotFound)
}
