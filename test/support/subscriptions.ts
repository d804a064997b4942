import { sql } from 'drizzle-orm'
import type { Deps } from '../../src/deps.ts'
import { openDueRenewals } from '../../src/modules/payments/charging/jobs.ts'
import { runCharge } from '../../src/modules/payments/charging/service.ts'
import { createTestDeps, type Api } from './api.ts'
import { cloud } from './cloud.ts'
import { signUp } from './login.ts'
import { listRows } from './rows.ts'
import { runTask } from './tasks.ts'
import { newCard } from './toss.ts'

/** Far enough that no cron of another test comes by. */
export const START = new Date('2040-03-01T03:00:00Z')
export const daysLater = (days: number, from = START) => new Date(from.getTime() + days * 86_400_000)

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

interface Wish {
  readonly plan?: 'monthly' | 'annual'
  readonly number?: string
  readonly anyway?: boolean
  readonly trial_only?: boolean
  /** The Idempotency-Key. */
  readonly key?: string
}

/** Subscribes with a card. It is a trial for who has had none. */
export async function subscribe(owner: Api, { plan = 'monthly', number = newCard('0000'), key, ...more }: Wish = {}) {
  const body = { ...(await registerCard(owner, number)), plan, ...more }
  return owner.post('/payments/billing/issue', body, key === undefined ? {} : { headers: { 'Idempotency-Key': key } })
}

/** The same person at another time. */
export const at = (owner: Api, now: Date, more: Partial<Deps> = {}): Api => owner.with({ now: () => now, ...more })

/** A person at the start of all tests. */
export async function newcomer() {
  const person = await signUp()
  return { ...person, ...at(person, START), user: person.user }
}

/** Somebody whose trial is used up, without having subscribed here. */
export async function experienced() {
  const person = await newcomer()
  const { inner, outer } = await createTestDeps().keyedHashes.pads()
  await createTestDeps().db.execute(sql`
    INSERT INTO trial_uses (key_hash, used_at)
    SELECT key, now() FROM trial_keys_of(${person.user.user_id}, decode(${inner}, 'hex'), decode(${outer}, 'hex')) AS key`)
  return person
}

export const chargesOf = (id: string) => listRows(sql`SELECT * FROM charges WHERE subscription_id = ${id} ORDER BY period_no`)
export const consentsOf = (id: string) =>
  listRows(sql`SELECT * FROM payment_consents WHERE subscription_id = ${id} ORDER BY agreed_at, kind`)
export const cardsOf = (owner: Api) => listRows(sql`SELECT * FROM billing_keys WHERE user_id = ${owner.user!.user_id} ORDER BY created_at`)
/** Money that Toss has taken for a subscription and not given back. */
export const takenFor = async (id: string, period = 0): Promise<number> =>
  (await atToss(`payments?order_id=sub-${id.replaceAll('-', '')}-${period}`)).balance

/** What the crons do about the renewal of a subscription whose period ends then. */
export async function renew(id: string, ends: Date) {
  const deps = createTestDeps({ now: () => ends })
  await runTask(openDueRenewals, ends, deps)
  const [{ period_no } = { period_no: 0 }] = await listRows(sql`SELECT period_no FROM subscriptions WHERE id = ${id}`)
  return runCharge(deps, { subscription_id: id, period_no })
}

/** A subscription of a store that somebody has bought. It lasts 30 days. */
export async function buyAtStore(owner: Api, { provider = 'ios_iap', from = START } = {}): Promise<string> {
  const external_id = crypto.randomUUID()
  const purchase = {
    provider,
    environment: 'production',
    external_id,
    plan: 'monthly',
    account_token: null,
    event_id: external_id,
    claim: { user_id: owner.user!.user_id, transfer: false },
    periods: [
      {
        ref: external_id,
        fact_at: from,
        kind: 'paid',
        plan: 'monthly',
        starts_at: from,
        ends_at: daysLater(30, from),
        amount_won: 3_900,
        currency: 'KRW',
        tells_revocation: true,
        revoked_at: null,
      },
    ],
    renewals: [{ fact_at: from, auto_renew: true, next_plan: 'monthly', grace_ends_at: null }],
  }
  const [row] = await listRows(sql`SELECT apply_purchase(${JSON.stringify(purchase)}::jsonb, ${from.toISOString()}, true) AS applied`)
  return row!.applied.subscription_id
}
