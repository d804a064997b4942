import { describeCard } from './cards.ts'
import type { BillingKey, Payment, Transaction } from './state.ts'

const MERCHANT = 'tvivarepublica'

/** Seoul's wall clock, as Toss writes it: `2026-01-05T11:20:00+09:00`. */
export function toSeoul(at: Date): string {
  return `${toSeoulClock(at).slice(0, 19)}+09:00`
}

/** Times of notices have microseconds and no zone. */
export function toSeoulClock(at: Date): string {
  return `${new Date(at.getTime() + 9 * 3_600_000).toISOString().slice(0, -1)}000`
}

/** The Payment object of version 2022-11-16. */
export function toPayment(payment: Payment, now: Date) {
  const { paymentKey, cardNumber, account, balanceAmount, totalAmount } = payment
  const vat = Math.round(balanceAmount / 11)
  const isPaid = payment.lastTransactionKey !== null
  return {
    version: '2022-11-16',
    mId: MERCHANT,
    paymentKey,
    type: payment.type,
    orderId: payment.orderId,
    orderName: payment.orderName,
    currency: 'KRW',
    method: payment.method,
    totalAmount,
    balanceAmount,
    suppliedAmount: balanceAmount - vat,
    vat,
    taxFreeAmount: 0,
    taxExemptionAmount: 0,
    status: payment.status,
    requestedAt: toSeoul(payment.requestedAt),
    approvedAt: payment.approvedAt && toSeoul(payment.approvedAt),
    useEscrow: false,
    cultureExpense: false,
    lastTransactionKey: payment.lastTransactionKey,
    isPartialCancelable: true,
    country: 'KR',
    card: cardNumber && {
      amount: totalAmount,
      ...describeCard(cardNumber),
      installmentPlanMonths: 0,
      approveNo: '00000000',
      useCardPoint: false,
      acquireStatus: 'READY',
      isInterestFree: false,
      interestPayer: null,
    },
    virtualAccount: account && {
      accountType: '일반',
      accountNumber: account.number,
      bankCode: '20',
      customerName: '멍이랑',
      depositorName: '멍이랑',
      dueDate: toSeoul(account.dueAt),
      refundStatus: 'NONE',
      expired: payment.status === 'WAITING_FOR_DEPOSIT' && account.dueAt <= now,
      settlementStatus: 'INCOMPLETED',
      refundReceiveAccount: null,
    },
    secret: payment.type === 'BILLING' ? null : payment.secret,
    mobilePhone: null,
    giftCertificate: null,
    transfer: null,
    easyPay: null,
    foreignEasyPay: null,
    cashReceipt: null,
    cashReceipts: null,
    discount: null,
    failure: payment.failure,
    cancels: payment.cancels.length === 0 ? null : payment.cancels.map(toCancel),
    metadata: null,
    receipt: isPaid ? { url: `https://dashboard.tosspayments.com/receipt/redirection?transactionId=${paymentKey}` } : null,
    checkout: { url: `https://api.tosspayments.com/v1/payments/${paymentKey}/checkout` },
  }
}

function toCancel({ amount, reason, at, transactionKey, refundableAmount }: Payment['cancels'][number]) {
  return {
    cancelAmount: amount,
    cancelReason: reason,
    taxFreeAmount: 0,
    taxExemptionAmount: 0,
    refundableAmount,
    cardDiscountAmount: 0,
    transferDiscountAmount: 0,
    easyPayDiscountAmount: 0,
    canceledAt: toSeoul(at),
    transactionKey,
    receiptKey: null,
    cancelStatus: 'DONE',
    cancelRequestId: null,
  }
}

export function toBilling({ billingKey, customerKey, cardNumber }: BillingKey, at: Date) {
  return { mId: MERCHANT, customerKey, authenticatedAt: toSeoul(at), method: '카드', billingKey, card: describeCard(cardNumber) }
}

export function toTransaction({ transactionKey, payment, status, amount, at }: Transaction) {
  return {
    mId: MERCHANT,
    transactionKey,
    paymentKey: payment.paymentKey,
    orderId: payment.orderId,
    method: payment.method,
    customerKey: payment.customerKey ?? null,
    useEscrow: false,
    receiptUrl: `https://dashboard.tosspayments.com/receipt/redirection?transactionId=${payment.paymentKey}`,
    status,
    transactionAt: toSeoul(at),
    currency: 'KRW',
    amount,
  }
}
