import { z } from 'zod'
import { instantSchema } from '../../core/fields.ts'

/** A code of Toss. Texts of Toss go nowhere, so whatever else stands there is no code. */
const codeSchema = z.string().regex(/^[A-Z][A-Z0-9_]{1,79}$/)

const wonSchema = z.int().min(0)
const keySchema = z.string().min(1).max(300)

export const failureSchema = z.object({ code: codeSchema })

export const paymentStatusSchema = z.enum([
  'READY',
  'IN_PROGRESS',
  'WAITING_FOR_DEPOSIT',
  'DONE',
  'CANCELED',
  'PARTIAL_CANCELED',
  'ABORTED',
  'EXPIRED',
])
export type TossPaymentStatus = z.infer<typeof paymentStatusSchema>

const cardSchema = z
  .object({ issuerCode: z.string().max(10).nullish(), number: z.string().max(40).nullish(), cardType: z.string().max(10).nullish() })
  .transform(({ issuerCode, number, cardType }) => ({
    issuer_code: issuerCode ?? null,
    number: number ?? null,
    type: cardType ?? null,
  }))
/** The number is masked by Toss. */
export type TossCard = z.infer<typeof cardSchema>

const cancelSchema = z
  .object({
    transactionKey: keySchema,
    cancelAmount: wonSchema,
    canceledAt: instantSchema,
    cancelStatus: codeSchema.nullish(),
    refundableAmount: wonSchema,
  })
  .transform((cancel) => ({
    transaction_key: cancel.transactionKey,
    amount: cancel.cancelAmount,
    canceled_at: cancel.canceledAt,
    /** Other than DONE only for ways of payment abroad. */
    status: cancel.cancelStatus ?? 'DONE',
    refundable_amount: cancel.refundableAmount,
  }))
export type TossCancel = z.infer<typeof cancelSchema>

/** Fields that are not needed may change their shape without harm, because a payment that cannot be read counts as unknown. */
export const paymentSchema = z
  .object({
    paymentKey: keySchema,
    orderId: keySchema,
    status: paymentStatusSchema,
    type: z.enum(['NORMAL', 'BILLING', 'BRANDPAY']),
    totalAmount: wonSchema,
    balanceAmount: wonSchema,
    currency: z.string().regex(/^[A-Z]{3}$/),
    method: z.string().max(20).nullish(),
    approvedAt: instantSchema.nullish(),
    lastTransactionKey: keySchema.nullish(),
    secret: z.string().max(100).nullish(),
    receipt: z.object({ url: z.url({ protocol: /^https$/ }) }).nullish(),
    virtualAccount: z.object({}).nullish(),
    cancels: z.array(cancelSchema).nullish(),
    card: cardSchema.nullish(),
  })
  .transform((payment) => ({
    payment_key: payment.paymentKey,
    order_id: payment.orderId,
    status: payment.status,
    type: payment.type,
    total_amount: payment.totalAmount,
    balance_amount: payment.balanceAmount,
    currency: payment.currency,
    /** Toss's label, such as 카드 or 가상계좌. */
    method: payment.method ?? null,
    approved_at: payment.approvedAt ?? null,
    last_transaction_key: payment.lastTransactionKey ?? null,
    /** Genuine notices about the payment hold it. */
    secret: payment.secret ?? null,
    receipt_url: payment.receipt?.url ?? null,
    is_virtual_account: Boolean(payment.virtualAccount) || payment.method === '가상계좌',
    cancels: payment.cancels ?? [],
    card: payment.card ?? null,
  }))
export type TossPayment = z.infer<typeof paymentSchema>

export const billingKeySchema = z
  .object({
    billingKey: keySchema,
    customerKey: keySchema,
    authenticatedAt: instantSchema,
    method: z.string().max(20).nullish(),
    card: cardSchema.nullish(),
  })
  .transform((billing) => ({
    billing_key: billing.billingKey,
    customer_key: billing.customerKey,
    authenticated_at: billing.authenticatedAt,
    method: billing.method ?? null,
    card: billing.card ?? null,
  }))
export type TossBillingKey = z.infer<typeof billingKeySchema>

export const transactionsSchema = z.array(
  z
    .object({
      transactionKey: keySchema,
      paymentKey: keySchema,
      orderId: keySchema,
      customerKey: keySchema.nullish(),
      status: paymentStatusSchema,
      amount: z.int(),
      currency: z.string().regex(/^[A-Z]{3}$/),
      method: z.string().max(20).nullish(),
      transactionAt: instantSchema,
    })
    .transform((transaction) => ({
      transaction_key: transaction.transactionKey,
      payment_key: transaction.paymentKey,
      order_id: transaction.orderId,
      customer_key: transaction.customerKey ?? null,
      status: transaction.status,
      /** How much moved. The status says which way. */
      amount: Math.abs(transaction.amount),
      currency: transaction.currency,
      method: transaction.method ?? null,
      transaction_at: transaction.transactionAt,
    })),
)
export type TossTransaction = z.infer<typeof transactionsSchema>[number]
