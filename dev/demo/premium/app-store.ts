import type { Client } from '../../../client/src/index.ts'
import { DAY_MS } from '../../../src/core/time.ts'
import { check, logInWithKakao, makeClient, refused, say, step, WORKER } from '../stage.ts'
import { charged, historyOf, sayHistory, sayState, sumOf, won } from './statements.ts'
import { moveClock, sim, until } from '../vendors.ts'

const MONTHLY = 'com.withbowwow.premium.monthly'
const WEBHOOK = `${WORKER}/payments/webhook/apple`

interface Notice {
  readonly type: string
  readonly subtype: string | null
  readonly delivery: { readonly status: number } | null
  readonly signed_payload: string
}
interface Held {
  readonly purchase: string
  readonly transaction_id: string
  readonly signed_transaction: string
  readonly notification: Notice
}
interface AtApple {
  readonly transactions: readonly { id: string; price_won: number; expires_at: string; revocation: object | null }[]
}

const atApple = (purchase: string) => sim<AtApple>(`app-store/purchases/${purchase}`)

/** A year in the App Store. It began a year ago by the store's clock, and the store tells the Worker of all that happens. */
export async function buyInAppStore(): Promise<void> {
  const client = makeClient({ channel: 'ios' })
  const sdk = await logInWithKakao()
  const { user } = await client.signIn('/auth/kakao', { code: sdk.code, redirect_uri: sdk.redirect_uri })
  const { store_account_token, methods } = await client.get('/subscription/plans')
  check(methods.join() === 'ios_iap', 'the App Store alone to be offered')

  step(`${user.nickname} in the App Store: a trial, a year ago by the store's clock`)
  await moveClock(store_account_token, new Date(Date.now() - 372 * DAY_MS))
  const held = await sim<Held>('app-store/buy', { product: MONTHLY, account_token: store_account_token, offer: 'free_trial' })
  const { purchase } = held
  const shown = await client.post('/payments/verify/apple', { body: { signed_transaction: held.signed_transaction } })
  check(shown.method === 'ios_iap' && shown.subscription !== null, 'the phone to be believed')
  await sim('app-store/consent', { purchase, accepted: true })
  say('    bought, shown to the API, and agreed to in the store')
  await refuseForgeries(client, held)

  step('A year goes by')
  await moveClock(store_account_token, new Date(Date.now() - 190 * DAY_MS))
  await sim('app-store/fail', { purchase, when: 'due', grace_days: 16 })
  const due = Date.parse((await atApple(purchase)).transactions.at(-1)!.expires_at)
  await moveClock(store_account_token, new Date(due + 5 * DAY_MS))
  await sim('app-store/recover', { purchase })
  await moveClock(store_account_token, new Date())
  await sayNotices(purchase)
  await compare(client, purchase)
  const [subscription] = (await client.get('/subscription')).subscriptions
  check(subscription?.state === 'active' && subscription.is_premium, 'to be premium today')
  sayState(subscription!)
  await stop(client, purchase)
}

/** What nobody of the App Store has signed is refused, from a phone and from whoever finds the webhook. */
async function refuseForgeries(client: Client, { signed_transaction, notification }: Held): Promise<void> {
  const forge = (jws: string) => {
    const [head, body = '', signature] = jws.split('.')
    const claims = { ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as object), expiresDate: Date.parse('2099-12-31') }
    return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
  }
  const phone = await refused(client.post('/payments/verify/apple', { body: { signed_transaction: forge(signed_transaction) } }))
  check(phone.code === 'purchase_not_genuine', 'a changed transaction to be refused')
  const { jws } = await sim<{ jws: string }>('app-store/sign', { claims: { notificationType: 'REFUND' }, chain: 'other_root' })
  for (const signedPayload of [forge(notification.signed_payload), jws]) {
    const answer = await fetch(WEBHOOK, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ signedPayload }),
    })
    check(answer.status === 401, 'a forged notification to be refused')
  }
  say(`    a changed transaction: ${phone.code}; a changed notification, and one of another root: 401`)
}

async function sayNotices(purchase: string): Promise<void> {
  const { notifications } = await sim<{ notifications: Notice[] }>(`app-store/notifications?purchase=${purchase}`)
  check(
    notifications.every(({ delivery }) => delivery?.status === 200),
    'all notifications to be delivered',
  )
  const counts = new Map<string, number>()
  for (const { type, subtype } of notifications) {
    const name = subtype === null ? type : `${type}/${subtype}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  say(`    told the Worker: ${[...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`)).join(', ')}`)
}

/** The ledger against what the store has charged. */
async function compare(client: Client, purchase: string): Promise<void> {
  const paid = (await atApple(purchase)).transactions.filter(({ price_won }) => price_won > 0)
  check(paid.length >= 12, 'a year of payments')
  const history = await until('every payment of the store in the history', async () => {
    const found = await historyOf(client)
    return charged(found).length === paid.length ? found : undefined
  })
  const sum = paid.reduce((total, { price_won }) => total + price_won, 0)
  check(sumOf(history) === sum, 'the same sum as in the store')
  say(`    the App Store has charged ${paid.length} times, ${won(sum)}, and so says the history`)
}

async function stop(client: Client, purchase: string): Promise<void> {
  const managed = await refused(client.delete('/subscription'))
  check(managed.code === 'managed_by_store', 'the store to cancel itself')
  await sim('app-store/cancel', { purchase })
  await until('the cancellation', async () => {
    const [subscription] = (await client.get('/subscription')).subscriptions
    return subscription?.auto_renew === false ? true : undefined
  })
  say(`    cancelled where the store says (${managed.code}); then Apple gives the last month back:`)
  await sim('app-store/refund', { transaction: (await atApple(purchase)).transactions.at(-1)!.id })
  await until('the refund', async () => charged(await historyOf(client), 'refund')[0])
  const { premium, subscriptions } = await client.get('/subscription')
  check(!premium, 'nobody to be premium with money that was given back')
  sayState(subscriptions[0]!)
  await sayHistory(client, 3)
}
