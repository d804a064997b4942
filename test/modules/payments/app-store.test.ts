import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createApi, createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { accountTokenOf, appStore, deliverApple, moveVendorClock } from '../../support/store-events.ts'

const MONTHLY = 'com.withbowwow.premium.monthly'
const ANNUAL = 'com.withbowwow.premium.annual'
const DAY_MS = 86_400_000
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS)
const { db } = createTestDeps()

/** A person, and a purchase that they made some days ago under their account. The store's clock then goes on from there. */
async function buyer({ days = 0, ...input }: { days?: number; [option: string]: unknown } = {}) {
  const person = await signUp()
  const account_token = await accountTokenOf(person)
  if (days > 0) await moveVendorClock(account_token, daysAgo(days))
  const bought = await appStore('buy', { product: MONTHLY, account_token, ...input })
  return { person, account_token, bought, purchase: bought.purchase as string }
}
const subscriptionOf = async (person: Awaited<ReturnType<typeof signUp>>) => (await person.get('/subscription')).json
const verify = (person: ReturnType<typeof createApi>, signed_transaction: string, more: object = {}) =>
  person.post('/payments/verify/apple', { signed_transaction, ...more })

async function ledgerOf(purchase: string) {
  const { rows } = await db.execute<{ kind: string; amount_won: number }>(sql`
    SELECT payments.kind, payments.amount_won
    FROM payments
    JOIN subscriptions ON subscriptions.id = payments.subscription_id
    WHERE subscriptions.external_id = ${purchase}
    ORDER BY payments.at, payments.kind`)
  return rows.map(({ kind, amount_won }) => `${kind} ${amount_won}`)
}

describe('a purchase that a phone shows', () => {
  it('makes its person premium, as often as it is shown', async () => {
    const { person, bought } = await buyer()
    for (let times = 0; times < 3; times++) {
      const { status, json } = await verify(person, bought.signed_transaction)
      expect(status).toBe(200)
      expect(json).toMatchObject({ premium: true, method: 'ios_iap', environment: 'production', is_pending: false })
      expect(json.subscription).toMatchObject({ state: 'active', plan: 'monthly', is_premium: true, auto_renew: true, method: 'ios_iap' })
    }
    expect((await person.get('/users/me')).json).toMatchObject({ is_premium: true, premium_until: expect.any(String) })
    expect(await ledgerOf(bought.purchase)).toEqual(['charge 3900'])
  })

  it('of a year ago is no error: it is over', async () => {
    const { person, bought } = await buyer({ days: 400 })
    await appStore('cancel', { purchase: bought.purchase })
    const { status, json } = await verify(person, bought.signed_transaction)
    expect([status, json.premium, json.subscription.state]).toEqual([200, false, 'expired'])
  })

  it('that nobody signed, or that is for another app, is refused', async () => {
    const { person, bought } = await buyer()
    const [head, body, signature] = bought.signed_transaction.split('.')
    const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`
    for (const forged of [`${head}.${body}.${flipped}`, `${head}.${body}.`, 'not.a.jws']) {
      const { status, json } = await verify(person, forged)
      expect([status, json.code]).toEqual([422, 'purchase_not_genuine'])
    }
    for (const chain of ['wrong_leaf_oid', 'other_root', 'hs256', 'none']) {
      const { jws } = await appStore('sign', { claims: {}, chain }).catch(() => ({ jws: null }))
      if (jws) expect((await verify(person, jws)).status).toBe(422)
    }
  })

  it('belongs to whom the store names, and can be taken over once in 30 days', async () => {
    const { person: owner, bought } = await buyer()
    await verify(owner, bought.signed_transaction)
    const other = await signUp()
    const refused = await verify(other, bought.signed_transaction)
    expect([refused.status, refused.json.code]).toEqual([409, 'purchase_belongs_to_another_account'])
    expect((await other.get('/users/me')).json.is_premium).toBe(false)
    const moved = await Promise.all(Array.from({ length: 20 }, () => verify(other, bought.signed_transaction, { transfer: true })))
    expect(new Set(moved.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await other.get('/users/me')).json.is_premium).toBe(true)
    expect((await owner.get('/users/me')).json.is_premium).toBe(false)
    const back = await verify(owner, bought.signed_transaction, { transfer: true })
    expect([back.status, back.json.code]).toEqual([409, 'transfer_too_soon'])
    const { items } = (await owner.get('/notifications')).json
    expect(items.filter(({ type }: any) => type === 'purchase_moved')).toHaveLength(1)
    const later = { now: () => new Date(Date.now() + 31 * DAY_MS) }
    expect((await verify(owner.with(later), bought.signed_transaction, { transfer: true })).status).toBe(200)
  })

  it('of the sandbox makes nobody premium in production but testers, and never enters the ledger', async () => {
    const { person, bought } = await buyer({ environment: 'Sandbox' })
    const production = { countsSandbox: false }
    const shown = await verify(person.with(production), bought.signed_transaction)
    expect(shown.json).toMatchObject({ premium: false, environment: 'sandbox', subscription: { is_premium: false } })
    await db.execute(sql`UPDATE users SET role = 'tester' WHERE id = ${person.user.user_id}`)
    expect((await verify(person.with(production), bought.signed_transaction)).json.premium).toBe(true)
    expect(await ledgerOf(bought.purchase)).toEqual([])
  })

  it('of a family costs nothing, and ends when the member leaves the family', async () => {
    const person = await signUp()
    const bought = await appStore('buy', { product: MONTHLY, family: true })
    expect((await verify(person, bought.signed_transaction)).json.premium).toBe(true)
    const { notifications } = await appStore('revoke', { purchase: bought.purchase })
    await deliverApple(notifications)
    expect((await person.get('/users/me')).json.is_premium).toBe(false)
    expect(await ledgerOf(bought.purchase)).toEqual([])
  })
})

describe('a notification', () => {
  it.each(['before', 'after'] as const)('that comes %s the phone shows the purchase makes the same of it', async (when) => {
    const { person, bought, purchase } = await buyer()
    if (when === 'before') await deliverApple(bought.notifications)
    await verify(person, bought.signed_transaction)
    if (when === 'after') await deliverApple(bought.notifications)
    expect(await subscriptionOf(person)).toMatchObject({ premium: true, subscriptions: [{ state: 'active', auto_renew: true }] })
    expect(await ledgerOf(purchase)).toEqual(['charge 3900'])
  })

  it('about somebody unknown waits until they show the purchase', async () => {
    const person = await signUp()
    const bought = await appStore('buy', { product: MONTHLY })
    expect(await deliverApple(bought.notifications)).toEqual(['parked'])
    expect((await verify(person, bought.signed_transaction)).json.premium).toBe(true)
    const { rows } = await db.execute(sql`SELECT outcome FROM provider_events WHERE external_id = ${bought.purchase}`)
    expect(rows).toEqual([{ outcome: 'applied' }])
  })

  it('that comes twice is taken in once', async () => {
    const { bought } = await buyer()
    const api = createApi()
    const [{ signed_payload, notification_id }] = bought.notifications
    for (let times = 0; times < 2; times++)
      expect((await api.post('/payments/webhook/apple', { signedPayload: signed_payload })).status).toBe(200)
    const { rows } = await db.execute(sql`
      SELECT count(*)::int AS count FROM outbox WHERE type = 'payments.take_event' AND payload ->> 'event_id' = ${notification_id}`)
    expect(rows).toEqual([{ count: 1 }])
  })

  it('that nobody signed is refused, and nothing is kept', async () => {
    const { bought } = await buyer()
    const [{ signed_payload, notification_id }] = bought.notifications
    const forged = `${signed_payload.slice(0, -4)}AAAA`
    const { status, json } = await createApi().post('/payments/webhook/apple', { signedPayload: forged })
    expect([status, json.code]).toEqual([401, 'event_not_genuine'])
    const { rows } = await db.execute(sql`SELECT 1 FROM provider_events WHERE event_id = ${notification_id}`)
    expect(rows).toEqual([])
  })

  it('of a late charge keeps access in grace, none while the store only tries, and the days of grace stay premium after it came', async () => {
    const { person, account_token, bought, purchase } = await buyer({ days: 70, grace_days: 16 })
    await verify(person, bought.signed_transaction)
    await appStore('fail', { purchase, when: 'due' })
    await deliverApple(await moveVendorClock(account_token, daysAgo(36)))
    const at = (days: number) => ({ now: () => daysAgo(days) })
    const stateAt = async (days: number) => {
      const { rows } = await db.execute<{ state: string; is_premium: boolean }>(sql`
        SELECT subscription_state(subscriptions, ${at(days).now().toISOString()}) AS state, is_premium(user_id, ${at(days).now().toISOString()}) AS is_premium
        FROM subscriptions WHERE external_id = ${purchase}`)
      return rows[0]
    }
    expect(await stateAt(38)).toEqual({ state: 'grace', is_premium: true })
    const { notifications } = await appStore('recover', { purchase })
    await deliverApple(notifications)
    expect(await stateAt(38)).toMatchObject({ is_premium: true })
    expect(await stateAt(30)).toEqual({ state: 'active', is_premium: true })
    expect(await ledgerOf(purchase)).toEqual(['charge 3900', 'charge 3900'])
  })

  it('of a refund takes away its own period alone', async () => {
    const { person, account_token, bought, purchase } = await buyer({ days: 40 })
    await verify(person, bought.signed_transaction)
    const [renewed] = await moveVendorClock(account_token, Date.now())
    await deliverApple([renewed])
    await deliverApple((await appStore('refund', { transaction: bought.transaction_id })).notifications)
    expect((await subscriptionOf(person)).subscriptions[0]).toMatchObject({ state: 'active', is_premium: true })
    const { notifications } = await appStore('refund', { transaction: renewed.transaction_id })
    await deliverApple(notifications)
    expect((await subscriptionOf(person)).subscriptions[0]).toMatchObject({ state: 'revoked', is_premium: false })
    expect((await ledgerOf(purchase)).toSorted()).toEqual(['charge 3900', 'charge 3900', 'refund -3900', 'refund -3900'])
    await deliverApple((await appStore('reverse', { transaction: renewed.transaction_id })).notifications)
    expect((await subscriptionOf(person)).subscriptions[0]).toMatchObject({ state: 'active', is_premium: true })
    expect(await ledgerOf(purchase)).toContain('reversal 3900')
  })

  it('of an upgrade cuts the old period, and the new plan goes on', async () => {
    const { person, account_token, bought, purchase } = await buyer({ days: 10 })
    await verify(person, bought.signed_transaction)
    await moveVendorClock(account_token, Date.now())
    await deliverApple((await appStore('upgrade', { purchase, product: ANNUAL })).notifications)
    const [subscription] = (await subscriptionOf(person)).subscriptions
    expect(subscription).toMatchObject({ state: 'active', plan: 'annual' })
    const days = (Date.parse(subscription.ends_at) - Date.now()) / DAY_MS
    expect([days > 363, days < 368]).toEqual([true, true])
  })

  it('of a trial asks for the consent that Korea wants, and ends it without', async () => {
    const { person, account_token, bought, purchase } = await buyer({ days: 6, offer: 'free_trial' })
    await deliverApple(bought.notifications)
    expect((await subscriptionOf(person)).subscriptions[0]).toMatchObject({
      state: 'trialing',
      consent_required: { kind: null, until: expect.any(String) },
    })
    await deliverApple(await moveVendorClock(account_token, Date.now() + 2 * DAY_MS))
    const { rows } = await db.execute<{ state: string }>(sql`
      SELECT subscription_state(subscriptions, ${new Date(Date.now() + 2 * DAY_MS).toISOString()}) AS state FROM subscriptions WHERE external_id = ${purchase}`)
    expect(rows).toEqual([{ state: 'expired' }])
    expect(await ledgerOf(purchase)).toEqual([])
  })
})

it('a year passes: twelve renewals, each in the ledger once, also when they come in another order and twice', async () => {
  const { person, account_token, bought, purchase } = await buyer({ days: 366 })
  const happened = await moveVendorClock(account_token, Date.now())
  expect(happened.length).toBeGreaterThanOrEqual(12)
  const mixed = [...bought.notifications, ...happened].toReversed()
  await deliverApple([...mixed, ...mixed.slice(0, 3)])
  expect(await subscriptionOf(person)).toMatchObject({ premium: true, subscriptions: [{ state: 'active' }] })
  expect(await ledgerOf(purchase)).toEqual(Array.from({ length: 13 }, () => 'charge 3900'))
}, 120_000)

it('a good that is bought once is theirs, is lost with its refund, and comes back with the refund taken back', async () => {
  const person = await signUp()
  const account_token = await accountTokenOf(person)
  const bought = await appStore('buy', { product: 'com.withbowwow.theme.dark', account_token })
  const { json } = await verify(person, bought.signed_transaction)
  expect(json).toMatchObject({ premium: false, subscription: null, item: { product_id: 'com.withbowwow.theme.dark', revoked_at: null } })
  const held = async () => (await person.get('/users/me/items')).json.items.map(({ product_id }: any) => product_id)
  expect(await held()).toEqual(['com.withbowwow.theme.dark'])
  await deliverApple((await appStore('refund', { transaction: bought.transaction_id })).notifications)
  expect(await held()).toEqual([])
  await deliverApple((await appStore('reverse', { transaction: bought.transaction_id })).notifications)
  expect(await held()).toEqual(['com.withbowwow.theme.dark'])
})
