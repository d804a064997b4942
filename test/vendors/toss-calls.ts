import { expect } from 'vitest'
import { createVendorFetch } from '../../src/vendors/http.ts'
import { createToss } from '../../src/vendors/toss/payments.ts'
import { sim } from '../dev/control.ts'
import { cloud } from '../support/cloud.ts'
import { newCustomer, newOrder } from '../support/toss.ts'
import { config } from './fake-vendor.ts'

export const toss = createToss({ fetch: createVendorFetch(cloud.simulatorsUrl), config })

export async function pay(of: object = {}) {
  const { json: paid } = await sim('/toss/pay', { order_id: newOrder(), amount: 31_200, ...of })
  return paid as { payment_key: string; order_id: string; amount: number }
}

export async function paid(of: object = {}) {
  const order = await pay(of)
  expect(await toss.confirm(order, order.order_id)).toMatchObject({ outcome: 'answered' })
  return order
}

export async function register(number: string) {
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

export const paymentsOf = async (order_id: string) => (await sim(`/toss/payments?order_id=${order_id}`)).json
/** An instant in UTC. */
export const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/
