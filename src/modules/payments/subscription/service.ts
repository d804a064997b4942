import { signedIn, type Actor } from '../../../core/actor.ts'
import { found } from '../../../core/errors.ts'
import { HOUR_MS } from '../../../core/time.ts'
import type { Deps } from '../../../deps.ts'
import { currentVersion } from '../../legal/documents.ts'
import { amountMismatch, consentNotOpen, managedByStore, subscriptionNotFound, unknownPlan } from '../errors.ts'
import { cancelSubscriptions, type Changed, insertConsent, listOwnSubscriptions, updatePlan, updateRenewal } from './queries.ts'
import type { Cancellation, DecideCharge, OwnSubscriptions, Plan, Subscription } from './schema.ts'

type SubscriptionDeps = Pick<Deps, 'db' | 'now' | 'countsSandbox' | 'wakeAt' | 'waitUntil'>

const foldingOf = ({ now, countsSandbox }: Pick<Deps, 'now' | 'countsSandbox'>) => ({ now: now(), countsSandbox })

export async function getOwnSubscriptions({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor): Promise<OwnSubscriptions> {
  const own = signedIn(await listOwnSubscriptions(db, actor, now()))
  return { premium: own.premium_until !== null, ...own }
}

/** One call, without a reason, at any hour. A store's own subscription is cancelled in the store, because the App Store lets nobody else do it. */
export async function cancel(deps: Pick<Deps, 'db' | 'now' | 'countsSandbox'>, actor: Actor): Promise<Cancellation> {
  const { cancelled, manage_url } = signedIn(await cancelSubscriptions(deps.db, actor, foldingOf(deps)))
  if (cancelled.outcome === 'cancelled') return { state: 'cancelled', ends_at: cancelled.ends_at }
  throw manage_url ? managedByStore({ extensions: { manage_url } }) : subscriptionNotFound()
}

export async function resume(deps: SubscriptionDeps, actor: Actor): Promise<Subscription> {
  return settle(deps, await updateRenewal(deps.db, actor, foldingOf(deps)))
}

export async function changePlan(deps: SubscriptionDeps, actor: Actor, plan: Plan): Promise<Subscription> {
  return settle(deps, await updatePlan(deps.db, actor, plan, currentVersion('service'), foldingOf(deps)))
}

export async function decideCharge(deps: SubscriptionDeps, actor: Actor, decision: DecideCharge): Promise<Subscription> {
  return settle(deps, await insertConsent(deps.db, actor, decision, currentVersion('service'), foldingOf(deps)))
}

function settle(deps: SubscriptionDeps, changed: Changed | null): Subscription {
  const { outcome, subscription, manage_url } = signedIn(changed)
  if (outcome === 'none') throw manage_url && !subscription ? managedByStore({ extensions: { manage_url } }) : subscriptionNotFound()
  if (outcome === 'unknown_plan') throw unknownPlan()
  if (outcome === 'not_open') throw consentNotOpen()
  if (outcome === 'amount_mismatch') throw amountMismatch({ detail: '결제될 금액이 바뀌었어요. 다시 확인해 주세요.' })
  const own = found(subscription, subscriptionNotFound)
  // The renewal may be so near that the hourly cron would come too late for it.
  const now = deps.now().getTime()
  const ends = own.ends_at === null ? 0 : Date.parse(own.ends_at)
  if (own.auto_renew && ends > now && ends <= now + HOUR_MS) deps.waitUntil(deps.wakeAt(new Date(now)))
  return own
}
