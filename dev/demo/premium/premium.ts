import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../../../client/src/index.ts'
import { makeWalk } from '../../tracks.ts'
import { buyInAppStore } from './app-store.ts'
import { buyOnGooglePlay } from './google-play.ts'
import { check, logInWithKakao, makeClient, refused, say, type Session, step } from '../stage.ts'
import { charged, sayHistory, sayState, won } from './statements.ts'
import { cardThatEnds, sim, takenByToss, until } from '../vendors.ts'
import { walk, walkedJustNow } from '../walking.ts'

const CHANNELS = ['web', 'ios', 'ios_kr_external', 'android'] as const
const DARK = 'com.withbowwow.theme.dark'

/** Three owners buy premium: with a card, in the App Store, and on Google Play. */
export async function playPremium(): Promise<void> {
  await payWithCard()
  await buyInAppStore()
  await buyOnGooglePlay()
  say('\nEverybody was charged as often as they had agreed to.')
}

async function payWithCard(): Promise<void> {
  const session: Session = { tokens: null }
  const client = makeClient({ session, channel: 'web' })
  const sdk = await logInWithKakao()
  const { user } = await client.signIn('/auth/kakao', { code: sdk.code, redirect_uri: sdk.redirect_uri })
  const customer_key = await seePlans(session, user.nickname)
  const theme = await buyTheme(client, customer_key)
  await tryPremium(client, customer_key)
  const year = await subscribeForYear(client, customer_key)
  await takeBack(client, { theme, year })
  step(`What ${user.nickname} paid with Toss`)
  await sayHistory(client)
  const { approved, balance } = await takenByToss(customer_key)
  check(approved === 2 && balance === 2_000, 'two payments at Toss, and only the theme to be left of them')
  say(`    Toss has charged ${approved} times, and kept ${won(balance)}`)
}

async function seePlans(session: Session, nickname: string): Promise<string> {
  step(`Plans, as the builds of the app show them to ${nickname}`)
  for (const channel of CHANNELS) {
    const { methods, customer_key } = await makeClient({ session, channel }).get('/subscription/plans')
    check(methods.includes('toss') === (customer_key !== null), 'a customer key where Toss is offered, and nowhere else')
    say(`    ${channel.padEnd(16)} ${methods.join(', ')}`)
  }
  const { plans, trial_eligible, customer_key } = await makeClient({ session, channel: 'web' }).get('/subscription/plans')
  check(trial_eligible && plans.length === 2, 'two plans, and a trial for somebody new')
  for (const { name, price_won, trial_days } of plans) say(`    ${name} ${won(price_won)}, ${trial_days} days for nothing first`)
  return customer_key!
}

/** Pays once. The answer of Toss is lost, and its notice tells what became of it. */
async function buyTheme(client: Client, customer_key: string): Promise<string> {
  step('A theme, bought once')
  const pet = await client.post('/pets', { body: { name: '초코', species: 'dog' } })
  const track = walkedJustNow(makeWalk(Math.floor(Math.random() * 2 ** 31), { length_m: 800, is_hard: false }).track)
  const { id } = (await walk(client, pet.id, track)).walk
  const draw = () => client.post('/walks/{id}/share-card', { path: { id }, body: { theme: 'dark' } })
  say(`    the dark card without it: ${(await refused(draw())).code}`)

  const order = await client.post('/payments/orders', { body: { product: DARK } })
  const { order_id, amount_won } = order
  const cheaper = { payment_key: 'made-up', order_id, amount: 1 }
  say(`    ${order.name} for 1원: ${(await refused(client.post('/payments/confirm', { body: cheaper }))).code}`)
  const window = { order_id, amount: amount_won, order_name: order.name, customer_key, number: cardThatEnds('0007') }
  const paid = await sim<{ payment_key: string; order_id: string; amount: number }>('toss/pay', window)
  const pending = await client.post('/payments/confirm', { body: paid })
  check(pending.state === 'pending', 'the order to wait for what Toss has made of it')
  say(`    paid in the window; the line is cut while it is confirmed: the order is ${pending.state}`)
  await sim('toss/webhook', { payment_key: paid.payment_key })
  const settled = await until('the order to be settled', async () => {
    const now = await client.get('/payments/orders/{id}', { path: { id: order_id } })
    return now.state === 'pending' ? undefined : now
  })
  check(settled.state === 'paid', 'the order to be paid')
  check((await client.post('/payments/confirm', { body: paid })).state === 'paid', 'a second confirm to answer the same')
  check((await takenByToss(customer_key)).approved === 1, 'Toss to have charged once')
  say('    Toss sends its notice: paid, and charged once however often it is confirmed')

  const { items } = await client.get('/users/me/items')
  check(items.length === 1 && items[0]?.product_id === DARK, 'the theme among what they own')
  // What is done in the second of the payment may have been done before it, so it is no use of it.
  await sleep(1_000)
  check((await fetch((await draw()).url)).ok, 'the dark card to be there')
  say('    the dark card is drawn')
  return order_id
}

/** The card window of Toss, as the app opens it. */
export const registerCard = (customer_key: string, outcome: string) =>
  sim<{ auth_key: string; customer_key: string }>('toss/card', { customer_key, number: cardThatEnds(outcome) })

async function tryPremium(client: Client, customer_key: string): Promise<void> {
  step('A card, and a trial')
  const begun = await client.post('/payments/billing/issue', { body: { ...(await registerCard(customer_key, '0000')), plan: 'monthly' } })
  check(begun.state === 'trialing' && begun.is_premium && begun.next_charge === null, 'a trial after which nothing is charged by itself')
  const asked = begun.consent_required
  check(asked?.kind === 'trial_conversion', 'to be asked before the trial becomes paid')
  sayState(begun)
  say(`    card ${begun.card?.number}; ${won(asked!.price_after!)} from ${begun.trial_ends_at?.slice(0, 10)} needs a consent of its own`)
  const body = { kind: asked!.kind!, agreed: true, price_won: asked!.price_after! }
  const agreed = await client.post('/subscription/consents', { body })
  check(agreed.next_charge?.price_won === 3_900, 'the charge that was agreed to')
  say(`    agreed: ${won(agreed.next_charge!.price_won)} on ${agreed.next_charge!.at.slice(0, 10)}`)

  const cancelled = await client.delete('/subscription')
  check(cancelled.state === 'cancelled' && cancelled.ends_at === begun.trial_ends_at, 'the trial to last until its end')
  say(`    cancelled in one call, premium until ${cancelled.ends_at?.slice(0, 10)}`)
  check((await takenByToss(customer_key)).approved === 1, 'nothing to be charged for the trial')
}

async function subscribeForYear(client: Client, customer_key: string): Promise<string> {
  step('A year, with a card that has no money')
  // Toss tells whole seconds. The dark card must not seem to be drawn after the year was paid.
  await sleep(1_000)
  const { trial_eligible } = await client.get('/subscription/plans')
  check(!trial_eligible, 'the trial to be used up')
  const issue = async (outcome: string, anyway: boolean) =>
    client.post('/payments/billing/issue', { body: { ...(await registerCard(customer_key, outcome)), plan: 'annual', anyway } })
  say(`    beside the trial: ${(await refused(issue('0000', false))).code}, unless they want it anyway`)
  const declined = await refused(issue('0005', true))
  check(declined.code === 'payment_declined', 'the card to be declined')
  say(`    ${declined.detail} (${declined.code})`)
  const year = await issue('0000', true)
  check(year.state === 'active' && year.plan === 'annual', 'the other card to be charged at once')
  say('    with another card:')
  sayState(year)
  const replaced = await client.post('/subscription/payment-method', { body: await registerCard(customer_key, '0000') })
  check(replaced.id === year.id && replaced.card?.number !== year.card?.number, 'the same subscription with a new card')
  say(`    a new card, ${replaced.card?.number}: nothing is charged for that`)
  check((await takenByToss(customer_key)).approved === 2, 'the year to be charged once')
  const { items } = await client.get('/payments/history')
  return items.find(({ amount_won }) => amount_won === 31_200)!.order_id
}

async function takeBack(client: Client, { theme, year }: { theme: string; year: string }): Promise<void> {
  step('Refunds')
  const used = await refused(client.post('/payments/refunds', { body: { order_id: theme } }))
  say(`    of the theme, which was used: ${used.code}`)
  const { amount_won } = await client.post('/payments/refunds', { body: { order_id: year } })
  check(amount_won === 31_200, 'all of an unused year to be given back')
  await until('the money to be given back', async () => {
    const [newest] = charged((await client.get('/payments/history')).items, 'refund')
    return newest
  })
  say(`    of the year, which was not: ${won(amount_won)}`)
  const { subscriptions } = await client.get('/subscription')
  check(
    subscriptions.every(({ state }) => state !== 'active'),
    'the year to be over',
  )
  for (const subscription of subscriptions) sayState(subscription)
}
