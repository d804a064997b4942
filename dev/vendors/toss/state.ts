import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { randomToken } from '../vendor.ts'
import { createCards } from './cards.ts'
import { failureOf } from './refusals.ts'

export type PaymentStatus =
  | 'READY'
  | 'IN_PROGRESS'
  | 'WAITING_FOR_DEPOSIT'
  | 'DONE'
  | 'CANCELED'
  | 'PARTIAL_CANCELED'
  | 'ABORTED'
  | 'EXPIRED'

export const VIRTUAL_ACCOUNT = '가상계좌'
/** A payment must be confirmed so soon after the buyer has paid in the window. */
const CONFIRM_WITHIN_MS = 10 * 60_000

export interface Payment {
  readonly paymentKey: string
  readonly orderId: string
  readonly orderName: string
  readonly type: 'NORMAL' | 'BILLING'
  readonly method: string
  readonly customerKey: string | undefined
  readonly cardNumber: string | null
  readonly totalAmount: number
  readonly requestedAt: Date
  readonly secret: string
  balanceAmount: number
  status: PaymentStatus
  approvedAt: Date | null
  lastTransactionKey: string | null
  failure: { code: string; message: string } | null
  account: { number: string; dueAt: Date } | null
  readonly cancels: { amount: number; reason: string; at: Date; transactionKey: string; refundableAmount: number }[]
}

export interface Transaction {
  readonly transactionKey: string
  readonly payment: Payment
  readonly status: PaymentStatus
  readonly amount: number
  readonly at: Date
}

export interface BillingKey {
  readonly billingKey: string
  readonly customerKey: string
  readonly cardNumber: string
  isDeleted: boolean
}

export type TossState = ReturnType<typeof createTossState>

/** What Toss knows, and the changes of a payment. Nothing here is shared by two orders, customers or cards. */
export function createTossState({ clock }: { clock: Clock }) {
  const cards = createCards()
  const payments = new Map<string, Payment>()
  const billingKeys = new Map<string, BillingKey>()
  const authKeys = new Map<string, { customerKey: string; cardNumber: string; refusal: string | undefined }>()
  const transactions: Transaction[] = []
  /** Orders and customers for which Toss also refuses the order id of a declined payment. */
  const strict = new Set<string>()

  /** The time for whoever a payment belongs to. */
  const nowOf = ({ customerKey, orderId, paymentKey }: Pick<Payment, 'customerKey' | 'orderId' | 'paymentKey'>) =>
    clock.now(customerKey, orderId, paymentKey)

  function record(payment: Payment, status: PaymentStatus, amount: number): string {
    const transactionKey = randomBytes(16).toString('hex').toUpperCase()
    transactions.push({ transactionKey, payment, status, amount, at: nowOf(payment) })
    payment.lastTransactionKey = transactionKey
    return transactionKey
  }

  function open(of: Pick<Payment, 'orderId' | 'orderName' | 'type' | 'method' | 'customerKey' | 'cardNumber' | 'totalAmount'>): Payment {
    const paymentKey = `tsim_${randomToken(18)}`
    const payment: Payment = {
      ...of,
      paymentKey,
      requestedAt: nowOf({ ...of, paymentKey }),
      secret: `ps_${randomToken(18)}`,
      balanceAmount: of.totalAmount,
      status: 'IN_PROGRESS',
      approvedAt: null,
      lastTransactionKey: null,
      failure: null,
      account: null,
      cancels: [],
    }
    payments.set(paymentKey, payment)
    return payment
  }

  function approve(payment: Payment): Payment {
    payment.status = 'DONE'
    payment.approvedAt = nowOf(payment)
    record(payment, 'DONE', payment.totalAmount)
    return payment
  }

  function abort(payment: Payment, code: string) {
    payment.status = 'ABORTED'
    payment.failure = failureOf(code)
  }

  function awaitDeposit(payment: Payment): Payment {
    payment.status = 'WAITING_FOR_DEPOSIT'
    payment.approvedAt = null
    payment.account ??= {
      number: `X${String(Date.now()).slice(-13)}`,
      dueAt: new Date(nowOf(payment).getTime() + 7 * 86_400_000),
    }
    record(payment, 'WAITING_FOR_DEPOSIT', payment.totalAmount)
    return payment
  }

  function cancel(payment: Payment, amount: number, reason: string): Payment {
    payment.balanceAmount -= amount
    payment.status = payment.balanceAmount === 0 ? 'CANCELED' : 'PARTIAL_CANCELED'
    const transactionKey = record(payment, payment.status, amount)
    payment.cancels.push({ amount, reason, at: nowOf(payment), transactionKey, refundableAmount: payment.balanceAmount })
    return payment
  }

  const ofOrder = (orderId: string) => [...payments.values()].filter((payment) => payment.orderId === orderId)

  return {
    cards,
    payments,
    billingKeys,
    authKeys,
    transactions,
    strict,
    nowOf,
    open,
    approve,
    abort,
    awaitDeposit,
    cancel,
    ofOrder,
    /** The payment of an order: the one that was approved, otherwise the latest. */
    findByOrder(orderId: string): Payment | undefined {
      const all = ofOrder(orderId)
      return all.find(isUsed) ?? all.at(-1)
    },
    /** Whether Toss refuses another payment of this order. */
    isTaken(orderId: string, customerKey?: string): boolean {
      const isStrict = strict.has(orderId) || (customerKey !== undefined && strict.has(customerKey))
      return ofOrder(orderId).some((payment) => isUsed(payment) || (isStrict && payment.status === 'ABORTED'))
    },
    /** When a payment that was not confirmed ends, or null. */
    expiresAt: (payment: Payment): Date | null =>
      payment.status === 'IN_PROGRESS' && payment.type === 'NORMAL' ? new Date(payment.requestedAt.getTime() + CONFIRM_WITHIN_MS) : null,
    /** The live keys of a customer end. Answers which. */
    deleteKeys(customerKey: string): BillingKey[] {
      const live = [...billingKeys.values()].filter((key) => key.customerKey === customerKey && !key.isDeleted)
      for (const key of live) key.isDeleted = true
      return live
    },
    reset() {
      for (const held of [cards, payments, billingKeys, authKeys, strict]) held.clear()
      transactions.length = 0
    },
  }
}

/** Approved or cancelled, or about to be paid: Toss lets no second payment have the order's id. */
function isUsed({ status }: Payment): boolean {
  return status === 'DONE' || status === 'CANCELED' || status === 'PARTIAL_CANCELED' || status === 'WAITING_FOR_DEPOSIT'
}
