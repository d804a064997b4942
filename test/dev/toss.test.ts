import { describe, expect, test } from 'vitest'
import { newCard, newCustomer, newOrder } from '../support/toss.ts'
import { sim } from './control.ts'
import { call, inMinutes, moveClock, nowhere, paid, pay, paymentsOf, register, withKey } from './toss-calls.ts'

describe('a payment', () => {
  test('is confirmed once, within ten minutes, for its own order and amount', async () => {
    const order = await pay({ customer_key: newCustomer() })
    expect(await call('/payments/confirm', { ...order, amount: 1 })).toMatchObject({ status: 400, json: { code: 'INVALID_REQUEST' } })
    const done = await call('/payments/confirm', order)
    expect(done).toMatchObject({
      status: 200,
      json: {
        type: 'NORMAL',
        status: 'DONE',
        totalAmount: 31_200,
        balanceAmount: 31_200,
        vat: 2_836,
        suppliedAmount: 28_364,
        cancels: null,
      },
    })
    expect(done.json.approvedAt).toMatch(/\+09:00$/)
    expect(done.headers.get('X-TossPayments-Trace-Id')).toMatch(/^[\w-]{22}$/)
    expect(await call('/payments/confirm', order)).toMatchObject({ status: 400, json: { code: 'ALREADY_PROCESSED_PAYMENT' } })
    expect((await call(`/payments/${order.paymentKey}`)).json).toEqual(done.json)
    expect((await call(`/payments/orders/${order.orderId}`)).json).toEqual(done.json)
    expect(await sim('/toss/pay', { order_id: order.orderId, amount: 1_000 })).toMatchObject({ status: 409 })

    const late = await pay()
    await moveClock(inMinutes(11), late.orderId)
    expect(await call('/payments/confirm', late)).toMatchObject({ status: 404, json: { code: 'NOT_FOUND_PAYMENT_SESSION' } })
    expect((await call(`/payments/orders/${late.orderId}`)).json.status).toBe('EXPIRED')
    expect(await call('/payments/none')).toMatchObject({ status: 404, json: { code: 'NOT_FOUND_PAYMENT' } })
  })

  test('of two windows for one order only one is taken', async () => {
    const first = await pay()
    const { json } = await sim('/toss/pay', { order_id: first.orderId, amount: 31_200 })
    expect((await call('/payments/confirm', first)).status).toBe(200)
    const second = await call('/payments/confirm', { ...first, paymentKey: json.payment_key })
    expect(second).toMatchObject({ status: 400, json: { code: 'DUPLICATED_ORDER_ID' } })
  })

  test('that the card company declines is aborted', async () => {
    const order = await pay({ number: newCard('0004') })
    expect(await call('/payments/confirm', order)).toMatchObject({ status: 403, json: { code: 'REJECT_CARD_COMPANY' } })
    expect((await call(`/payments/${order.paymentKey}`)).json).toMatchObject({
      status: 'ABORTED',
      failure: { code: 'REJECT_CARD_COMPANY' },
    })
  })

  test('asks for the secret key', async () => {
    expect(await call('/payments/x', undefined, { Authorization: 'Bearer x' })).toMatchObject({
      status: 403,
      json: { code: 'INCORRECT_BASIC_AUTH_FORMAT' },
    })
    expect(await call('/payments/x', undefined, { Authorization: `Basic ${btoa('test_sk_other:')}` })).toMatchObject({
      status: 401,
      json: { code: 'UNAUTHORIZED_KEY' },
    })
    expect(await call('/payments/x', undefined, { 'TossPayments-Test-Code': 'FORBIDDEN_CONSECUTIVE_REQUEST' })).toMatchObject({
      status: 403,
      json: { code: 'FORBIDDEN_CONSECUTIVE_REQUEST' },
    })
  })
})

describe('cancellations', () => {
  test('count down what is left', async () => {
    const { paymentKey, orderId } = await paid()
    const cancel = (body: object) => call(`/payments/${paymentKey}/cancel`, { cancelReason: '고객 요청', ...body })
    const first = await cancel({ cancelAmount: 10_000, refundableAmount: 31_200 })
    expect(first.json).toMatchObject({
      status: 'PARTIAL_CANCELED',
      balanceAmount: 21_200,
      cancels: [{ cancelAmount: 10_000, refundableAmount: 21_200, cancelStatus: 'DONE' }],
    })
    expect(first.json.lastTransactionKey).toBe(first.json.cancels[0].transactionKey)
    expect(await cancel({ cancelAmount: 10_000, refundableAmount: 31_200 })).toMatchObject({
      status: 400,
      json: { code: 'NOT_MATCHES_REFUNDABLE_AMOUNT' },
    })
    expect(await cancel({ cancelAmount: 21_201 })).toMatchObject({ status: 403, json: { code: 'NOT_CANCELABLE_AMOUNT' } })
    expect((await cancel({})).json).toMatchObject({ status: 'CANCELED', balanceAmount: 0, cancels: [{}, { cancelAmount: 21_200 }] })
    expect(await cancel({})).toMatchObject({ status: 400, json: { code: 'ALREADY_CANCELED_PAYMENT' } })
    expect(await paymentsOf(orderId)).toMatchObject({ approved: 1, balance: 0 })
    const open = await pay()
    const tooEarly = await call(`/payments/${open.paymentKey}/cancel`, { cancelReason: 'x' })
    expect(tooEarly).toMatchObject({ status: 403, json: { code: 'NOT_CANCELABLE_PAYMENT' } })
  })

  test('two at once with the same amount left: one succeeds', async () => {
    const { paymentKey } = await paid()
    const body = { cancelReason: 'r', cancelAmount: 10_000, refundableAmount: 31_200 }
    const both = await Promise.all([1, 2].map((n) => call(`/payments/${paymentKey}/cancel`, body, withKey(`refund-${paymentKey}-${n}`))))
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 400])
    expect((await call(`/payments/${paymentKey}`)).json.balanceAmount).toBe(21_200)
  })
})

describe('an idempotency key', () => {
  test('replays a success and an error byte by byte, and another key is another request', async () => {
    const card = await register(newCard('0011'))
    const order = card.order()
    const charge = (key: string) => call(card.path, order, withKey(`${order.orderId}-${key}`))
    const [first, again] = [await charge('1'), await charge('1')]
    expect(first).toMatchObject({ status: 403, json: { code: 'REJECT_CARD_PAYMENT' } })
    expect([again.status, again.text]).toEqual([first.status, first.text])
    expect((await charge('2')).status).toBe(403)
    const done = await charge('3')
    expect(done).toMatchObject({ status: 200, json: { status: 'DONE', type: 'BILLING', secret: null } })
    expect((await charge('3')).text).toBe(done.text)
    expect(await charge('4')).toMatchObject({ status: 400, json: { code: 'DUPLICATED_ORDER_ID' } })
    expect(await paymentsOf(order.orderId)).toMatchObject({ approved: 1, balance: 3_900 })
  })

  test('lives fifteen days', async () => {
    const number = newCard('0001')
    const card = await register(number)
    const order = card.order()
    const key = withKey(`${order.orderId}-1`)
    await call(card.path, order, key)
    await sim(`/toss/cards/${number}`, { outcome: '0000' })
    expect((await call(card.path, order, key)).status).toBe(403)
    await moveClock(inMinutes(15 * 1_440 + 1), card.customerKey)
    expect((await call(card.path, order, key)).status).toBe(200)
  })

  test('is refused when it is too long, and while the first request goes on', async () => {
    const number = newCard('0006')
    await sim(`/toss/cards/${number}`, { outcome: '0006', delay_ms: 2_000 })
    const card = await register(number)
    const order = card.order()
    expect(await call(card.path, order, withKey('k'.repeat(301)))).toMatchObject({ status: 400, json: { code: 'INVALID_IDEMPOTENCY_KEY' } })
    const key = withKey(order.orderId)
    const slow = call(card.path, order, key)
    // The charge is done before its answer comes.
    await expect.poll(async () => (await paymentsOf(order.orderId)).approved).toBe(1)
    expect(await call(card.path, order, key)).toMatchObject({ status: 409, json: { code: 'IDEMPOTENT_REQUEST_PROCESSING' } })
    const { status, text } = await slow
    expect(status).toBe(200)
    expect((await call(card.path, order, key)).text).toBe(text)
  })

  test('with another body replays, and is counted', async () => {
    const card = await register(newCard('0000'))
    const order = card.order()
    const key = withKey(`${order.orderId}-1`)
    const first = await call(card.path, order, key)
    expect((await sim(`/toss/stats?key=${order.orderId}`)).json).toEqual({ idempotency_mismatches: 0, idempotency_replays: 0 })
    expect((await call(card.path, { ...order, amount: 39_000 }, key)).text).toBe(first.text)
    expect((await sim(`/toss/stats?key=${order.orderId}`)).json).toEqual({ idempotency_mismatches: 1, idempotency_replays: 1 })
  })
})

describe('a billing key', () => {
  test('is issued once for a registration, to its own customer, and hides the card', async () => {
    const customerKey = newCustomer()
    const { json } = await sim('/toss/card', { customer_key: customerKey, number: '4330123412340000' })
    const issue = (body: object) => call('/billing/authorizations/issue', { authKey: json.auth_key, customerKey, ...body })
    expect(await issue({ customerKey: newCustomer() })).toMatchObject({ status: 400, json: { code: 'INVALID_CUSTOMER_KEY' } })
    expect((await issue({})).json).toMatchObject({
      customerKey,
      billingKey: expect.stringMatching(/=$/),
      card: { number: '43301234****000*' },
    })
    expect(await issue({})).toMatchObject({ status: 400, json: { code: 'INVALID_BILLING_AUTH' } })
    const refused = await sim('/toss/card', { customer_key: customerKey, refusal: 'NOT_SUPPORTED_CARD_TYPE' })
    expect(await issue({ authKey: refused.json.auth_key })).toMatchObject({ status: 400, json: { code: 'NOT_SUPPORTED_CARD_TYPE' } })
  })

  const definite: [digits: string, status: number, code: string][] = [
    ['0001', 403, 'REJECT_CARD_PAYMENT'],
    ['0002', 400, 'INVALID_STOPPED_CARD'],
    ['0003', 400, 'INVALID_CARD_EXPIRATION'],
    ['0004', 403, 'REJECT_CARD_COMPANY'],
    ['0005', 400, 'EXCEED_MAX_AMOUNT'],
  ]
  test.each(definite)(
    'of a card that ends with %s is declined with %i %s, and the order may be tried again',
    async (digits, status, code) => {
      const number = newCard(digits)
      const card = await register(number)
      const order = card.order()
      expect(await call(card.path, order)).toMatchObject({ status, json: { code } })
      expect(await paymentsOf(order.orderId)).toMatchObject({ approved: 0, payments: [{ status: 'ABORTED', failure: { code } }] })
      await sim(`/toss/cards/${number}`, { outcome: '0000' })
      await sim('/toss/strict_order_ids', { for: order.orderId })
      expect(await call(card.path, order)).toMatchObject({ status: 400, json: { code: 'DUPLICATED_ORDER_ID' } })
      await sim('/toss/strict_order_ids', { for: order.orderId, strict: false })
      expect((await call(card.path, order)).status).toBe(200)
    },
  )

  const obscure: [digits: string, approved: number, status: number | 'cut', replayed: number | 'cut'][] = [
    ['0007', 1, 'cut', 200],
    ['0008', 0, 'cut', 'cut'],
    ['0009', 1, 500, 500],
    ['0010', 0, 500, 500],
  ]
  test.each(obscure)('of a card that ends with %s charges %i times, and answers %s, then %s', async (digits, approved, ...answers) => {
    const card = await register(newCard(digits))
    const order = card.order()
    for (const answer of answers) {
      const { status } = await call(card.path, order, withKey(order.orderId)).catch(() => ({ status: 'cut' }))
      expect(status).toBe(answer)
    }
    expect((await paymentsOf(order.orderId)).approved).toBe(approved)
  })

  test('belongs to one customer, and ends when it is deleted', async () => {
    const card = await register(newCard('0000'))
    const stranger = { ...card.order(), customerKey: newCustomer() }
    expect(await call(card.path, stranger)).toMatchObject({ status: 400, json: { code: 'NOT_MATCHES_CUSTOMER_KEY' } })
    expect(await call(card.path, card.order(newOrder(), 99))).toMatchObject({ status: 400, json: { code: 'BELOW_MINIMUM_AMOUNT' } })
    expect(await call(card.path, { ...card.order(), orderId: 'a b' })).toMatchObject({ status: 400, json: { code: 'INVALID_REQUEST' } })
    expect(await call(card.path, undefined, {}, 'DELETE')).toMatchObject({ status: 200, text: '' })
    expect(await call(card.path, card.order())).toMatchObject({ status: 400, json: { code: 'INVALID_BILL_KEY_REQUEST' } })
  })

  test('of a card that ends with 0012 is lost after the charge, and one may be deleted from outside', async () => {
    const lost = await register(newCard('0012'))
    expect((await call(lost.path, lost.order())).status).toBe(200)
    expect((await call(lost.path, lost.order())).json).toMatchObject({ code: 'INVALID_BILL_KEY_REQUEST' })
    const { notices } = (await sim(`/toss/webhooks?key=${lost.customerKey}`)).json
    expect(notices.map((it: any) => JSON.parse(it.body).eventType)).toEqual(['BILLING_DELETED'])

    const card = await register(newCard('0000'))
    const { json } = await sim('/toss/billing/delete', { customer_key: card.customerKey, to: nowhere })
    expect(JSON.parse(json.notices[0].body)).toMatchObject({ eventType: 'BILLING_DELETED', data: { billingKey: card.billing.billingKey } })
    expect((await call(card.path, card.order())).json).toMatchObject({ code: 'INVALID_BILL_KEY_REQUEST' })
  })
})

test('transactions come in pages, each once', async () => {
  const customer_key = newCustomer()
  await moveClock('2031-05-05T00:00:00+09:00', customer_key)
  const orders = await Promise.all([1, 2, 3].map(() => paid({ customer_key })))
  await call(`/payments/${orders[1]!.paymentKey}/cancel`, { cancelReason: 'r', cancelAmount: 1_200 })
  const page = async (rest: string) =>
    (await call(`/transactions?startDate=2031-05-05T00:00:00&endDate=2031-05-05T23:59:59${rest}`)).json as any[]
  const first = await page('&limit=3')
  const second = await page(`&limit=3&startingAfter=${first[2].transactionKey}`)
  expect(first).toHaveLength(3)
  expect(second).toMatchObject([{ orderId: orders[1]!.orderId, status: 'PARTIAL_CANCELED', amount: 1_200, customerKey: customer_key }])
  expect(new Set([...first, ...second].map((it) => it.transactionKey)).size).toBe(4)
})
