import type { Clock } from './clock.ts'
import { createAnswers } from './toss/answers.ts'
import { addBilling } from './toss/billing.ts'
import { createControl } from './toss/control.ts'
import { createNotices } from './toss/notices.ts'
import { addPayments } from './toss/payments.ts'
import { createTossState } from './toss/state.ts'
import { createHost, randomToken, type Vendor } from './vendor.ts'

export const TOSS_CONTROLS = {
  'POST /_sim/toss/pay':
    'a buyer pays in the window: {order_id, amount, order_name?, method?: 카드|가상계좌, customer_key?, number?: of the card} gives the payment_key',
  'POST /_sim/toss/card':
    'a buyer registers a card: {customer_key, number?, refusal?: error of the issue} gives an auth_key. The last four digits say what becomes of each charge: 0000 ok, 0001 REJECT_CARD_PAYMENT, 0002 INVALID_STOPPED_CARD, 0003 INVALID_CARD_EXPIRATION, 0004 REJECT_CARD_COMPANY, 0005 EXCEED_MAX_AMOUNT, 0006 charged and answered after 70 s, 0007 charged and cut, 0008 not charged and cut, 0009 charged and 500, 0010 not charged and 500, 0011 declined twice and then ok, 0012 ok and then BILLING_DELETED',
  'POST /_sim/toss/cards/{number}': 'another outcome for a card: {outcome: four digits as above, or an error code; delay_ms?}',
  'POST /_sim/toss/strict_order_ids': 'the order id of a declined payment is refused too: {for: order id or customer key, strict?}',
  'POST /_sim/toss/webhook':
    'sends PAYMENT_STATUS_CHANGED, or any body: {payment_key | raw, to?, times?, delay_ms?, order?: after|before_confirm (waits for the confirm, and arrives before its answer)}',
  'GET /_sim/toss/webhooks': 'notices and how they were received, oldest first: ?key=',
  'POST /_sim/toss/deposit':
    'money of a virtual account comes or is taken back: {order_id, state: done|waiting, late?, to?, times?, delay_ms?}',
  'POST /_sim/toss/billing/delete':
    "a customer's billing keys end, as when a card is lost: {customer_key, reason?, to?, times?, delay_ms?}",
  'GET /_sim/toss/billing': 'billing keys: ?customer_key=',
  'GET /_sim/toss/payments': '{payments, approved, balance}: ?order_id=&customer_key=',
  'GET /_sim/toss/stats': '{idempotency_mismatches, idempotency_replays}: ?key=',
}

/** Toss Payments, version 2022-11-16. https://docs.tosspayments.com/reference */
export function createToss({ clock, workerUrl }: { clock: Clock; workerUrl: string }) {
  const state = createTossState({ clock })
  const answers = createAnswers({ clock })
  const notices = createNotices({ state, clock, workerUrl })
  const parts = { state, answers, notices, clock }

  const host = createHost()
  host.use(async (c, next) => {
    await next()
    c.header('X-TossPayments-Trace-Id', randomToken(16))
  })
  const payments = addPayments(host, parts)
  addBilling(host, parts)

  /** The oldest that is due happens first, because it may make something else due. */
  async function advance(only?: string) {
    const happened: object[] = []
    for (;;) {
      const [next] = [...payments.due(only), ...notices.due(only)].toSorted((a, b) => +a.at - +b.at)
      if (!next) return happened
      happened.push(await next.happen())
    }
  }

  function reset() {
    for (const part of [state, answers, notices]) part.reset()
  }

  return { hosts: { 'api.tosspayments.com': host }, control: createControl(parts), reset, advance } satisfies Vendor
}
