import { z } from 'zod'
import { toBase64 } from '../../core/base64.ts'
import { seoulDateTime } from '../../core/time.ts'
import { type Answer, exchange, type Fetch, parseAnswer, vendorUnavailable } from '../http.ts'
import { classifyAnswer, type Failure, type TossOutcome } from './outcomes.ts'
import {
  billingKeySchema,
  failureSchema,
  paymentSchema,
  type TossBillingKey,
  type TossPayment,
  type TossTransaction,
  transactionsSchema,
} from './wire.ts'

interface CallOptions {
  readonly deadlineMs?: number
}

/** Payments with Toss. Calls that move money never throw, and a repeat with the same key is the same call. */
export interface Toss {
  /** Takes the money that the buyer has allowed in the window. It must be called within ten minutes. */
  confirm(
    of: { readonly payment_key: string; readonly order_id: string; readonly amount: number },
    idempotencyKey: string,
    options?: CallOptions,
  ): Promise<TossOutcome<{ readonly payment: TossPayment }>>
  /** Charges a registered card. Toss may take a minute. */
  charge(
    of: {
      readonly billing_key: string
      readonly customer_key: string
      readonly order_id: string
      readonly order_name: string
      readonly amount: number
    },
    idempotencyKey: string,
    options?: CallOptions,
  ): Promise<TossOutcome<{ readonly payment: TossPayment }>>
  /** Gives money back: all that is left, or `amount`. Toss refuses when `refundable_amount` is not what is left. */
  cancel(
    of: {
      readonly payment_key: string
      readonly reason: string
      readonly amount?: number | undefined
      readonly refundable_amount?: number | undefined
    },
    idempotencyKey: string,
    options?: CallOptions,
  ): Promise<TossOutcome<{ readonly payment: TossPayment }>>
  /** Registers the card of a card window. An `auth_key` is good once. */
  issueBillingKey(
    of: { readonly auth_key: string; readonly customer_key: string },
    idempotencyKey: string,
    options?: CallOptions,
  ): Promise<TossOutcome<{ readonly billing: TossBillingKey }>>
  /** A key that is gone already counts as deleted. Throws `vendorUnavailable`. */
  deleteBillingKey(billing_key: string): Promise<void>
  /** Null when Toss knows no such payment. Throws `vendorUnavailable`. */
  findPayment(payment_key: string): Promise<TossPayment | null>
  findPaymentByOrder(order_id: string): Promise<TossPayment | null>
  /** Oldest first. `startingAfter` is the last `transaction_key` of the page before. Throws `vendorUnavailable`. */
  listTransactions(of: {
    readonly startDate: Date
    readonly endDate: Date
    readonly startingAfter?: string | undefined
    readonly limit?: number | undefined
  }): Promise<readonly TossTransaction[]>
}

const API = 'https://api.tosspayments.com/v1'
/** A card company may take a minute to answer. */
const MONEY_DEADLINE_MS = 65_000
const TRACE_HEADER = 'X-TossPayments-Trace-Id'
const traceSchema = z.string().regex(/^[\w.:=-]{1,100}$/)
const GONE_KEY: ReadonlySet<string | undefined> = new Set(['INVALID_BILL_KEY_REQUEST', 'NOT_FOUND_BILLING', 'NOT_FOUND'])

export function createToss({ fetch, config }: { fetch: Fetch; config: { readonly TOSS_SECRET_KEY: string } }): Toss {
  // The password is empty, and its colon stays.
  const Authorization = `Basic ${toBase64(new TextEncoder().encode(`${config.TOSS_SECRET_KEY}:`))}`

  async function move<T extends z.ZodType>(
    schema: T,
    path: string,
    body: object,
    idempotencyKey: string,
    { deadlineMs = MONEY_DEADLINE_MS }: CallOptions = {},
  ): Promise<{ readonly outcome: 'answered'; readonly value: z.infer<T>; readonly trace_id: string | null } | Failure> {
    const headers = { Authorization, 'Content-Type': 'application/json', 'Idempotency-Key': idempotencyKey }
    const request = new Request(`${API}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    try {
      const answer = await exchange(fetch, 'toss', request, { deadlineMs })
      return classifyAnswer(schema, { ...answer, trace_id: readTrace(answer) })
    } catch (error) {
      return { outcome: 'unknown', error: isLate(error) ? `no answer in ${deadlineMs} ms` : 'no answer', trace_id: null }
    }
  }

  async function movePayment(...call: [path: string, body: object, idempotencyKey: string, options?: CallOptions]) {
    const result = await move(paymentSchema, ...call)
    if (result.outcome !== 'answered') return result
    return { outcome: result.outcome, payment: result.value, trace_id: result.trace_id }
  }

  const ask = (path: string, method = 'GET') =>
    exchange(fetch, 'toss', new Request(`${API}${path}`, { method, headers: { Authorization } }))

  async function findPayment(path: string): Promise<TossPayment | null> {
    const answer = await ask(path)
    // A gateway on the way may say 404 too, and then nobody knows whether there is a payment.
    if (answer.status === 404 && readCode(answer) !== undefined) return null
    return parseAnswer('toss', paymentSchema, answer)
  }

  return {
    confirm: ({ payment_key, order_id, amount }, idempotencyKey, options) =>
      movePayment('/payments/confirm', { paymentKey: payment_key, orderId: order_id, amount }, idempotencyKey, options),

    charge({ billing_key, customer_key, order_id, order_name, amount }, idempotencyKey, options) {
      const body = { customerKey: customer_key, amount, orderId: order_id, orderName: order_name }
      return movePayment(`/billing/${encodeURIComponent(billing_key)}`, body, idempotencyKey, options)
    },

    cancel({ payment_key, reason, amount, refundable_amount }, idempotencyKey, options) {
      // JSON leaves out what is undefined.
      const body = { cancelReason: reason, cancelAmount: amount, refundableAmount: refundable_amount }
      return movePayment(`/payments/${encodeURIComponent(payment_key)}/cancel`, body, idempotencyKey, options)
    },

    async issueBillingKey({ auth_key, customer_key }, idempotencyKey, options) {
      const body = { authKey: auth_key, customerKey: customer_key }
      const result = await move(billingKeySchema, '/billing/authorizations/issue', body, idempotencyKey, options)
      if (result.outcome !== 'answered') return result
      return { outcome: result.outcome, billing: result.value, trace_id: result.trace_id }
    },

    async deleteBillingKey(billing_key) {
      const answer = await ask(`/billing/${encodeURIComponent(billing_key)}`, 'DELETE')
      if (answer.status === 200 || (answer.status < 500 && GONE_KEY.has(readCode(answer)))) return
      throw vendorUnavailable({ cause: new Error(`toss answered ${answer.status} to the deletion of a billing key`) })
    },

    findPayment: (payment_key) => findPayment(`/payments/${encodeURIComponent(payment_key)}`),
    findPaymentByOrder: (order_id) => findPayment(`/payments/orders/${encodeURIComponent(order_id)}`),

    async listTransactions({ startDate, endDate, startingAfter, limit }) {
      const query = new URLSearchParams({ startDate: seoulDateTime(startDate), endDate: seoulDateTime(endDate) })
      if (startingAfter !== undefined) query.set('startingAfter', startingAfter)
      if (limit !== undefined) query.set('limit', String(limit))
      return parseAnswer('toss', transactionsSchema, await ask(`/transactions?${query}`))
    },
  }
}

/** The number by which Toss's support finds a call. */
const readTrace = ({ headers }: Answer): string | null => traceSchema.safeParse(headers.get(TRACE_HEADER)).data ?? null

const readCode = ({ body }: Answer): string | undefined => failureSchema.safeParse(body).data?.code

/** Whether the deadline ended a call. */
function isLate(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause.name === 'TimeoutError') return true
  return false
}
