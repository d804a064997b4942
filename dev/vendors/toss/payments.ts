import type { Hono } from 'hono'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Answers, Deed } from './answers.ts'
import { chargeCard, orderIdSchema, paid, readRequest } from './charges.ts'
import type { Notices } from './notices.ts'
import { refusal } from './refusals.ts'
import { type Payment, type TossState, VIRTUAL_ACCOUNT } from './state.ts'
import { toTransaction } from './wire.ts'

const confirmSchema = z.looseObject({ paymentKey: z.string().min(1).max(200), orderId: orderIdSchema, amount: z.int() })
const cancelSchema = z.looseObject({
  cancelReason: z.string().min(1).max(200),
  cancelAmount: z.int().positive().optional(),
  refundableAmount: z.int().optional(),
  refundReceiveAccount: z
    .looseObject({ bank: z.string().min(1), accountNumber: z.string().min(1), holderName: z.string().min(1) })
    .optional(),
})
const pageSchema = z.object({
  startDate: z.string().min(1),
  endDate: z.string().min(1),
  startingAfter: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(5_000).default(100),
})
/** What Toss tells of the body decides about whom a request is. */
const namesSchema = z.looseObject({ paymentKey: z.string().optional() })

interface Parts {
  state: TossState
  answers: Answers
  notices: Notices
  clock: Clock
}

/** Confirming, reading and cancelling payments. */
export function addPayments(host: Hono, { state, answers, notices, clock }: Parts) {
  const namesOf = (paymentKey: string | undefined) => {
    const payment = paymentKey === undefined ? undefined : state.payments.get(paymentKey)
    return [payment?.customerKey, payment?.orderId, paymentKey]
  }

  host.post('/v1/payments/confirm', (c) =>
    answers.post(
      c,
      (body) => namesOf(namesSchema.safeParse(body).data?.paymentKey),
      (body) => confirm(readRequest(confirmSchema, body)),
    ),
  )
  host.post('/v1/payments/:paymentKey/cancel', (c) => {
    const { paymentKey } = c.req.param()
    return answers.post(
      c,
      () => namesOf(paymentKey),
      (body) => cancel(paymentKey, readRequest(cancelSchema, body)),
    )
  })
  host.get('/v1/payments/orders/:orderId', (c) => answers.plain(c, () => show(state.findByOrder(c.req.param('orderId')))))
  host.get('/v1/payments/:paymentKey', (c) => answers.plain(c, () => show(state.payments.get(c.req.param('paymentKey')))))
  host.get('/v1/transactions', (c) => answers.plain(c, () => c.json(listTransactions(readRequest(pageSchema, c.req.query())))))

  function show(payment: Payment | undefined): Response {
    if (!payment) throw refusal('NOT_FOUND_PAYMENT')
    expireLate(payment)
    return Response.json(paid(state, payment).body)
  }

  /** A payment whose time is over, whether or not anybody has moved the clock. */
  function expireLate(payment: Payment) {
    const end = state.expiresAt(payment)
    if (!end || end > state.nowOf(payment)) return
    payment.status = 'EXPIRED'
    void notices.sendPayment(payment)
  }

  function confirm({ paymentKey, orderId, amount }: z.output<typeof confirmSchema>): Deed | null {
    const payment = state.payments.get(paymentKey)
    if (!payment) throw refusal('NOT_FOUND_PAYMENT')
    expireLate(payment)
    if (payment.status === 'EXPIRED' || payment.status === 'ABORTED') throw refusal('NOT_FOUND_PAYMENT_SESSION')
    if (payment.status !== 'IN_PROGRESS') throw refusal('ALREADY_PROCESSED_PAYMENT')
    if (payment.orderId !== orderId || payment.totalAmount !== amount) throw refusal('INVALID_REQUEST')
    if (state.isTaken(orderId, payment.customerKey)) throw refusal('DUPLICATED_ORDER_ID')
    if (payment.method === VIRTUAL_ACCOUNT || !payment.cardNumber) {
      const before = notices.tellApproval(state.awaitDeposit(payment))
      return { ...paid(state, payment), before }
    }
    return chargeCard(state, {
      cardNumber: payment.cardNumber,
      orderId,
      amount,
      approve() {
        state.approve(payment)
        return { payment, before: notices.tellApproval(payment) }
      },
      decline(code) {
        state.abort(payment, code)
        void notices.sendPayment(payment)
      },
    })
  }

  function cancel(
    paymentKey: string,
    { cancelReason, cancelAmount, refundableAmount, refundReceiveAccount }: z.output<typeof cancelSchema>,
  ): Deed {
    const payment = state.payments.get(paymentKey)
    if (!payment) throw refusal('NOT_FOUND_PAYMENT')
    const { status, balanceAmount, totalAmount } = payment
    const amount = cancelAmount ?? balanceAmount
    if (status === 'CANCELED') throw refusal('ALREADY_CANCELED_PAYMENT')
    if (status !== 'DONE' && status !== 'PARTIAL_CANCELED' && status !== 'WAITING_FOR_DEPOSIT') throw refusal('NOT_CANCELABLE_PAYMENT')
    if (status === 'WAITING_FOR_DEPOSIT' && amount !== totalAmount) throw refusal('NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT')
    if (refundableAmount !== undefined && refundableAmount !== balanceAmount) throw refusal('NOT_MATCHES_REFUNDABLE_AMOUNT')
    if (amount > balanceAmount) throw refusal('NOT_CANCELABLE_AMOUNT')
    if (payment.account && status !== 'WAITING_FOR_DEPOSIT' && !refundReceiveAccount) throw refusal('INVALID_REFUND_ACCOUNT_INFO')
    state.cancel(payment, amount, cancelReason)
    // Toss tells nothing about payments by billing key.
    if (payment.type === 'NORMAL') void notices.sendPayment(payment)
    if (payment.account) void notices.sendDeposit(payment)
    return paid(state, payment)
  }

  function listTransactions({ startDate, endDate, startingAfter, limit }: z.output<typeof pageSchema>) {
    const [from, to] = [readTime(startDate), readTime(endDate)]
    const inTime = state.transactions.filter(({ at }) => at.getTime() >= from && at.getTime() <= to).toSorted((a, b) => +a.at - +b.at)
    const begin = startingAfter === undefined ? 0 : inTime.findIndex((it) => it.transactionKey === startingAfter) + 1
    if (startingAfter !== undefined && begin === 0) throw refusal('INVALID_REQUEST')
    return inTime.slice(begin, begin + limit).map(toTransaction)
  }

  return {
    /** Payments whose ten minutes are over by the clock of those who pay. */
    due: (only?: string) =>
      [...state.payments.values()].flatMap((payment) => {
        const at = state.expiresAt(payment)
        const names = namesOf(payment.paymentKey)
        if (!at || at > clock.now(...names) || (only !== undefined && !names.includes(only))) return []
        return [{ at, happen: () => expire(payment) }]
      }),
  }

  async function expire(payment: Payment) {
    payment.status = 'EXPIRED'
    await notices.sendPayment(payment)
    return { event: 'toss_payment_expired', payment_key: payment.paymentKey, order_id: payment.orderId }
  }
}

/** Without a zone it is Seoul's wall clock. */
function readTime(text: string): number {
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text.includes('T') ? text : `${text}T00:00:00`}+09:00`)
  if (Number.isNaN(time)) throw refusal('INVALID_REQUEST')
  return time
}
