import type { Toss } from '../../src/vendors/toss/payments.ts'
import type { TossPayment } from '../../src/vendors/toss/wire.ts'

/** `lost`: charged, and nobody hears of it. `dropped`: it never arrived. */
export type Verdict = 'ok' | 'lost' | 'dropped' | 'strict' | { readonly declined: string; readonly needs_new_card?: boolean }
type Answer = Awaited<ReturnType<Toss['charge']>>

const UNKNOWN: Answer = { outcome: 'unknown', error: 'no answer', trace_id: null }

/** Toss in memory: it keeps the answer of each idempotency key, and takes no second payment of an order. `next` decides about each charge that is new to it. */
export function createFakeToss({
  next = () => 'ok' as Verdict,
  now = () => new Date(),
}: { next?: (orderId: string) => Verdict; now?: () => Date } = {}) {
  const kept = new Map<string, { request: string; answer: Answer }>()
  const payments: TossPayment[] = []
  const calls: { order_id: string; key: string; billing_key: string; amount: number; at: Date }[] = []
  const seen = { asked: 0, mismatches: 0 }
  const ofOrder = (order_id: string) => payments.findLast((payment) => payment.order_id === order_id)

  function decide(order_id: string, amount: number): { answer: Answer; heard: Answer } | null {
    const known = ofOrder(order_id)
    if (known?.status === 'DONE') return heard({ outcome: 'duplicate', code: 'DUPLICATED_ORDER_ID', trace_id: 'd' })
    const verdict = next(order_id)
    if (verdict === 'dropped') return null
    if (verdict === 'strict') return heard({ outcome: 'duplicate', code: 'DUPLICATED_ORDER_ID', trace_id: 's' })
    if (typeof verdict === 'object') {
      payments.push(paymentOf(order_id, amount, 'ABORTED'))
      return heard({ outcome: 'declined', code: verdict.declined, needs_new_card: verdict.needs_new_card ?? false, trace_id: 'n' })
    }
    const payment = paymentOf(order_id, amount, 'DONE')
    payments.push(payment)
    const answer: Answer = { outcome: 'answered', payment, trace_id: 'y' }
    return { answer, heard: verdict === 'lost' ? UNKNOWN : answer }
  }
  const heard = (answer: Answer) => ({ answer, heard: answer })

  function paymentOf(order_id: string, total_amount: number, status: TossPayment['status']): TossPayment {
    return {
      payment_key: `pay-${crypto.randomUUID()}`,
      order_id,
      status,
      type: 'BILLING',
      total_amount,
      balance_amount: total_amount,
      currency: 'KRW',
      method: '카드',
      approved_at: status === 'DONE' ? now().toISOString() : null,
      last_transaction_key: null,
      secret: null,
      receipt_url: 'https://example.com/receipt',
      is_virtual_account: false,
      cancels: [],
      card: null,
    }
  }

  const toss = {
    async charge(of: Parameters<Toss['charge']>[0], key: string): Promise<Answer> {
      calls.push({ order_id: of.order_id, key, billing_key: of.billing_key, amount: of.amount, at: now() })
      const request = JSON.stringify(of)
      const known = kept.get(key)
      if (known) {
        if (known.request !== request) seen.mismatches++
        return known.answer
      }
      const decided = decide(of.order_id, of.amount)
      if (!decided) return UNKNOWN
      kept.set(key, { request, answer: decided.answer })
      return decided.heard
    },
    async findPaymentByOrder(order_id: string) {
      seen.asked++
      return ofOrder(order_id) ?? null
    },
  } as unknown as Toss

  return {
    toss,
    calls,
    payments,
    seen,
    approved: (order_id?: string) => payments.filter((it) => it.status === 'DONE' && (!order_id || it.order_id.startsWith(order_id))),
  }
}
