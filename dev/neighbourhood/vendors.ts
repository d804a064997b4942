import { DAY_MS, fromSeoulDate, HOUR_MS } from '../../src/core/time.ts'
import type { Deps } from '../../src/deps.ts'
import type { Town } from './town.ts'

type Toss = Deps['toss']
type Play = Deps['play']
type Payment = NonNullable<Awaited<ReturnType<Toss['findPayment']>>>
type Read = Extract<Awaited<ReturnType<Play['findSubscription']>>, { found: true }>['read']

export const MONTHLY = 'com.withbowwow.premium.monthly'
/** The day of the town on which somebody buys on Google Play, and how long a period lasts. */
export const PLAY_BOUGHT_ON = 57
const PLAY_PERIOD_MS = 30 * DAY_MS
const PLAY_GRACE_MS = 30 * DAY_MS

/** Nothing happens in the App Store that its purchases do not say. */
const quiet = (base: Deps['appStore']): Deps['appStore'] => ({
  ...base,
  listNotifications: async () => ({ notifications: [], pagination_token: null }),
  getSubscription: async () => null,
})

/** Who takes the neighbours' money. The simulated vendors have another clock, and forget everything when they stop. */
export class Bank {
  readonly #payments = new Map<string, Payment>()

  at(town: Town, base: Deps, at: Date): Pick<Deps, 'toss' | 'play' | 'appStore'> {
    return { toss: this.#tossAt(base.toss, at), play: playAt(town, base.play, at), appStore: quiet(base.appStore) }
  }

  /** Every charge is approved, and no refund. */
  #tossAt(base: Toss, at: Date): Toss {
    const find = async (isMeant: (payment: Payment) => boolean) => [...this.#payments.values()].find(isMeant) ?? null
    const take = async (payment_key: string, order_id: string, amount: number, type: Payment['type']) => {
      const payment = this.#payments.get(order_id) ?? paymentOf({ payment_key, order_id, amount, type, at })
      this.#payments.set(order_id, payment)
      return { outcome: 'answered', payment, trace_id: null } as const
    }
    return {
      readNotice: (body, headers) => base.readNotice(body, headers),
      confirm: ({ payment_key, order_id, amount }) => take(payment_key, order_id, amount, 'NORMAL'),
      charge: ({ order_id, amount }) => take(`pay-${order_id}`, order_id, amount, 'BILLING'),
      cancel: async () => ({ outcome: 'declined', code: 'NOT_CANCELABLE_PAYMENT', needs_new_card: false, trace_id: null }),
      issueBillingKey: async ({ auth_key, customer_key }) => ({
        outcome: 'answered',
        billing: {
          billing_key: `key-${auth_key}`,
          customer_key,
          authenticated_at: at.toISOString(),
          method: '카드',
          card: cardOf(auth_key),
        },
        trace_id: null,
      }),
      deleteBillingKey: async () => {},
      findPayment: (payment_key) => find((payment) => payment.payment_key === payment_key),
      findPaymentByOrder: (order_id) => find((payment) => payment.order_id === order_id),
      listTransactions: async ({ startDate, endDate }) =>
        [...this.#payments.values()].flatMap((payment) => {
          const { payment_key, order_id, total_amount: amount, currency, method, approved_at } = payment
          if (approved_at === null || approved_at < startDate.toISOString() || approved_at > endDate.toISOString()) return []
          const common = { transaction_key: `tx-${order_id}`, payment_key, order_id, customer_key: null, status: payment.status }
          return [{ ...common, amount, currency, method, transaction_at: approved_at }]
        }),
    }
  }
}

function paymentOf(of: { payment_key: string; order_id: string; amount: number; type: Payment['type']; at: Date }): Payment {
  return {
    payment_key: of.payment_key,
    order_id: of.order_id,
    status: 'DONE',
    type: of.type,
    total_amount: of.amount,
    balance_amount: of.amount,
    currency: 'KRW',
    method: '카드',
    approved_at: of.at.toISOString(),
    last_transaction_key: `tx-${of.order_id}`,
    secret: null,
    receipt_url: null,
    is_virtual_account: false,
    cancels: [],
    card: null,
  }
}

/** A card of its own for each window, because a card is tried once. */
function cardOf(authKey: string) {
  const digits = authKey.replaceAll(/\D/g, '').padEnd(11, '0')
  return { issuer_code: '41', number: `4${digits.slice(0, 7)}****${digits.slice(7, 10)}*`, type: '신용' }
}

/** Google knows the one purchase of the neighbours: paid for a month, and late with the next. */
function playAt(town: Town, base: Play, at: Date): Play {
  const token = playTokenOf(town)
  return Object.assign(Object.create(base) as Play, {
    findSubscription: async (asked: string) =>
      asked === token ? { found: true as const, read: readAt(town, at) } : base.findSubscription(asked),
  })
}

export const playTokenOf = (town: Town): string => `neighbour-${town.id('play token')}`

/** The account is never named. Whoever shows the token has bought it. */
function readAt(town: Town, at: Date): Read {
  const started_at = playBoughtAt(town)
  const ends = started_at.getTime() + PLAY_PERIOD_MS
  const isLate = at.getTime() >= ends
  const isOver = at.getTime() >= ends + PLAY_GRACE_MS
  return {
    state: isOver ? 'expired' : isLate ? 'grace' : 'active',
    started_at,
    linked_token: null,
    is_test: false,
    account_id: null,
    acknowledged: true,
    items: [
      {
        product_id: MONTHLY,
        base_plan_id: 'monthly',
        expires_at: new Date(isLate ? ends + PLAY_GRACE_MS : ends),
        order_id: 'GPA.3300-0000-0000-00001',
        auto_renew: !isOver,
        price_won: 3_900,
        currency: 'KRW',
        is_trial: false,
        replacement: null,
        consent: null,
        deferred_product_id: null,
      },
    ],
    resumes_at: null,
    cancelled_by: null,
    expired_account_id: null,
    expired_token: null,
    etag: null,
  }
}

const playBoughtAt = ({ first_day }: Town): Date => new Date(fromSeoulDate(first_day).getTime() + PLAY_BOUGHT_ON * DAY_MS + 20 * HOUR_MS)
