import { describe, expect, it } from 'vitest'
import { createVendorFetch } from '../../src/vendors/http.ts'
import { readTossNotice } from '../../src/vendors/toss/notice.ts'
import { createToss } from '../../src/vendors/toss/payments.ts'
import { sim } from '../dev/control.ts'
import { cloud } from '../support/cloud.ts'
import { injectFault } from '../support/faults.ts'
import { newCard, newCustomer, newOrder } from '../support/toss.ts'
import { config, fakeVendor, html, json, verdict } from './fake-vendor.ts'

const HOST = 'api.tosspayments.com'
const toss = createToss({ fetch: createVendorFetch(cloud.simulatorsUrl), config })

async function pay(of: object = {}) {
  const { json: paid } = await sim('/toss/pay', { order_id: newOrder(), amount: 31_200, ...of })
  return paid as { payment_key: string; order_id: string; amount: number }
}

async function paid(of: object = {}) {
  const order = await pay(of)
  expect(await toss.confirm(order, order.order_id)).toMatchObject({ outcome: 'answered' })
  return order
}

async function register(number: string) {
  const customer_key = newCustomer()
  const { json: registered } = await sim('/toss/card', { customer_key, number })
  const issued = await toss.issueBillingKey({ auth_key: registered.auth_key, customer_key }, `issue-${customer_key}`)
  if (issued.outcome !== 'answered') throw new Error(`the key was not issued: ${issued.outcome}`)
  const order = () => ({
    billing_key: issued.billing.billing_key,
    customer_key,
    order_id: newOrder(),
    order_name: '멍이랑 프리미엄',
    amount: 3_900,
  })
  return { customer_key, billing: issued.billing, order }
}

const paymentsOf = async (order_id: string) => (await sim(`/toss/payments?order_id=${order_id}`)).json
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/

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
    await sim(`/toss/cards/${number}`, { outcome: '0006', delay_ms: 600 })
    const card = await register(number)
    const order = card.order()
    const charge = () => toss.charge(order, order.order_id, { deadlineMs: 200 })
    const began = Date.now()
    expect(await charge()).toEqual({ outcome: 'unknown', error: 'no answer in 200 ms', trace_id: null })
    expect(Date.now() - began).toBeLessThan(550)
    expect(await charge()).toMatchObject({ outcome: 'unknown', error: '409 IDEMPOTENT_REQUEST_PROCESSING', trace_id: expect.any(String) })
    await expect.poll(async () => (await charge()).outcome, { timeout: 5_000 }).toBe('answered')
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

describe('what Toss answers', () => {
  const order = { payment_key: 'key', order_id: 'order-of-test', amount: 1_000 }
  const payment = {
    paymentKey: 'key',
    orderId: 'order-of-test',
    status: 'DONE',
    type: 'NORMAL',
    totalAmount: 1_000,
    balanceAmount: 1_000,
    currency: 'KRW',
    approvedAt: '2026-01-05T11:20:41+09:00',
    aNewField: { of: 'tomorrow' },
  }
  const confirmWith = (reply: Response | Error) => {
    const vendor = fakeVendor({ [`${HOST}/v1/payments/confirm`]: reply })
    return createToss({ fetch: vendor.fetch, config }).confirm(order, 'key-1')
  }
  const error = (code: string, status: number) => json({ code, message: '비밀스러운 설명' }, status)

  it('may have new fields, and leave out what nobody needs', async () => {
    expect(await confirmWith(json(payment))).toMatchObject({
      outcome: 'answered',
      payment: { approved_at: '2026-01-05T02:20:41.000Z', method: null, cancels: [], secret: null, receipt_url: null, card: null },
    })
  })

  it.each([
    ['ALREADY_PROCESSED_PAYMENT', 400],
    ['ALREADY_CANCELED_PAYMENT', 400],
    ['ALREADY_REFUND_PAYMENT', 400],
    ['DUPLICATED_ORDER_ID', 400],
  ])('%s with %i was done before', async (code, status) => {
    expect(await confirmWith(error(code, status))).toEqual({ outcome: 'duplicate', code, trace_id: null })
  })

  it.each([
    ['INVALID_API_KEY', 400],
    ['UNAUTHORIZED_KEY', 401],
    ['SOMETHING_NEW', 401],
    ['INCORRECT_BASIC_AUTH_FORMAT', 403],
    ['FORBIDDEN_REQUEST', 403],
    ['NOT_REGISTERED_BUSINESS', 400],
    ['NOT_FOUND_TERMINAL_ID', 400],
    ['INVALID_UNREGISTERED_SUBMALL', 400],
    ['INVALID_IDEMPOTENCY_KEY', 400],
  ])('%s with %i is our own fault', async (code, status) => {
    expect(await confirmWith(error(code, status))).toEqual({ outcome: 'misconfigured', code, trace_id: null })
  })

  it.each([
    ['FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING', 500],
    ['REJECT_CARD_PAYMENT', 500],
    ['DUPLICATED_ORDER_ID', 502],
    ['PROVIDER_ERROR', 400],
    ['CARD_PROCESSING_ERROR', 400],
    ['FORBIDDEN_CONSECUTIVE_REQUEST', 403],
    ['IDEMPOTENT_REQUEST_PROCESSING', 409],
    ['REJECT_CARD_PAYMENT', 409],
    ['TOO_MANY_REQUESTS', 429],
  ])('%s with %i says nothing about the money', async (code, status) => {
    expect(await confirmWith(error(code, status))).toEqual({ outcome: 'unknown', error: `${status} ${code}`, trace_id: null })
  })

  it.each([
    ['no JSON', html()],
    ['a page with 403', html(403)],
    ['a page with 404', html(404)],
    ['a redirect', new Response(null, { status: 302, headers: { Location: 'https://example.com/' } })],
    ['null', json(null)],
    ['an empty body', new Response('')],
    ['an unknown status', json({ ...payment, status: 'TELEPORTED' })],
    ['a text in place of the amount', json({ ...payment, totalAmount: '1000' })],
    ['a time without a zone', json({ ...payment, approvedAt: '2026-01-05T11:20:41' })],
    ['an error without a code', json({ message: '비밀스러운 설명' }, 400)],
    ['a code that is a text', json({ code: '비밀스러운 설명', message: '' }, 400)],
    ['silence', new Error('비밀스러운 설명')],
  ])('%s is unknown, and its text stays inside', async (_, reply) => {
    const result = await confirmWith(reply)
    expect(result.outcome).toBe('unknown')
    expect(JSON.stringify(result)).not.toMatch(/비밀|html|TELEPORTED/)
  })

  it.each([
    ['INVALID_CARD_LOST_OR_STOLEN', 400, true],
    ['INVALID_REJECT_CARD', 400, true],
    ['EXCEED_MAX_DAILY_PAYMENT_COUNT', 400, false],
    ['NOT_FOUND_PAYMENT_SESSION', 404, false],
    ['A_CODE_OF_TOMORROW', 400, false],
  ])('%s with %i is declined; a new card is needed: %s', async (code, status, needs_new_card) => {
    expect(await confirmWith(error(code, status))).toEqual({ outcome: 'declined', code, needs_new_card, trace_id: null })
  })

  it('to a question is a payment, nothing, or no answer at all', async () => {
    const find = (reply: Response | Error) => {
      const vendor = fakeVendor({ [`${HOST}/v1/payments/key`]: reply })
      return createToss({ fetch: vendor.fetch, config }).findPayment('key')
    }
    expect(await find(json(payment))).toMatchObject({ payment_key: 'key' })
    expect(await find(error('NOT_FOUND_PAYMENT', 404))).toBeNull()
    for (const reply of [
      html(404),
      html(),
      error('UNAUTHORIZED_KEY', 401),
      error('FORBIDDEN_CONSECUTIVE_REQUEST', 403),
      new Error('reset'),
    ])
      expect(await verdict(find(reply))).toBe('vendor_unavailable')
    const limited = fakeVendor({ [`${HOST}/v1/transactions`]: error('TOO_MANY_REQUESTS', 429) })
    const day = { startDate: new Date(0), endDate: new Date(1) }
    expect(await verdict(createToss({ fetch: limited.fetch, config }).listTransactions(day))).toBe('vendor_unavailable')
    expect(new URL(limited.asked[0]!.url).searchParams.get('startDate')).toBe('1970-01-01T09:00:00')
  })
})

describe('a notice of Toss', () => {
  const headers = (id?: string) => new Headers(id === undefined ? {} : { 'tosspayments-webhook-transmission-id': id })
  const none = { payment_key: null, order_id: null, billing_key: null, secret: null, status: null }
  const read = (body: unknown, id?: string) => readTossNotice(body, headers(id))

  it('is read as the simulator sends it', async () => {
    const order = await paid({ method: '가상계좌' })
    const { json: deposited } = await sim('/toss/deposit', { order_id: order.order_id, state: 'done', to: `${cloud.simulatorsUrl}/_sim/x` })
    const [changed, callback] = await Promise.all(
      deposited.notices.map((it: any) => readTossNotice(JSON.parse(it.body), new Headers(it.headers))),
    )
    const { secret } = (await toss.findPayment(order.payment_key))!
    const [{ transmission_id }, { transmission_id: other }] = deposited.notices
    const money = { order_id: order.order_id, billing_key: null, secret, status: 'DONE' }
    expect(changed).toEqual({ event_id: transmission_id, type: 'PAYMENT_STATUS_CHANGED', payment_key: order.payment_key, ...money })
    expect(callback).toEqual({ event_id: other, type: 'DEPOSIT_CALLBACK', payment_key: null, ...money })

    const card = await register(newCard('0000'))
    const { json: deleted } = await sim('/toss/billing/delete', { customer_key: card.customer_key, to: `${cloud.simulatorsUrl}/_sim/x` })
    expect(await read(JSON.parse(deleted.notices[0].body), 'whtrans_1')).toEqual({
      ...none,
      event_id: 'whtrans_1',
      type: 'BILLING_DELETED',
      billing_key: card.billing.billing_key,
    })
  })

  it('without an id is known by its content', async () => {
    const body = { eventType: 'BILLING_DELETED', data: { billingKey: 'k' } }
    const { event_id } = await read(body)
    expect(event_id).toMatch(/^[0-9a-f]{64}$/)
    expect((await read({ ...body })).event_id).toBe(event_id)
    expect((await read({ ...body, createdAt: 'x' })).event_id).not.toBe(event_id)
    expect((await read(body, 'with spaces and more')).event_id).toBe(event_id)
  })

  it('of another kind keeps its name, and one of no kind is read as nothing', async () => {
    expect(await read({ eventType: 'METHOD_UPDATED', data: { customerKey: 'c' } }, 'id')).toEqual({
      ...none,
      event_id: 'id',
      type: 'METHOD_UPDATED',
    })
    expect(await read({ eventType: 'payout.changed', entityBody: {} }, 'id')).toMatchObject({ type: 'payout.changed' })
    expect(await read({ eventType: 'PAYMENT_STATUS_CHANGED', data: { paymentKey: 7, orderId: 'o' } }, 'id')).toMatchObject({
      payment_key: null,
      order_id: 'o',
    })
    for (const body of [null, 'text', [], 7, undefined, {}, { eventType: 7 }, { eventType: 'a b' }])
      expect(await read(body, 'id')).toEqual({ ...none, event_id: 'id', type: 'UNREADABLE' })
  })
})
