import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../../src/core/hash.ts'
import { JOB } from '../../../src/jobs/types.ts'
import { purgeUsers } from '../../../src/modules/users/jobs.ts'
import { type Api, createTestDeps } from '../../support/api.ts'
import { cloud } from '../../support/cloud.ts'
import { signUp } from '../../support/login.ts'
import { MONTHLY, play, seePurchase } from '../../support/play.ts'
import { accountTokenOf, appStore, deliverApple, deliverGoogle, moveVendorClock, runJobs } from '../../support/store-events.ts'
import { storeRows } from '../../support/store-rows.ts'
import { runTask } from '../../support/tasks.ts'

const DAY_MS = 86_400_000
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS)
const { db } = createTestDeps()

const buyAtApple = (input: object = {}) => appStore('buy', { product: MONTHLY, ...input })
const buyAtGoogle = (input: object = {}) => play('buy', { product: MONTHLY, send: false, ...input })
const showApple = (person: Pick<Api, 'post'>, signed_transaction: string, more: object = {}) =>
  person.post('/payments/verify/apple', { signed_transaction, ...more })
const showGoogle = (person: Pick<Api, 'post'>, purchase_token: string, more: object = {}) =>
  person.post('/payments/verify/google', { purchase_token, product_id: MONTHLY, ...more })
const tripsOf = (headers: Headers) => Number(/db;desc="(\d+)"/.exec(headers.get('Server-Timing') ?? '')?.[1])
const isPremium = async (person: Pick<Api, 'get'>): Promise<boolean> => (await person.get('/users/me')).json.is_premium

/** A store's message and the phone's call, in three ways, with and without an account named to the store. */
const STORES = {
  'the App Store': async (isNamed: boolean) => {
    const person = await signUp()
    const bought = await buyAtApple(isNamed ? { account_token: await accountTokenOf(person) } : {})
    return {
      external_id: bought.purchase as string,
      tell: () => deliverApple(bought.notifications),
      show: () => showApple(person, bought.signed_transaction),
      finish: async () => {},
    }
  },
  'Google Play': async (isNamed: boolean) => {
    const person = await signUp()
    const bought = await buyAtGoogle(isNamed ? { account_id: await accountTokenOf(person) } : {})
    const token_hash = await sha256Hex(bought.purchase_token)
    return {
      external_id: token_hash,
      tell: () => deliverGoogle(bought.notices),
      show: () => showGoogle(person, bought.purchase_token),
      finish: async () => {
        await runJobs(createTestDeps(), JOB.acknowledge, { token_hash })
        expect(await seePurchase(bought.purchase_token)).toMatchObject({ is_acknowledged: true })
      },
    }
  },
}

describe.each(Object.entries(STORES))('at %s', (_, buy) => {
  it.each([true, false])(
    'the message comes to the same before, during and after the phone shows the purchase (account named: %s)',
    async (isNamed) => {
      const made = []
      for (const when of ['before', 'during', 'after'] as const) {
        const { external_id, tell, show, finish } = await buy(isNamed)
        if (when === 'before') await tell()
        const [shown] = await Promise.all([show(), ...(when === 'during' ? [tell()] : [])])
        if (when === 'after') await tell()
        expect([shown.status, shown.json.premium]).toEqual([200, true])
        await finish()
        const { outcomes, periods, ...rows } = await storeRows(external_id)
        // Of a claim and a message at the same instant neither may see the other.
        expect(outcomes.filter((outcome) => !['applied', 'stale', ...(when === 'during' ? ['parked'] : [])].includes(outcome))).toEqual([])
        expect(outcomes).toHaveLength(1)
        made.push({ periods: periods.length, ...rows })
      }
      expect(made[0]).toEqual({
        periods: 1,
        ledger: ['charge 3900'],
        subscription: { state: 'active', auto_renew: true, is_revoked: false },
      })
      expect(made.slice(1)).toEqual([made[0], made[0]])
    },
  )
})

it('restoring thirteen periods three times takes one trip each, and adds nothing', async () => {
  const person = await signUp()
  const account_token = await accountTokenOf(person)
  await moveVendorClock(account_token, daysAgo(370))
  const { purchase } = await buyAtApple({ account_token })
  await moveVendorClock(account_token, Date.now())
  const { held } = await (await fetch(`${cloud.simulatorsUrl}/_sim/app-store/purchases/${purchase}`)).json<any>()
  expect(held).toHaveLength(13)
  const seen = []
  for (let times = 0; times < 3; times++) {
    for (const { signed_transaction } of held) {
      const { status, headers, json } = await showApple(person, signed_transaction)
      expect([status, tripsOf(headers)]).toEqual([200, 1])
      expect(json.environment).toBe('production')
    }
    seen.push(await storeRows(purchase))
  }
  expect(seen[0]).toMatchObject({
    ledger: Array.from({ length: 13 }, () => 'charge 3900'),
    subscription: { state: 'active' },
    outcomes: [],
  })
  expect(seen[0]!.periods).toHaveLength(13)
  expect(seen.slice(1)).toEqual([seen[0], seen[0]])
  expect(await isPremium(person)).toBe(true)
  expect((await person.get('/notifications')).json.items).toEqual([])
})

it('a subscription on Google Play that is over is shown as over, and nothing waits for money', async () => {
  const person = await signUp()
  const account_id = await accountTokenOf(person)
  await moveVendorClock(account_id, daysAgo(40))
  const { purchase_token } = await buyAtGoogle({ account_id })
  await play('cancel', { token: purchase_token, send: false })
  await moveVendorClock(account_id, Date.now())
  const { status, json } = await showGoogle(person, purchase_token)
  expect([status, json.premium, json.is_pending, json.subscription.state]).toEqual([200, false, false, 'expired'])
})

it.each(['App Store', 'Google Play'])('of twenty accounts that take a purchase of the %s over at once, one gets it', async (store) => {
  const owner = await signUp()
  const account = await accountTokenOf(owner)
  const isApple = store === 'App Store'
  const bought = isApple ? await buyAtApple({ account_token: account }) : await buyAtGoogle({ account_id: account })
  const show = (person: Pick<Api, 'post'>, more: object = {}) =>
    isApple ? showApple(person, bought.signed_transaction, more) : showGoogle(person, bought.purchase_token, more)
  await show(owner)
  const others = await Promise.all(Array.from({ length: 20 }, () => signUp()))
  const answers = await Promise.all(others.map((other) => show(other, { transfer: true })))
  const said = answers.map(({ status, json }) => `${status} ${json.code ?? json.premium}`).toSorted()
  expect(said).toEqual(['200 true', ...Array.from({ length: 19 }, () => '409 transfer_too_soon')])
  const holders = await Promise.all([owner, ...others].map(isPremium))
  expect(holders.filter(Boolean)).toHaveLength(1)
  expect(holders[0]).toBe(false)
  const { items } = (await owner.get('/notifications')).json
  expect(items.filter(({ type }: { type: string }) => type === 'purchase_moved')).toHaveLength(1)
})

it.each([MONTHLY, 'com.withbowwow.theme.dark'])(
  'a purchase of %s that its account has never shown can be taken over, and the account is told',
  async (product) => {
    const owner = await signUp()
    const bought = await buyAtApple({ product, account_token: await accountTokenOf(owner) })
    const other = await signUp()
    expect((await showApple(other, bought.signed_transaction)).status).toBe(409)
    const fresh = await buyAtApple({ product, account_token: await accountTokenOf(owner) })
    expect((await showApple(other, fresh.signed_transaction, { transfer: true })).status).toBe(200)
    const { items } = (await owner.get('/notifications')).json
    expect(items.filter(({ type }: { type: string }) => type === 'purchase_moved')).toHaveLength(1)
  },
)

it('two stores at once are both paid, and the refund of one leaves premium by the other', async () => {
  const person = await signUp()
  const account = await accountTokenOf(person)
  const apple = await buyAtApple({ account_token: account })
  const google = await buyAtGoogle({ account_id: account })
  await showApple(person, apple.signed_transaction)
  expect((await person.get('/subscription')).json).toMatchObject({ premium: true, also_active: false })
  await showGoogle(person, google.purchase_token)
  expect((await person.get('/subscription')).json).toMatchObject({ premium: true, also_active: true })
  await deliverApple((await appStore('refund', { transaction: apple.transaction_id })).notifications)
  const { json } = await person.get('/subscription')
  expect(json).toMatchObject({ premium: true, also_active: false })
  expect(json.subscriptions.map(({ method, state }: any) => `${method} ${state}`).toSorted()).toEqual([
    'google_play active',
    'ios_iap revoked',
  ])
  await deliverGoogle((await play('revoke', { token: google.purchase_token, send: false })).notices)
  expect(await isPremium(person)).toBe(false)
})

it('money that goes back after a purchase has moved goes back to whoever paid it', async () => {
  const owner = await signUp()
  const bought = await buyAtApple({ account_token: await accountTokenOf(owner) })
  await showApple(owner, bought.signed_transaction)
  const other = await signUp()
  await showApple(other, bought.signed_transaction, { transfer: true })
  await deliverApple((await appStore('refund', { transaction: bought.transaction_id })).notifications)
  const { rows } = await db.execute(sql`SELECT kind, user_id FROM payments WHERE transaction_id = ${bought.transaction_id} ORDER BY kind`)
  expect(rows).toEqual([
    { kind: 'charge', user_id: owner.user.user_id },
    { kind: 'refund', user_id: owner.user.user_id },
  ])
})

it('a good on Google Play that was told of before anybody showed it is parked no longer', async () => {
  const bought = await play('buy-product', { product: 'com.withbowwow.theme.dark', send: false })
  const token = bought.purchase_token as string
  expect(await deliverGoogle(bought.notices)).toEqual(['parked'])
  const person = await signUp()
  const { status } = await person.post('/payments/verify/google', { purchase_token: token, product_id: 'com.withbowwow.theme.dark' })
  expect(status).toBe(200)
  expect((await storeRows(await sha256Hex(token))).outcomes).toEqual(['applied'])
})

/** Long before any other test's accounts were deleted. */
const LEFT_AT = new Date('2015-06-01T00:00:00Z')
const silentQueue = { sendBatch: async () => {} } as unknown as Queue

it('when the account of a buyer is purged the ledger stays without it, and another account can claim the purchase from then on alone', async () => {
  const person = await signUp()
  const account_token = await accountTokenOf(person)
  await moveVendorClock(account_token, daysAgo(45))
  const { purchase } = await buyAtApple({ account_token })
  await moveVendorClock(account_token, Date.now())
  const see = async () => (await fetch(`${cloud.simulatorsUrl}/_sim/app-store/purchases/${purchase}`)).json<any>()
  const { held } = await see()
  for (const { signed_transaction } of held) await showApple(person, signed_transaction)
  await person.with({ now: () => LEFT_AT }).delete('/users/me')
  await runTask(purgeUsers, new Date(LEFT_AT.getTime() + 31 * DAY_MS), createTestDeps({ jobs: silentQueue }))

  const ledger = async () =>
    (
      await db.execute(sql`
      SELECT payments.kind, payments.user_id, payments.person_ref
      FROM payments JOIN subscriptions ON subscriptions.id = payments.subscription_id
      WHERE subscriptions.external_id = ${purchase} ORDER BY payments.at, payments.kind`)
    ).rows
  const former = { user_id: null, person_ref: account_token }
  expect(await ledger()).toEqual([
    { kind: 'charge', ...former },
    { kind: 'charge', ...former },
  ])
  expect((await storeRows(purchase)).periods).toEqual([])

  const other = await signUp()
  const claimedAt = Date.now()
  for (const { signed_transaction } of held) expect((await showApple(other, signed_transaction)).status).toBe(200)
  expect(await isPremium(other)).toBe(true)
  const { rows } = await db.execute<{ starts_at: string }>(
    sql`SELECT to_json(starts_at) AS starts_at FROM premium_periods WHERE user_id = ${other.user.user_id}`,
  )
  expect(rows).toHaveLength(1)
  expect(Date.parse(rows[0]!.starts_at)).toBeGreaterThanOrEqual(claimedAt - 1_000)
  expect((await other.get('/payments/history')).json.items).toEqual([])
  await deliverApple((await appStore('refund', { transaction: held[0].transaction_id })).notifications)
  expect(await ledger()).toEqual([
    { kind: 'charge', ...former },
    { kind: 'charge', ...former },
    { kind: 'refund', ...former },
  ])
  expect((await other.get('/payments/history')).json.items).toEqual([])
  expect(await isPremium(other)).toBe(true)
})
