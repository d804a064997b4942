import { describe, expect, test } from 'vitest'
import { newCard } from '../support/toss.ts'
import { addFault, sim } from './control.ts'
import { call, inMinutes, moveClock, nowhere, paid, pay, register, toss } from './toss-calls.ts'

describe('notices', () => {
  test('have the headers of Toss, and come again after 1, 4, 16 … minutes until they are received', async () => {
    const order = await paid()
    const to = `${toss}/hook-of-${order.orderId}`
    const { json } = await sim('/toss/webhook', { payment_key: order.paymentKey, to })
    const [notice] = json.notices
    expect(notice).toMatchObject({ status: 404, retried_count: 0 })
    expect(notice.headers).toEqual({
      'Content-Type': 'application/json',
      'tosspayments-webhook-transmission-id': notice.transmission_id,
      'tosspayments-webhook-transmission-time': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00$/),
      'tosspayments-webhook-transmission-retried-count': '0',
    })
    expect(JSON.parse(notice.body)).toMatchObject({
      eventType: 'PAYMENT_STATUS_CHANGED',
      createdAt: expect.stringMatching(/\.\d{6}$/),
      data: { paymentKey: order.paymentKey, status: 'DONE', secret: expect.stringMatching(/^ps_/) },
    })
    const retries = async (minutes: number) => {
      const { json } = await moveClock(inMinutes(minutes), order.orderId)
      return json.happened.filter((it: any) => it.url === to).map((it: any) => [it.retried_count, it.status])
    }
    expect(await retries(0.5)).toEqual([])
    expect(await retries(6)).toEqual([
      [1, 404],
      [2, 404],
    ])
    await addFault({ host: 'api.tosspayments.com', path: '/hook', key: order.orderId, status: 200, body: 'ok' })
    expect(await retries(22)).toEqual([[3, 200]])
    expect(await retries(10_000)).toEqual([])
  })

  test('end after seven tries more', async () => {
    const order = await paid()
    await sim('/toss/webhook', { payment_key: order.paymentKey, to: nowhere })
    const { json } = await moveClock(inMinutes(6_000), order.orderId)
    expect(json.happened.filter((it: any) => it.url === nowhere).map((it: any) => it.retried_count)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('can arrive before the confirmation is answered, many times, or be made up by anybody', async () => {
    const order = await pay()
    const to = `${toss}/hook-of-${order.orderId}`
    await sim('/toss/webhook', { payment_key: order.paymentKey, order: 'before_confirm', to, times: 3 })
    expect((await sim(`/requests?host=api.tosspayments.com&path=/hook&key=${order.orderId}`)).json.requests).toEqual([])
    await call('/payments/confirm', order)
    const { requests } = (await sim(`/requests?host=api.tosspayments.com&path=/hook&key=${order.orderId}`)).json
    expect(requests).toHaveLength(3)
    expect(new Set(requests.map((it: any) => it.headers['tosspayments-webhook-transmission-id'])).size).toBe(1)
    expect(JSON.parse(requests[0].body).data.status).toBe('DONE')
    const { json } = await sim('/toss/webhook', { raw: { eventType: 'BILLING_DELETED', data: { billingKey: 'forged' } }, to: nowhere })
    expect(json.notices[0].body).toContain('forged')
    expect(await sim('/toss/webhook', { to: nowhere })).toMatchObject({ status: 422 })
  })

  test('do not tell of charges by billing key', async () => {
    const card = await register(newCard('0000'))
    const order = card.order()
    await call(card.path, order)
    expect((await sim(`/toss/webhooks?key=${order.orderId}`)).json.notices).toEqual([])
  })

  test('tell twice of money in a virtual account, which the bank may take back', async () => {
    const order = await paid({ method: '가상계좌' })
    const seen = async () => (await call(`/payments/orders/${order.orderId}`)).json
    expect(await seen()).toMatchObject({ status: 'WAITING_FOR_DEPOSIT', approvedAt: null, card: null, virtualAccount: { expired: false } })
    const deposit = async (state: string) => (await sim('/toss/deposit', { order_id: order.orderId, state, to: nowhere })).json.notices
    for (const [state, status] of [
      ['done', 'DONE'],
      ['waiting', 'WAITING_FOR_DEPOSIT'],
      ['done', 'DONE'],
    ] as const) {
      const [changed, callback] = (await deposit(state)).map((it: any) => JSON.parse(it.body))
      const { secret, lastTransactionKey, ...payment } = await seen()
      expect(payment.status).toBe(status)
      expect(changed).toMatchObject({ eventType: 'PAYMENT_STATUS_CHANGED', data: { status } })
      expect(callback).toEqual({
        createdAt: expect.any(String),
        secret,
        status,
        transactionKey: lastTransactionKey,
        orderId: order.orderId,
      })
    }
    const cancel = (body: object) => call(`/payments/${order.paymentKey}/cancel`, { cancelReason: 'r', ...body })
    expect((await cancel({})).json).toMatchObject({ code: 'INVALID_REFUND_ACCOUNT_INFO' })
    const account = { bank: '20', accountNumber: '1002', holderName: '김산책' }
    expect((await cancel({ refundReceiveAccount: account })).json.status).toBe('CANCELED')
  })

  test('of an account that has expired come only when the bank errs', async () => {
    const order = await paid({ method: '가상계좌' })
    await moveClock(inMinutes(8 * 1_440), order.orderId)
    const deposit = { order_id: order.orderId, state: 'done', to: nowhere }
    expect((await sim('/toss/deposit', deposit)).status).toBe(409)
    expect((await call(`/payments/${order.paymentKey}`)).json.virtualAccount.expired).toBe(true)
    expect((await sim('/toss/deposit', { ...deposit, late: true })).status).toBe(200)
  })

  test('tell that a payment was never confirmed', async () => {
    const order = await pay()
    const { json } = await moveClock(inMinutes(11), order.orderId)
    expect(json.happened).toContainEqual({ event: 'toss_payment_expired', payment_key: order.paymentKey, order_id: order.orderId })
    const { notices } = (await sim(`/toss/webhooks?key=${order.orderId}`)).json
    expect(JSON.parse(notices[0].body).data.status).toBe('EXPIRED')
  })
})
