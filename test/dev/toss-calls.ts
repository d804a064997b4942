import { expect } from 'vitest'
import { workerVars } from '../../dev/credentials.ts'
import { cloud } from '../support/cloud.ts'
import { newCustomer, newOrder } from '../support/toss.ts'
import { sim } from './control.ts'

/** The simulator, asked by a bare client. */
export const toss = `${cloud.simulatorsUrl}/api.tosspayments.com`
/** Where nobody takes a notice. */
export const nowhere = `${cloud.simulatorsUrl}/_sim/nowhere`
const Authorization = `Basic ${btoa(`${workerVars.TOSS_SECRET_KEY}:`)}`

export async function call(path: string, body?: object, headers: Record<string, string> = {}, method = body ? 'POST' : 'GET') {
  const response = await fetch(`${toss}/v1${path}`, {
    method,
    headers: { Authorization, ...headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, text, headers: response.headers, json: (text ? JSON.parse(text) : null) as any }
}
export const withKey = (key: string) => ({ 'Idempotency-Key': key })
export const moveClock = (now: string, key: string) => sim('/clock', { now, for: key })
export const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
export const paymentsOf = async (order_id: string) => (await sim(`/toss/payments?order_id=${order_id}`)).json

export async function pay(of: object = {}) {
  const orderId = newOrder()
  const { json } = await sim('/toss/pay', { order_id: orderId, amount: 31_200, ...of })
  return { paymentKey: json.payment_key as string, orderId, amount: json.amount as number }
}

export async function paid(of: object = {}) {
  const order = await pay(of)
  expect((await call('/payments/confirm', order)).status).toBe(200)
  return order
}

export async function register(number: string, customerKey = newCustomer()) {
  const { json } = await sim('/toss/card', { customer_key: customerKey, number })
  const { json: billing } = await call('/billing/authorizations/issue', { authKey: json.auth_key, customerKey })
  const path = `/billing/${encodeURIComponent(billing.billingKey)}`
  const order = (orderId = newOrder(), amount = 3_900) => ({ customerKey, amount, orderId, orderName: '멍이랑 프리미엄' })
  return { customerKey, path, order, billing }
}
