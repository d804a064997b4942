import { z } from 'zod'
import { createHost, randomToken, readControl, Refusal } from '../vendor.ts'
import type { Answers } from './answers.ts'
import { OUTCOME_PATTERN } from './cards.ts'
import { orderIdSchema } from './charges.ts'
import type { Notices } from './notices.ts'
import { type Payment, type TossState, VIRTUAL_ACCOUNT } from './state.ts'
import { toPayment } from './wire.ts'

const DEFAULT_CARD = '4330123412340000'

const cardNumberSchema = z.string().regex(/^\d{16}$/, 'a card has 16 digits')
const codeSchema = z.string().regex(/^[A-Z]+(_[A-Z]+)+$/, 'an error code of Toss')
const customerKeySchema = z.string().min(2).max(300)
const waySchema = {
  to: z.url().optional(),
  times: z.int().min(1).max(100).optional().meta({ description: 'the same notice comes so often' }),
  delay_ms: z.int().min(0).max(120_000).optional(),
}

const paySchema = z.strictObject({
  order_id: orderIdSchema,
  amount: z.int().positive(),
  order_name: z.string().default('멍이랑'),
  method: z.enum(['카드', VIRTUAL_ACCOUNT]).default('카드'),
  customer_key: customerKeySchema.optional(),
  number: cardNumberSchema.default(DEFAULT_CARD),
})
const cardSchema = z.strictObject({
  customer_key: customerKeySchema,
  number: cardNumberSchema.default(DEFAULT_CARD),
  refusal: codeSchema.optional().meta({ description: 'the error with which Toss answers when a billing key is asked for' }),
})
const outcomeSchema = z.strictObject({
  outcome: z.string().regex(OUTCOME_PATTERN, 'four digits of a test card, or an error code'),
  delay_ms: z.int().min(0).max(120_000).optional(),
})
const webhookSchema = z
  .strictObject({
    payment_key: z.string().min(1).optional(),
    raw: z.unknown().optional().meta({ description: 'a body of any kind, as anybody on the Internet may send it' }),
    order: z.enum(['before_confirm', 'after']).default('after'),
    ...waySchema,
  })
  .refine(({ payment_key, raw }) => (payment_key === undefined) !== (raw === undefined), 'either payment_key or raw')
const depositSchema = z.strictObject({
  order_id: orderIdSchema,
  state: z.enum(['done', 'waiting']),
  late: z.boolean().default(false).meta({ description: 'also after the account has expired' }),
  ...waySchema,
})
const deleteKeySchema = z.strictObject({ customer_key: customerKeySchema, reason: z.string().nullable().default(null), ...waySchema })
const strictSchema = z.strictObject({
  for: z.string().min(1).meta({ description: 'an order id or a customer key' }),
  strict: z.boolean().default(true),
})

interface Parts {
  state: TossState
  answers: Answers
  notices: Notices
}

/** What buyers, banks and card companies do, for tests and people. */
export function createControl({ state, answers, notices }: Parts) {
  const control = createHost().basePath('/toss')

  control.post('/pay', async (c) => {
    const { order_id: orderId, order_name: orderName, amount, method, customer_key, number } = await readControl(c, paySchema)
    // The payment window refuses it as well.
    if (state.isTaken(orderId, customer_key)) throw new Refusal(409, { error: 'DUPLICATED_ORDER_ID' })
    const cardNumber = method === VIRTUAL_ACCOUNT ? null : number
    const payment = state.open({ orderId, orderName, type: 'NORMAL', method, customerKey: customer_key, cardNumber, totalAmount: amount })
    return c.json({ payment_key: payment.paymentKey, order_id: orderId, amount })
  })
  control.post('/card', async (c) => {
    const { customer_key: customerKey, number: cardNumber, refusal } = await readControl(c, cardSchema)
    const auth_key = `bln_${randomToken(18)}`
    state.authKeys.set(auth_key, { customerKey, cardNumber, refusal })
    return c.json({ auth_key, customer_key: customerKey })
  })
  control.post('/cards/:number', async (c) => {
    const number = cardNumberSchema.safeParse(c.req.param('number'))
    if (!number.success) throw new Refusal(422, { error: 'a card has 16 digits' })
    const { outcome, delay_ms } = await readControl(c, outcomeSchema)
    state.cards.change(number.data, outcome, delay_ms)
    return c.json({ number: number.data, outcome, delay_ms: delay_ms ?? null })
  })
  control.post('/strict_order_ids', async (c) => {
    const { for: name, strict } = await readControl(c, strictSchema)
    if (strict) state.strict.add(name)
    else state.strict.delete(name)
    return c.json({ for: name, strict })
  })

  control.post('/webhook', async (c) => {
    const { payment_key, raw, order, ...sending } = await readControl(c, webhookSchema)
    if (payment_key === undefined) return c.json({ notices: [await notices.send(raw, [], sending)] })
    const payment = state.payments.get(payment_key)
    if (!payment) throw new Refusal(404, { error: 'no such payment' })
    if (order === 'before_confirm') {
      notices.arm(payment, sending)
      return c.json({ notices: [] })
    }
    return c.json({ notices: [await notices.sendPayment(payment, sending)] })
  })
  control.get('/webhooks', (c) => c.json({ notices: notices.list(c.req.query('key') ?? '') }))

  control.post('/deposit', async (c) => {
    const { order_id, state: wanted, late, ...sending } = await readControl(c, depositSchema)
    const payment = state.findByOrder(order_id)
    if (!payment?.account) throw new Refusal(404, { error: 'no virtual account for this order' })
    const from = wanted === 'done' ? 'WAITING_FOR_DEPOSIT' : 'DONE'
    if (payment.status !== from) throw new Refusal(409, { error: `the payment is ${payment.status}` })
    if (wanted === 'done' && !late && payment.account.dueAt <= state.nowOf(payment))
      throw new Refusal(409, { error: 'the account has expired' })
    if (wanted === 'done') state.approve(payment)
    else state.awaitDeposit(payment)
    return c.json({ notices: [await notices.sendPayment(payment, sending), await notices.sendDeposit(payment, sending)] })
  })
  control.post('/billing/delete', async (c) => {
    const { customer_key, reason, ...sending } = await readControl(c, deleteKeySchema)
    const keys = state.deleteKeys(customer_key)
    return c.json({ notices: await Promise.all(keys.map((key) => notices.sendDeletion(key, reason, sending))) })
  })
  control.get('/billing', (c) => {
    const keys = [...state.billingKeys.values()].filter(({ customerKey }) => customerKey === c.req.query('customer_key'))
    return c.json({ billing_keys: keys.map(({ billingKey, isDeleted }) => ({ billing_key: billingKey, deleted: isDeleted })) })
  })

  control.get('/payments', (c) => {
    const { order_id, customer_key } = c.req.query()
    const asked = (payment: Payment) =>
      (order_id === undefined || payment.orderId === order_id) && (customer_key === undefined || payment.customerKey === customer_key)
    const found = [...state.payments.values()].filter(asked)
    return c.json({
      payments: found.map((payment) => toPayment(payment, state.nowOf(payment))),
      approved: found.filter(({ approvedAt }) => approvedAt !== null).length,
      balance: found.reduce((sum, { approvedAt, balanceAmount }) => sum + (approvedAt ? balanceAmount : 0), 0),
    })
  })
  control.get('/stats', (c) => c.json(answers.stats(c.req.query('key') ?? '')))
  return control
}
