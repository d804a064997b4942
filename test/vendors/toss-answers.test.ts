import { describe, expect, it } from 'vitest'
import { createToss } from '../../src/vendors/toss/payments.ts'
import { config, fakeVendor, html, json, verdict } from './fake-vendor.ts'

const HOST = 'api.tosspayments.com'

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
