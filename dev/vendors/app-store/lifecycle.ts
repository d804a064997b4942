import { Refusal } from '../vendor.ts'
import { findProduct, monthsAfter } from './catalog.ts'
import { type EndReason, type Happening, latestOf, type Purchase, type Transaction } from './purchases.ts'

const DAY_MS = 86_400_000
const TRIAL_MS = 7 * DAY_MS
/** So long Apple tries to be paid. */
const RETRY_MS = 60 * DAY_MS

type NextId = () => string

const endOf = (purchase: Purchase): Date => latestOf(purchase).expires_at!

/** Periods begin in whole seconds, so that what a test buys after it has set the clock begins at the time that it has set. */
const wholeSecond = (at: Date) => new Date(at.getTime() - (at.getTime() % 1_000))

function refuse(error: string): never {
  throw new Refusal(409, { error })
}

function productOf(id: string, type?: string) {
  const product = findProduct(id)
  if (!product || (type && product.type !== type)) throw new Refusal(422, { error: `no such product: ${id}` })
  return product
}

/** A subscription that can still renew. */
function demandRunning(purchase: Purchase) {
  if (purchase.type !== 'Auto-Renewable Subscription') refuse('it is no subscription')
  if (purchase.ended) refuse('the subscription has ended')
}

interface Order {
  product: string
  at: Date
  isTrial: boolean
}

/** The first period, or the first after the end of what was. */
export function open(purchase: Purchase, { product: product_id, at, isTrial }: Order, nextId: NextId): Happening[] {
  const { type, months, price_won } = productOf(product_id, purchase.type)
  const isBack = purchase.transactions.length > 0
  if (isBack && !purchase.ended) refuse('the subscription has not ended')
  if (isTrial && months === null) refuse('only a subscription has a trial')
  const purchased_at = wholeSecond(at)
  const expires_at = months === null ? null : isTrial ? new Date(purchased_at.getTime() + TRIAL_MS) : monthsAfter(purchased_at, months)
  purchase.transactions.push({
    id: isBack ? nextId() : purchase.id,
    product_id,
    reason: 'PURCHASE',
    is_trial: isTrial,
    price_won: purchase.ownership === 'FAMILY_SHARED' ? null : isTrial ? 0 : price_won,
    purchased_at,
    expires_at,
    is_upgraded: false,
    revocation: null,
  })
  Object.assign(purchase, {
    anchor_at: isTrial ? expires_at : purchased_at,
    next_product_id: product_id,
    auto_renew: true,
    consent: isTrial ? 'pending' : null,
    retry: null,
    ended: null,
    is_failing: false,
  })
  if (type === 'Non-Consumable') return [{ type: 'ONE_TIME_CHARGE', at, purchase }]
  const subscribed: Happening = { type: 'SUBSCRIBED', subtype: isBack ? 'RESUBSCRIBE' : 'INITIAL_BUY', at, purchase }
  // In Korea Apple asks at once whether the subscription may go on at its price.
  return isTrial ? [subscribed, { type: 'PRICE_INCREASE', subtype: 'PENDING', at, purchase }] : [subscribed]
}

function addPeriod(purchase: Purchase, starts_at: Date, reason: Transaction['reason'], nextId: NextId) {
  const product_id = purchase.next_product_id
  const { months, price_won } = productOf(product_id)
  const step = months ?? 1
  if (product_id !== latestOf(purchase).product_id) purchase.anchor_at = starts_at
  let periods = 1
  while (monthsAfter(purchase.anchor_at, periods * step) <= starts_at) periods++
  purchase.transactions.push({
    id: nextId(),
    product_id,
    reason,
    is_trial: false,
    price_won: purchase.ownership === 'FAMILY_SHARED' ? null : price_won,
    purchased_at: starts_at,
    expires_at: monthsAfter(purchase.anchor_at, periods * step),
    is_upgraded: false,
    revocation: null,
  })
  Object.assign(purchase, { retry: null, consent: null, is_failing: false })
}

/** The next period, from the end of this one. */
export function renew(purchase: Purchase, at: Date, nextId: NextId): Happening[] {
  demandRunning(purchase)
  if (purchase.retry) refuse('the renewal failed; it can recover')
  addPeriod(purchase, endOf(purchase), 'RENEWAL', nextId)
  return [{ type: 'DID_RENEW', at, purchase }]
}

export function fail(purchase: Purchase, at: Date): Happening[] {
  demandRunning(purchase)
  if (purchase.retry) refuse('the renewal has failed already')
  const hasGrace = purchase.grace_days > 0
  const grace_ends_at = hasGrace ? new Date(endOf(purchase).getTime() + purchase.grace_days * DAY_MS) : null
  purchase.retry = { grace_ends_at, is_grace_over: false }
  return [{ type: 'DID_FAIL_TO_RENEW', ...(hasGrace && { subtype: 'GRACE_PERIOD' }), at, purchase }]
}

/** Within grace nothing is lost: the new period begins where the old one ended. After it, now. */
export function recover(purchase: Purchase, at: Date, nextId: NextId): Happening[] {
  demandRunning(purchase)
  if (!purchase.retry) refuse('no renewal has failed')
  const isInGrace = purchase.retry.grace_ends_at !== null && !purchase.retry.is_grace_over
  const starts_at = isInGrace ? endOf(purchase) : wholeSecond(at)
  if (!isInGrace) purchase.anchor_at = starts_at
  addPeriod(purchase, starts_at, 'RENEWAL', nextId)
  return [{ type: 'DID_RENEW', subtype: 'BILLING_RECOVERY', at, purchase }]
}

function endGrace(purchase: Purchase, at: Date): Happening[] {
  purchase.retry!.is_grace_over = true
  return [{ type: 'GRACE_PERIOD_EXPIRED', at, purchase }]
}

/** Ends it. A period that is not over yet is cut short. */
export function expire(purchase: Purchase, subtype: EndReason, at: Date): Happening[] {
  demandRunning(purchase)
  const latest = latestOf(purchase)
  if (endOf(purchase) > at) latest.expires_at = at
  Object.assign(purchase, { ended: { subtype }, auto_renew: false, retry: null })
  return [{ type: 'EXPIRED', subtype, at, purchase }]
}

export function refund(purchase: Purchase, transaction: Transaction, percentage: number, at: Date): Happening[] {
  if (transaction.revocation) refuse('it is refunded already')
  transaction.revocation = { at, type: percentage < 100 ? 'REFUND_PRORATED' : 'REFUND_FULL', percentage }
  return [{ type: 'REFUND', at, purchase, transaction }]
}

export function reverse(purchase: Purchase, transaction: Transaction, at: Date): Happening[] {
  if (!transaction.revocation) refuse('it is not refunded')
  transaction.revocation = null
  return [{ type: 'REFUND_REVERSED', at, purchase, transaction }]
}

/** The family no longer shares it. */
export function revoke(purchase: Purchase, at: Date): Happening[] {
  const transaction = latestOf(purchase)
  transaction.revocation = { at, type: 'FAMILY_REVOKE', percentage: 100 }
  return [{ type: 'REVOKE', at, purchase, transaction }]
}

/** At once, with a new period and a new anchor. */
export function upgrade(purchase: Purchase, product: string, at: Date, nextId: NextId): Happening[] {
  demandRunning(purchase)
  productOf(product, purchase.type)
  if (product === latestOf(purchase).product_id) refuse('it is that product already')
  latestOf(purchase).is_upgraded = true
  purchase.next_product_id = product
  addPeriod(purchase, wholeSecond(at), 'PURCHASE', nextId)
  purchase.auto_renew = true
  return [{ type: 'DID_CHANGE_RENEWAL_PREF', subtype: 'UPGRADE', at, purchase }]
}

/** At the next renewal. The present product takes the change back. */
export function downgrade(purchase: Purchase, product: string, at: Date): Happening[] {
  demandRunning(purchase)
  productOf(product, purchase.type)
  purchase.next_product_id = product
  const isBack = product === latestOf(purchase).product_id
  return [{ type: 'DID_CHANGE_RENEWAL_PREF', ...(!isBack && { subtype: 'DOWNGRADE' }), at, purchase }]
}

export function setAutoRenew(purchase: Purchase, on: boolean, at: Date): Happening[] {
  demandRunning(purchase)
  if (purchase.auto_renew === on) return []
  purchase.auto_renew = on
  return [{ type: 'DID_CHANGE_RENEWAL_STATUS', subtype: on ? 'AUTO_RENEW_ENABLED' : 'AUTO_RENEW_DISABLED', at, purchase }]
}

/** Whoever declines is told that the subscription will end. Apple sends nothing about it before it does. */
export function consent(purchase: Purchase, isAccepted: boolean, at: Date): Happening[] {
  demandRunning(purchase)
  if (purchase.consent === null) refuse('no consent is asked for')
  purchase.consent = isAccepted ? 'accepted' : 'declined'
  return isAccepted ? [{ type: 'PRICE_INCREASE', subtype: 'ACCEPTED', at, purchase }] : []
}

export function extend(purchase: Purchase, days: number, at: Date): Happening[] {
  demandRunning(purchase)
  const expires_at = new Date(endOf(purchase).getTime() + days * DAY_MS)
  latestOf(purchase).expires_at = expires_at
  purchase.anchor_at = expires_at
  return [{ type: 'RENEWAL_EXTENDED', at, purchase }]
}

/** What comes next by itself, and when. */
export function nextDue(purchase: Purchase, nextId: NextId): { at: Date; happen: () => Happening[] } | null {
  const { retry, consent: given, auto_renew, is_failing } = purchase
  const { revocation, expires_at } = latestOf(purchase)
  if (purchase.ended || revocation || !expires_at) return null
  if (retry) {
    const { grace_ends_at } = retry
    if (grace_ends_at && !retry.is_grace_over) return { at: grace_ends_at, happen: () => endGrace(purchase, grace_ends_at) }
    // Whoever cancels meanwhile is not asked to pay again.
    const at = auto_renew ? new Date(expires_at.getTime() + RETRY_MS) : (grace_ends_at ?? expires_at)
    return { at, happen: () => expire(purchase, auto_renew ? 'BILLING_RETRY' : 'VOLUNTARY', at) }
  }
  if (!auto_renew) return { at: expires_at, happen: () => expire(purchase, 'VOLUNTARY', expires_at) }
  if (given === 'pending' || given === 'declined') return { at: expires_at, happen: () => expire(purchase, 'PRICE_INCREASE', expires_at) }
  if (is_failing) return { at: expires_at, happen: () => fail(purchase, expires_at) }
  return { at: expires_at, happen: () => renew(purchase, expires_at, nextId) }
}
