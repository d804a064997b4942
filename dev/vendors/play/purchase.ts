import { randomBytes, randomInt } from 'node:crypto'
import { randomToken, Refusal } from '../vendor.ts'
import type { Plan } from './catalogue.ts'

export interface Order {
  readonly id: string
  readonly at: Date
  readonly amount_won: number
  voided: { readonly at: Date; readonly reason: number; readonly source: number } | null
}

interface Common {
  readonly token: string
  account_id: string | null
  readonly is_test: boolean
  is_acknowledged: boolean
  /** How often the Worker acknowledged it. */
  acknowledgements: number
  /** When the first payment came. */
  paid_at: Date | null
  readonly orders: Order[]
  /** When the last thing happened to it. What a control brings forward never lies before it. */
  latest: Date
  /** Whether its notices go out, and where to. */
  readonly send: boolean
  readonly to: string | undefined
}

export interface Subscription extends Common {
  readonly kind: 'subscription'
  plan: Plan
  state: 'PENDING' | 'ACTIVE' | 'IN_GRACE_PERIOD' | 'ON_HOLD' | 'PAUSED' | 'CANCELED' | 'EXPIRED' | 'PENDING_PURCHASE_CANCELED'
  started_at: Date | null
  /** Periods are counted from here, so that 31 January comes to 31 March again. */
  anchor: Date
  periods: number
  expires_at: Date | null
  auto_renew: boolean
  /** Whether it begins with a trial, and whether the trial is still on. */
  readonly wants_trial: boolean
  is_trial: boolean
  consent: { deadline: Date; state: 'PENDING' | 'CONFIRMED' | 'COMPLETED' } | null
  card: { fails: boolean; grace_days: number; hold_days: number }
  /** A payment is late, and Google says nothing of it yet. */
  is_silently_late: boolean
  hold_ends_at: Date | null
  pause_days: number | null
  resumes_at: Date | null
  cancelled_by: 'user' | 'system' | 'developer' | 'replacement' | null
  cancelled_at: Date | null
  readonly linked_token: string | null
  replaces: { readonly plan: Plan; readonly mode: string } | null
  /** Bought, and taking the place of `plan` at the next renewal. */
  deferred_plan: Plan | null
  /** Bought in Google Play after another was over. */
  readonly resubscribes: { readonly token: string; readonly account_id: string | null } | null
}

export interface Goods extends Common {
  readonly kind: 'product'
  readonly product_id: string
  state: 'PURCHASED' | 'PENDING' | 'CANCELLED'
}

export type Purchase = Subscription | Goods

/** Something that happened, and the part of Google's notice that tells it. `null` where Google tells nobody. */
export interface Happening {
  readonly token: string
  readonly event: string
  readonly at: Date
  readonly notice: object | null
}

export const TYPES = {
  RECOVERED: 1,
  RENEWED: 2,
  CANCELED: 3,
  PURCHASED: 4,
  ON_HOLD: 5,
  IN_GRACE_PERIOD: 6,
  RESTARTED: 7,
  DEFERRED: 9,
  PAUSED: 10,
  PAUSE_SCHEDULE_CHANGED: 11,
  REVOKED: 12,
  EXPIRED: 13,
  PENDING_PURCHASE_CANCELED: 20,
  PRICE_STEP_UP_CONSENT_UPDATED: 22,
} as const

const DAY_MS = 86_400_000

export const newToken = () =>
  `${Array.from(randomBytes(24), (byte) => String.fromCharCode(97 + (byte % 26))).join('')}.AO-J1O${randomToken(24)}`

export const looksLikeToken = (text: string) => /^[a-z]{24}\.AO-J1O[\w-]+$/.test(text)

export const daysAfter = (at: Date, days: number) => new Date(at.getTime() + days * DAY_MS)

export const latestOf = (...dates: (Date | null)[]) => new Date(Math.max(...dates.map((date) => date?.getTime() ?? -Infinity)))

/** The same day and time so many months later, or the month's last day. */
export function monthsAfter(at: Date, months: number): Date {
  const moved = new Date(at)
  moved.setUTCMonth(at.getUTCMonth() + months)
  if (moved.getUTCDate() !== at.getUTCDate()) moved.setUTCDate(0)
  return moved
}

/** A payment. Renewals have the number of the first order with `..0`, `..1` and so on behind it. */
export function addOrder({ orders }: Purchase, at: Date, amount_won: number): void {
  const digits = (count: number) => String(randomInt(10 ** (count - 1), 10 ** count))
  const id = orders[0] ? `${orders[0].id}..${orders.length - 1}` : `GPA.${digits(4)}-${digits(4)}-${digits(4)}-${digits(5)}`
  orders.push({ id, at, amount_won, voided: null })
}

export function told({ token }: Subscription, at: Date, event: keyof typeof TYPES): Happening {
  const notice = { subscriptionNotification: { version: '1.0', notificationType: TYPES[event], purchaseToken: token } }
  return { token, event, at, notice }
}

/** The money of an order goes back. */
export function voidOrder(
  purchase: Purchase,
  at: Date,
  { order_id, reason, source, refund = 'full' }: { order_id?: string; reason: number; source: number; refund?: 'full' | 'partial' },
): Happening {
  const order = order_id ? purchase.orders.find(({ id }) => id === order_id) : purchase.orders.at(-1)
  if (!order) throw new Refusal(422, { error: 'no such order', orders: purchase.orders })
  if (refund === 'full') order.voided = { at, reason, source }
  const voidedPurchaseNotification = {
    purchaseToken: purchase.token,
    orderId: order.id,
    productType: purchase.kind === 'subscription' ? 1 : 2,
    refundType: refund === 'full' ? 1 : 2,
  }
  return { token: purchase.token, event: 'VOIDED', at, notice: { voidedPurchaseNotification } }
}

/** A control that does not fit what the purchase is. */
export function assertState<T extends Purchase>(purchase: T, ...states: T['state'][]): void {
  if (!states.includes(purchase.state))
    throw new Refusal(409, { error: `the purchase is ${purchase.state}, and this needs ${states.join(' or ')}` })
}
