import type { Api } from './api.ts'
import { cloud } from './cloud.ts'
import { newCard } from './toss.ts'

/** Asks the simulator of Toss to do something, or what has happened. */
export async function atToss(path: string, body?: object): Promise<any> {
  const response = await fetch(`${cloud.simulatorsUrl}/_sim/toss/${path}`, {
    ...(body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`the simulator answered ${response.status}: ${await response.text()}`)
  return response.json()
}

export const customerKeyOf = async (owner: Api): Promise<string> => (await owner.get('/subscription/plans')).json.customer_key

/** Types a card into the window of Toss. Answers what the window gives to the app. */
export async function registerCard(
  owner: Api,
  number = newCard('0000'),
  more: object = {},
): Promise<{ auth_key: string; customer_key: string }> {
  const { auth_key, customer_key } = await atToss('card', { customer_key: await customerKeyOf(owner), number, ...more })
  return { auth_key, customer_key }
}

/** Subscribes with a card. It is a trial for who has had none. */
export async function subscribe(
  owner: Api,
  { plan = 'monthly', number = newCard('0000'), more = {}, key }: { plan?: string; number?: string; more?: object; key?: string } = {},
) {
  const body = { ...(await registerCard(owner, number)), plan, ...more }
  return owner.post('/payments/billing/issue', body, key === undefined ? {} : { headers: { 'Idempotency-Key': key } })
}
