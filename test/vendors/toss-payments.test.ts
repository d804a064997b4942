import { describe, expect, it } from 'vitest'
import { sim } from '../dev/control.ts'
import { injectFault } from '../support/faults.ts'
import { newCard, newCustomer, newOrder } from '../support/toss.ts'
import { ISO, paid, pay, paymentsOf, register, toss } from './toss-calls.ts'

const HOST = 'api.tosspayments.com'

describe('a payment with Toss', () => {
  it('is confirmed, and found by its key and its order', async () => {
    const order = await pay()
    const confirmed = await toss.confirm(order, order.order_id)
    expect(confirmed).toEqual({
      outcome: 'answered',
      trace_id: expect.stringMatching(/^[\w-]{22}$/),
      payment: {
        payment_key: order.payment_key,
        order_id: order.order_id,
        status: 'DONE',
        type: 'NORMAL',
        total_amount: 31_200,
        balance_amount: 31_200,
        currency: 'KRW',
        method: '카드',
        approved_at: expect.stringMatching(ISO),
        last_transaction_key: expect.stringMatching(/^[0-9A-F]{32}$/),
        secret: expect.stringMatching(/^ps_/),
        receipt_url: expect.stringMatching(/^https:/),
        is_virtual_account: false,
        cancels: [],
        card: { issuer_code: '61', number: '43301234****000*', type: '신용' },
      },
    })
    if (confirmed.outcome !== 'answered') return
    expect(Math.abs(Date.parse(confirmed.payment.approved_at!) - Date.now())).toBeLessThan(60_000)
    expect(await toss.findPayment(order.payment_key)).toEqual(confirmed.payment)
    expect(await toss.findPaymentByOrder(order.order_id)).toEqual(confirmed.payment)
    expect(await toss.findPaymentByOrder(newOrder())).toBeNull()
    expect(await toss.findPayment('none')).toBeNull()
  })

  it('that has been confirmed with another key is a duplicate', async () => {
    const order = await paid()
    expect(await toss.confirm(order, `${order.order_id}-other`)).toMatchObject({ outcome: 'duplicate', code: 'ALREADY_PROCESSED_PAYMENT' })
  })

  it('is given back in parts, counted down by what is left', async () => {
    const { payment_key } = await paid()
    const part = { payment_key, reason: '고객 요청', amount: 10_000, refundable_amount: 31_200 }
    const first = await toss.cancel(part, `refund-${payment_key}-1`)
    expect(first).toMatchObject({
      outcome: 'answered',
      payment: {
        status: 'PARTIAL_CANCELED',
        balance_amount: 21_200,
        cancels: [{ amount: 10_000, refundable_amount: 21_200, status: 'DONE', canceled_at: expect.stringMatching(ISO) }],
      },
    })
    // The same key is the same cancellation.
    expect(await toss.cancel(part, `refund-${payment_key}-1`)).toMatchObject({ outcome: 'answered', payment: { balance_amount: 21_200 } })
    expect(await toss.cancel(part, `refund-${payment_key}-2`)).toMatchObject({
      outcome: 'declined',
      code: 'NOT_MATCHES_REFUNDABLE_AMOUNT',
      needs_new_card: false,
    })
    expect(await toss.cancel({ payment_key, reason: 'r' }, `refund-${payment_key}-3`)).toMatchObject({ payment: { balance_amount: 0 } })
    expect(await toss.cancel({ payment_key, reason: 'r' }, `refund-${payment_key}-4`)).toMatchObject({
      outcome: 'duplicate',
      code: 'ALREADY_CANCELED_PAYMENT',
    })
    const { cancels } = (await toss.findPayment(payment_key))!
    expect(new Set(cancels.map((it) => it.transaction_key)).size).toBe(2)
    expect(cancels.reduce((sum, { amount }) => sum + amount, 0)).toBe(31_200)
  })

  it('into a virtual account waits for the deposit', async () => {
    const order = await paid({ method: '가상계좌' })
    expect(await toss.findPaymentByOrder(order.order_id)).toMatchObject({
      status: 'WAITING_FOR_DEPOSIT',
      is_virtual_account: true,
      approved_at: null,
      card: null,
    })
  })

  it('is listed among the transactions, page by page', async () => {
    const customer_key = newCustomer()
    await sim('/clock', { now: '2032-07-31T23:30:00+09:00', for: customer_key })
    const orders = [await paid({ customer_key }), await paid({ customer_key })]
    const page = (startingAfter?: string) =>
      toss.listTransactions({
        startDate: new Date('2032-07-31T14:00:00Z'),
        endDate: new Date('2032-07-31T15:00:00Z'),
        startingAfter,
        limit: 1,
      })
    const [first] = await page()
    const [second] = await page(first!.transaction_key)
    expect([first, second]).toMatchObject(orders.map(({ order_id }) => ({ order_id, status: 'DONE', amount: 31_200, customer_key })))
    expect(first!.transaction_at).toMatch(/^2032-07-31T14:3/)
    expect(await page(second!.transaction_key)).toEqual([])
  })
})

describe('a charge of a registered card', () => {
  it('is answered with the payment', async () => {
    const card = await register('4330123412340000')
    expect(card.billing).toEqual({
      billing_key: expect.stringMatching(/=$/),
      customer_key: card.customer_key,
      authenticated_at: expect.stringMatching(ISO),
      method: '카드',
      card: { issuer_code: '61', number: '43301234****000*', type: '신용' },
    })
    const order = card.order()
    expect(await toss.charge(order, `${order.order_id}-1`)).toMatchObject({
      outcome: 'answered',
      payment: { order_id: order.order_id, status: 'DONE', type: 'BILLING', total_amount: 3_900 },
    })
    expect(await toss.charge(order, `${order.order_id}-2`)).toMatchObject({ outcome: 'duplicate', code: 'DUPLICATED_ORDER_ID' })
  })

  const declines: [digits: string, code: string, needs_new_card: boolean][] = [
    ['0001', 'REJECT_CARD_PAYMENT', false],
    ['0002', 'INVALID_STOPPED_CARD', true],
    ['0003', 'INVALID_CARD_EXPIRATION', true],
    ['0004', 'REJECT_CARD_COMPANY', false],
    ['0005', 'EXCEED_MAX_AMOUNT', false],
  ]
  it.each(declines)('of the card …%s is declined with %s, and needs a new card: %s', async (digits, code, needs_new_card) => {
    const card = await register(newCard(digits))
    const order = card.order()
    const charged = await toss.charge(order, order.order_id)
    expect(charged).toEqual({ outcome: 'declined', code, needs_new_card, trace_id: expect.any(String) })
    expect((await paymentsOf(order.order_id)).approved).toBe(0)
  })

  it('that is declined and then succeeds is a charge for each attempt', async () => {
    const card = await register(newCard('0011'))
    const order = card.order()
    const outcomes: string[] = []
    for (const attempt of [1, 1, 2, 3, 3, 4]) outcomes.push((await toss.charge(order, `${order.order_id}-${attempt}`)).outcome)
    expect(outcomes).toEqual(['declined', 'declined', 'declined', 'answered', 'answered', 'duplicate'])
    expect(await toss.findPaymentByOrder(order.order_id)).toMatchObject({ status: 'DONE' })
    expect(await paymentsOf(order.order_id)).toMatchObject({ approved: 1, balance: 3_900 })
  })

  it('whose answer is cut is unknown, and its repeat with the same key is the same payment', async () => {
    const card = await register(newCard('0007'))
    const order = card.order()
    expect(await toss.charge(order, order.order_id)).toEqual({ outcome: 'unknown', error: 'no answer', trace_id: null })
    const again = await toss.charge(order, order.order_id)
    expect(again).toMatchObject({ outcome: 'answered', payment: { status: 'DONE' } })
    expect(await paymentsOf(order.order_id)).toMatchObject({ approved: 1, balance: 3_900 })
  })

  it('that was cut before anything was done is unknown, and its repeat charges', async () => {
    const number = newCard('0008')
    const card = await register(number)
    const order = card.order()
    expect(await toss.charge(order, order.order_id)).toMatchObject({ outcome: 'unknown' })
    expect(await toss.findPaymentByOrder(order.order_id)).toBeNull()
    await sim(`/toss/cards/${number}`, { outcome: '0000' })
    expect(await toss.charge(order, order.order_id)).toMatchObject({ outcome: 'answered' })
  })

  it('whose answer is late is unknown after the deadline, while it goes on, and answered in the end', async () => {
    const number = newCard('0006')
    await sim(`/toss/cards/${number}`, { outcome: '0006', delay_ms: 3_000 })
    const card = await register(number)
    const order = card.order()
    const charge = () => toss.charge(order, order.order_id, { deadlineMs: 200 })
    const began = Date.now()
    expect(await charge()).toEqual({ outcome: 'unknown', error: 'no answer in 200 ms', trace_id: null })
    expect(Date.now() - began).toBeLessThan(550)
    expect(await charge()).toMatchObject({ outcome: 'unknown', error: '409 IDEMPOTENT_REQUEST_PROCESSING', trace_id: expect.any(String) })
    await expect.poll(async () => (await charge()).outcome, { timeout: 30_000 }).toBe('answered')
    expect((await paymentsOf(order.order_id)).approved).toBe(1)
  })

  it('may take longer than other vendors are given', async () => {
    const number = newCard('0006')
    await sim(`/toss/cards/${number}`, { outcome: '0006', delay_ms: 4_300 })
    const card = await register(number)
    const order = card.order()
    expect(await toss.charge(order, order.order_id)).toMatchObject({ outcome: 'answered' })
  })

  it.each([
    ['0009', 1],
    ['0010', 0],
  ])('of the card …%s ends with an error of the server after %i charges, and is unknown for good', async (digits, approved) => {
    const card = await register(newCard(digits))
    const order = card.order()
    const expected = { outcome: 'unknown', error: '500 FAILED_INTERNAL_SYSTEM_PROCESSING', trace_id: expect.any(String) }
    expect(await toss.charge(order, order.order_id)).toEqual(expected)
    expect(await toss.charge(order, order.order_id)).toEqual(expected)
    expect((await toss.findPaymentByOrder(order.order_id))?.status).toBe(approved === 1 ? 'DONE' : undefined)
  })

  it('needs another card when its key is gone, and deleting it again is no error', async () => {
    const card = await register(newCard('0000'))
    await toss.deleteBillingKey(card.billing.billing_key)
    await toss.deleteBillingKey(card.billing.billing_key)
    const order = card.order()
    expect(await toss.charge(order, order.order_id)).toMatchObject({
      outcome: 'declined',
      code: 'INVALID_BILL_KEY_REQUEST',
      needs_new_card: true,
    })
  })

  it('of another customer is declined, and a registration is used once', async () => {
    const card = await register(newCard('0000'))
    const order = { ...card.order(), customer_key: newCustomer() }
    expect(await toss.charge(order, order.order_id)).toMatchObject({ outcome: 'declined', code: 'NOT_MATCHES_CUSTOMER_KEY' })
    const customer_key = newCustomer()
    const { json: registered } = await sim('/toss/card', { customer_key })
    const issue = (key: string) => toss.issueBillingKey({ auth_key: registered.auth_key, customer_key }, key)
    const first = await issue(`issue-${customer_key}`)
    expect(first).toMatchObject({ outcome: 'answered' })
    expect(await issue(`issue-${customer_key}`)).toEqual({ ...first, trace_id: expect.any(String) })
    expect(await issue(`other-${customer_key}`)).toMatchObject({ outcome: 'declined', code: 'INVALID_BILLING_AUTH' })
  })

  it('is done once when the gateway loses the answer', async () => {
    const card = await register(newCard('0000'))
    const order = card.order()
    await injectFault({ host: HOST, key: order.order_id, cut: 'after', times: 2 })
    const outcomes: string[] = []
    for (let i = 0; i < 4; i++) outcomes.push((await toss.charge(order, order.order_id)).outcome)
    expect(outcomes).toEqual(['unknown', 'unknown', 'answered', 'answered'])
    expect((await paymentsOf(order.order_id)).approved).toBe(1)
    expect((await sim(`/toss/stats?key=${order.order_id}`)).json).toMatchObject({ idempotency_mismatches: 0 })
  })
})
