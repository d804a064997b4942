import { describe, expect, it } from 'vitest'
import { readTossNotice } from '../../src/vendors/toss/notice.ts'
import { sim } from '../dev/control.ts'
import { cloud } from '../support/cloud.ts'
import { newCard } from '../support/toss.ts'
import { paid, register, toss } from './toss-calls.ts'

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
    for (const odd of ['', 'x'.repeat(41), '\0', '\ud800', '가'])
      expect(await read({ orderId: 'o', status: 'DONE', secret: 's', paymentKey: odd.repeat(6) }, 'id')).toMatchObject({
        order_id: 'o',
        payment_key: null,
      })
    expect(await read({ orderId: 'o', status: 'x'.repeat(41) }, 'id')).toMatchObject({
      type: 'DEPOSIT_CALLBACK',
      order_id: 'o',
      status: null,
    })
    for (const body of [null, 'text', [], 7, undefined, {}, { eventType: 7 }, { eventType: 'a b' }])
      expect(await read(body, 'id')).toEqual({ ...none, event_id: 'id', type: 'UNREADABLE' })
  })
})
