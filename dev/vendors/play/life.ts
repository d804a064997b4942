import { Refusal } from '../vendor.ts'
import { TRIAL_DAYS } from './catalogue.ts'
import { addOrder, assertState, daysAfter, type Happening, monthsAfter, type Subscription, told, voidOrder } from './purchase.ts'

/*
 * What can happen to a subscription. Each changes it at an instant and answers what Google tells.
 * https://developer.android.com/google/play/billing/lifecycle/subscriptions
 */

/** Google asks for the consent that Korean law wants this long before the trial ends. */
const CONSENT_DAYS_BEFORE = 1

/** The first payment came, or the trial begins. */
export function start(of: Subscription, at: Date): Happening[] {
  of.state = 'ACTIVE'
  of.started_at = of.paid_at = at
  of.auto_renew = true
  of.is_trial = of.wants_trial
  of.anchor = of.is_trial ? daysAfter(at, TRIAL_DAYS) : at
  of.periods = of.is_trial ? 0 : 1
  of.expires_at = monthsAfter(of.anchor, of.periods * of.plan.months)
  addOrder(of, at, of.is_trial ? 0 : of.plan.price_won)
  if (!of.is_trial) return [told(of, at, 'PURCHASED')]
  of.consent = { deadline: daysAfter(of.expires_at, -CONSENT_DAYS_BEFORE), state: 'PENDING' }
  return [told(of, at, 'PURCHASED'), told(of, at, 'PRICE_STEP_UP_CONSENT_UPDATED')]
}

/** Another purchase takes its place. */
export function giveWay(of: Subscription, at: Date): Happening[] {
  Object.assign(of, { state: 'EXPIRED', expires_at: at, auto_renew: false, cancelled_by: 'replacement' } satisfies Partial<Subscription>)
  return [told(of, at, 'EXPIRED')]
}

/** The next period begins where the last one ended, also when the payment for it was late. */
export function renew(of: Subscription, at: Date): Happening[] {
  assertState(of, 'ACTIVE', 'IN_GRACE_PERIOD')
  if (of.consent?.state === 'PENDING') throw new Refusal(409, { error: 'the trial needs consent before it is paid' })
  if (of.deferred_plan) {
    of.anchor = monthsAfter(of.anchor, of.periods * of.plan.months)
    of.periods = 0
    of.plan = of.deferred_plan
    of.deferred_plan = null
  }
  payNext(of, at)
  return [told(of, at, 'RENEWED')]
}

function payNext(of: Subscription, at: Date): void {
  if (of.consent) of.consent.state = 'COMPLETED'
  of.periods += 1
  const expires_at = monthsAfter(of.anchor, of.periods * of.plan.months)
  Object.assign(of, {
    state: 'ACTIVE',
    expires_at,
    auto_renew: true,
    is_trial: false,
    is_silently_late: false,
    hold_ends_at: null,
    pause_days: null,
    resumes_at: null,
    cancelled_by: null,
    cancelled_at: null,
  } satisfies Partial<Subscription>)
  addOrder(of, at, of.plan.price_won)
}

/** A renewal is not paid. Google waits for a day even where no grace is configured, and says nothing in that day. */
export function beLate(of: Subscription, at: Date): Happening[] {
  assertState(of, 'ACTIVE')
  const { grace_days } = of.card
  of.card.fails = true
  of.expires_at = daysAfter(at, grace_days || 1)
  if (grace_days === 0) {
    of.is_silently_late = true
    return [{ token: of.token, event: 'SILENTLY_LATE', at, notice: null }]
  }
  of.state = 'IN_GRACE_PERIOD'
  return [told(of, at, 'IN_GRACE_PERIOD')]
}

export function hold(of: Subscription, at: Date): Happening[] {
  assertState(of, 'ACTIVE', 'IN_GRACE_PERIOD', 'PAUSED')
  of.card.fails = true
  Object.assign(of, {
    state: 'ON_HOLD',
    expires_at: at,
    is_silently_late: false,
    resumes_at: null,
    hold_ends_at: daysAfter(at, of.card.hold_days),
  } satisfies Partial<Subscription>)
  return [told(of, at, 'ON_HOLD')]
}

/** The payment comes after all. Within grace the date of renewal stays. Later the billing begins anew. */
export function recover(of: Subscription, at: Date): Happening[] {
  assertState(of, 'IN_GRACE_PERIOD', 'ON_HOLD', 'EXPIRED', ...(of.is_silently_late ? (['ACTIVE'] as const) : []))
  of.card.fails = false
  if (of.state === 'IN_GRACE_PERIOD' || of.state === 'ACTIVE') return renew(of, at)
  return beginAnew(of, at)
}

function beginAnew(of: Subscription, at: Date): Happening[] {
  of.anchor = at
  of.periods = 0
  payNext(of, at)
  return [told(of, at, 'RECOVERED')]
}

export function cancel(of: Subscription, at: Date, by: 'user' | 'system' | 'developer' = 'user'): Happening[] {
  if (of.state === 'PENDING') {
    of.state = 'PENDING_PURCHASE_CANCELED'
    return [told(of, at, 'PENDING_PURCHASE_CANCELED')]
  }
  assertState(of, 'ACTIVE', 'IN_GRACE_PERIOD', 'ON_HOLD', 'PAUSED')
  const isOver = of.state === 'ON_HOLD' || of.state === 'PAUSED'
  Object.assign(of, {
    state: 'CANCELED',
    auto_renew: false,
    cancelled_by: by,
    cancelled_at: at,
    hold_ends_at: null,
    pause_days: null,
    resumes_at: null,
  } satisfies Partial<Subscription>)
  return [told(of, at, 'CANCELED'), ...(isOver ? expire(of, at) : [])]
}

/** Its person wants it to go on after all, before it is over. */
export function restart(of: Subscription, at: Date): Happening[] {
  assertState(of, 'CANCELED')
  Object.assign(of, { state: 'ACTIVE', auto_renew: true, cancelled_by: null, cancelled_at: null } satisfies Partial<Subscription>)
  return [told(of, at, 'RESTARTED')]
}

export function expire(of: Subscription, at: Date): Happening[] {
  assertState(of, 'ACTIVE', 'IN_GRACE_PERIOD', 'ON_HOLD', 'PAUSED', 'CANCELED')
  Object.assign(of, { state: 'EXPIRED', auto_renew: false, cancelled_by: of.cancelled_by ?? 'system' } satisfies Partial<Subscription>)
  return [told(of, at, 'EXPIRED')]
}

export function planPause(of: Subscription, at: Date, days: number): Happening[] {
  assertState(of, 'ACTIVE')
  if (of.is_trial) throw new Refusal(409, { error: 'a trial cannot be paused in Korea' })
  of.pause_days = days
  return [told(of, at, 'PAUSE_SCHEDULE_CHANGED')]
}

/** A pause begins where the paid period ends. */
export function pause(of: Subscription, at: Date): Happening[] {
  Object.assign(of, { state: 'PAUSED', resumes_at: daysAfter(at, of.pause_days ?? 30), pause_days: null } satisfies Partial<Subscription>)
  return [told(of, at, 'PAUSED')]
}

export function resume(of: Subscription, at: Date): Happening[] {
  if (of.state === 'ACTIVE' && of.pause_days !== null) {
    of.pause_days = null
    return [told(of, at, 'PAUSE_SCHEDULE_CHANGED')]
  }
  assertState(of, 'PAUSED')
  return of.card.fails ? hold(of, at) : beginAnew(of, at)
}

/** Ends at once, and the last payment goes back. */
export function revoke(of: Subscription, at: Date, { reason, source }: { reason: number; source: number }): Happening[] {
  assertState(of, 'ACTIVE', 'IN_GRACE_PERIOD', 'ON_HOLD', 'PAUSED', 'CANCELED')
  Object.assign(of, {
    state: 'EXPIRED',
    expires_at: at,
    auto_renew: false,
    cancelled_by: of.cancelled_by ?? (source === 1 ? 'developer' : 'system'),
  } satisfies Partial<Subscription>)
  return [told(of, at, 'REVOKED'), voidOrder(of, at, { reason, source })]
}

/** What its person answers to the price after the trial. Without consent it is cancelled. */
export function answerConsent(of: Subscription, at: Date, isAccepted: boolean): Happening[] {
  if (of.consent?.state !== 'PENDING') throw new Refusal(409, { error: 'nobody waits for consent' })
  assertState(of, 'ACTIVE')
  if (!isAccepted) return cancel(of, at, 'system')
  of.consent.state = 'CONFIRMED'
  return [told(of, at, 'PRICE_STEP_UP_CONSENT_UPDATED')]
}

/** We give days for nothing. */
export function defer(of: Subscription, at: Date, days: number): Happening[] {
  assertState(of, 'ACTIVE')
  of.expires_at = of.anchor = daysAfter(of.expires_at!, days)
  of.periods = 0
  return [told(of, at, 'DEFERRED')]
}
