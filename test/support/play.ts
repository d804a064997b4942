import { expect } from 'vitest'
import { cloud } from './cloud.ts'

export const MONTHLY = 'com.withbowwow.premium.monthly'
export const ANNUAL = 'com.withbowwow.premium.annual'

export interface SimulatedNotice {
  token: string
  event: string
  at: string
  message_id: string
  authorization: string
  body: { message: { data: string; messageId: string } }
  answers: { status: number; body: string }[]
}

/** Asks the simulated Google Play for something, by the control routes of `dev/vendors/play/controls.ts`. Nothing is sent to a Worker unless `send` says so. */
export async function play(action: string, input: object = {}): Promise<any> {
  const response = await fetch(`${cloud.simulatorsUrl}/_sim/play/${action}`, { method: 'POST', body: JSON.stringify(input) })
  const text = await response.text()
  expect([action, response.ok, text]).toEqual([action, true, text])
  return text ? JSON.parse(text) : null
}

/** A subscription of somebody new, with a token of its own. */
export const buy = (input: object = {}) =>
  play('buy', { product: MONTHLY, account_id: crypto.randomUUID(), send: false, ...input }) as Promise<{
    purchase_token: string
    purchase: any
    notices: SimulatedNotice[]
  }>

export async function seePurchase(token: string): Promise<any> {
  return (await fetch(`${cloud.simulatorsUrl}/_sim/play/purchases/${token}`)).json()
}

/** Moves Google's time for one purchase or account token, and answers what happened by itself. */
export async function moveClock(key: string, now: Date): Promise<any[]> {
  const response = await fetch(`${cloud.simulatorsUrl}/_sim/clock`, { method: 'POST', body: JSON.stringify({ now, for: key }) })
  return ((await response.json()) as any).happened
}

/** What a notice says, without Pub/Sub's wrapping. */
export const contentOf = ({ body }: SimulatedNotice) => JSON.parse(atob(body.message.data)) as Record<string, any>
