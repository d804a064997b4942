import type { Client } from '../../../client/src/index.ts'
import { DAY_MS } from '../../../src/core/time.ts'
import { check, logInWithKakao, makeClient, refused, say, step } from '../stage.ts'
import { charged, historyOf, sayState, sumOf, won } from './statements.ts'
import { moveClock, sim, until } from '../vendors.ts'

const MONTHLY = 'com.withbowwow.premium.monthly'
const FORGERIES = ['wrong_email', 'wrong_aud', 'expired', 'unverified', 'wrong_key'] as const

interface AtGoogle {
  readonly is_acknowledged: boolean
  readonly acknowledgements: number
  readonly expires_at: string
  readonly orders: readonly { amount_won: number }[]
}

const atGoogle = (token: string) => sim<AtGoogle>(`play/purchases/${token}`)
const current = async (client: Client) => (await client.get('/subscription')).subscriptions[0]!

/** A year on Google Play, month by month, because Google tells of no month but the present one. */
export async function buyOnGooglePlay(): Promise<void> {
  const client = makeClient({ channel: 'android' })
  const sdk = await logInWithKakao()
  const { user } = await client.signIn('/auth/kakao', { code: sdk.code, redirect_uri: sdk.redirect_uri })
  const { store_account_token, methods } = await client.get('/subscription/plans')
  check(methods.join() === 'google_play', 'Google Play alone to be offered')

  step(`${user.nickname} on Google Play: a year ago by the store's clock`)
  await moveClock(store_account_token, new Date(Date.now() - 368 * DAY_MS))
  const { purchase_token } = await sim<{ purchase_token: string }>('play/buy', { product: MONTHLY, account_id: store_account_token })
  const body = { purchase_token, product_id: MONTHLY }
  check((await client.post('/payments/verify/google', { body })).subscription !== null, 'the phone to be believed')
  await until('the purchase to be acknowledged', async () => ((await atGoogle(purchase_token)).is_acknowledged ? true : undefined))
  const unknown = await refused(client.post('/payments/verify/google', { body: { ...body, purchase_token: `made-up-${user.id}` } }))
  for (const variant of FORGERIES) {
    const { answers } = await sim<{ answers: { status: number }[] }>('play/push', { token: purchase_token, type: 12, variant })
    check(answers[0]?.status === 401, `a push with ${variant} to be refused`)
  }
  say(`    bought, shown, acknowledged; a made-up token: ${unknown.code}; ${FORGERIES.length} forged pushes: 401`)

  step('A year goes by')
  for (let month = 1; month <= 11; month++) await liveMonth(client, store_account_token, purchase_token)
  await sim('play/card', { token: purchase_token, fails: true, grace_days: 7 })
  await moveClock(store_account_token, new Date())
  const late = await until('the grace', async () => {
    const subscription = await current(client)
    return subscription.state === 'grace' ? subscription : undefined
  })
  check(late.is_premium, 'to stay premium in grace')
  sayState(late)
  await sim('play/recover', { token: purchase_token })
  await compare(client, purchase_token)
  const paid = await current(client)
  check(paid.state === 'active' && paid.is_premium, 'to be premium today')
  sayState(paid)
  check((await refused(client.delete('/subscription'))).code === 'managed_by_store', 'the store to cancel itself')
  await sim('play/cancel', { token: purchase_token })
  const cancelled = await until('the cancellation', async () => {
    const subscription = await current(client)
    return subscription.state === 'cancelled' ? subscription : undefined
  })
  check(cancelled.is_premium, 'what was paid to last until its end')
  sayState(cancelled)
}

/** Up to just after the next payment. The Worker hears of it and asks Google. */
async function liveMonth(client: Client, account: string, token: string): Promise<void> {
  const due = Date.parse((await atGoogle(token)).expires_at)
  await moveClock(account, new Date(due + DAY_MS / 24))
  const { orders } = await atGoogle(token)
  await until('the month in the history', async () => (charged(await historyOf(client)).length === orders.length ? true : undefined))
}

/** The ledger against what the store has charged. */
async function compare(client: Client, token: string): Promise<void> {
  const { orders, acknowledgements } = await atGoogle(token)
  const history = await until('every payment of the store in the history', async () => {
    const found = await historyOf(client)
    return charged(found).length === orders.length ? found : undefined
  })
  const sum = orders.reduce((total, { amount_won }) => total + amount_won, 0)
  check(orders.length === 13 && sumOf(history) === sum, 'the same sum as in the store')
  check(acknowledgements === 1, 'to be acknowledged once')
  say(`    Google Play has charged ${orders.length} times, ${won(sum)}, and so says the history; acknowledged once`)
}
