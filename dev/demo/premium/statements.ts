import type { Answer, Client } from '../../../client/src/index.ts'
import { say } from '../stage.ts'

type Payments = NonNullable<Answer<'get', '/payments/history'>>['items']
type Subscription = NonNullable<Answer<'get', '/subscription'>>['subscriptions'][number]

export const won = (amount: number) => `${amount.toLocaleString('ko-KR')}원`
const day = (instant: string | null) => instant?.slice(0, 10) ?? '-'

export const charged = (payments: Payments, kind: 'charge' | 'refund' | 'reversal' = 'charge') => payments.filter((it) => it.kind === kind)
export const sumOf = (payments: Payments) => payments.reduce((sum, { amount_won }) => sum + amount_won, 0)

export function sayState({ method, plan, state, is_premium, ends_at, grace_ends_at, auto_renew }: Subscription): void {
  const until = grace_ends_at === null ? day(ends_at) : `${day(ends_at)}, in grace until ${day(grace_ends_at)}`
  say(`    ${method} ${plan}: ${state}, ${is_premium ? 'premium' : 'not premium'} · ${until} · ${auto_renew ? 'renews' : 'does not renew'}`)
}

export async function historyOf(client: Client): Promise<Payments> {
  return (await client.get('/payments/history', { query: { limit: 50 } })).items
}

export async function sayHistory(client: Client, newest = 50): Promise<void> {
  for (const { at, name, kind, amount_won, refund } of (await historyOf(client)).slice(0, newest))
    say(`    ${day(at)} ${name} ${kind} ${won(amount_won)}${refund ? `, refund ${refund.state}` : ''}`)
}
