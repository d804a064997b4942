import { sql } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../../src/core/hash.ts'
import { createApi, createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { MONTHLY, play } from '../../support/play.ts'
import { accountTokenOf, appStore, deliverGoogle, takeIn } from '../../support/store-events.ts'
import { storeRows } from '../../support/store-rows.ts'
import { sim } from '../../dev/control.ts'
import { REFUSED, REFUSED_BY_US } from '../../vendors/app-store-vectors.ts'

const GOOD = ['good', 'good_other', 'good_p256_intermediate'] as const
/** Certificates that were valid when this was signed, as it says itself. */
const BACKDATED = ['backdated_leaf', 'backdated_intermediate'] as const
const FORGED = [...REFUSED, ...REFUSED_BY_US]
const FAR = Date.UTC(2099, 0, 1)

const { db } = createTestDeps()
const sign = async (claims: object, chain: string): Promise<string> => (await appStore('sign', { claims, chain })).jws

/** A purchase that Apple knows, and what it signs about it. */
async function genuine() {
  const person = await signUp()
  const bought = await appStore('buy', { product: MONTHLY, account_token: await accountTokenOf(person) })
  const [{ signed_payload }] = bought.notifications
  const notification = decodeJwt(signed_payload) as { data: Record<string, unknown> }
  return { person, bought, claims: decodeJwt(bought.signed_transaction), renewal: decodeJwt(bought.signed_renewal), notification }
}
const show = (person: { post: ReturnType<typeof createApi>['post'] }, signed_transaction: string) =>
  person.post('/payments/verify/apple', { signed_transaction })
const deliver = async (payload: string) => (await createApi().post('/payments/webhook/apple', { signedPayload: payload })).status
const endsOf = async (external_id: string) =>
  (await db.execute<{ ends: string }>(sql`SELECT to_json(ends_at) AS ends FROM subscriptions WHERE external_id = ${external_id}`)).rows.map(
    ({ ends }) => Date.parse(ends),
  )

describe('of the twenty-eight ways to sign', () => {
  it.each(GOOD)('%s is taken', async (chain) => {
    const { person, bought, claims, notification } = await genuine()
    expect((await show(person, await sign(claims, chain))).status).toBe(200)
    const notificationUUID = crypto.randomUUID()
    expect(await deliver(await sign({ ...notification, notificationUUID }, chain))).toBe(200)
    expect(await takeIn('ios_iap', notificationUUID)).toBe('applied')
    expect((await storeRows(bought.purchase)).ledger).toEqual(['charge 3900'])
  })

  it.each(FORGED)('%s is refused: shown, as a notification, and within one', async (chain) => {
    const { person, bought, claims, renewal, notification } = await genuine()
    const shown = await show(person, await sign(claims, chain))
    expect([shown.status, shown.json.code]).toEqual([422, 'purchase_not_genuine'])
    const notificationUUID = crypto.randomUUID()
    expect(await deliver(await sign({ ...notification, notificationUUID }, chain))).toBe(401)
    const forgedInside = { ...notification.data, signedTransactionInfo: await sign(claims, chain) }
    expect(await deliver(await sign({ ...notification, notificationUUID, data: forgedInside }, 'good'))).toBe(401)
    const forgedRenewal = { ...notification.data, signedRenewalInfo: await sign(renewal, chain) }
    expect(await deliver(await sign({ ...notification, notificationUUID, data: forgedRenewal }, 'good'))).toBe(401)
    expect(await storeRows(bought.purchase)).toEqual({ periods: [], ledger: [], subscription: undefined, outcomes: [] })
  })

  it.each(BACKDATED)('%s counts for nothing: Apple is asked, and what Apple says is taken', async (chain) => {
    const { person, bought, claims, notification } = await genuine()
    const forged = await sign({ ...claims, expiresDate: FAR }, chain)
    const asked = async () => (await sim(`/requests?host=api.storekit.apple.com&key=${bought.transaction_id}`)).json.requests.length
    expect((await show(person, forged)).status).toBe(200)
    expect(await endsOf(bought.purchase)).toEqual([claims['expiresDate']])
    expect(await asked()).toBeGreaterThan(0)
    const unknown = await sign({ ...claims, transactionId: '2999999999999999', originalTransactionId: '2999999999999999' }, chain)
    expect((await show(person, unknown)).status).toBe(422)

    const other = await genuine()
    const notificationUUID = crypto.randomUUID()
    const inside = { ...other.notification.data, signedTransactionInfo: await sign({ ...other.claims, expiresDate: FAR }, chain) }
    expect(await deliver(await sign({ ...other.notification, notificationUUID, data: inside }, 'good'))).toBe(200)
    expect(await takeIn('ios_iap', notificationUUID)).toBe('applied')
    expect(await endsOf(other.bought.purchase)).toEqual([other.claims['expiresDate']])
    const madeUp = crypto.randomUUID()
    const nobody = { signedTransactionInfo: unknown, bundleId: notification.data['bundleId'], environment: 'Production' }
    const about = { ...notification, notificationUUID: madeUp, data: { ...notification.data, ...nobody, signedRenewalInfo: undefined } }
    expect(await deliver(await sign(about, 'good'))).toBe(200)
    expect(await takeIn('ios_iap', madeUp)).toBe('ignored')
  })
})

it.each(BACKDATED)('grace without end that is signed with %s, for a purchase of long ago, gives nothing', async (chain) => {
  const { person, claims, renewal, notification } = await genuine()
  const transactionId = `2${Date.now()}${Math.floor(Math.random() * 1_000)}`
  const ids = { transactionId, originalTransactionId: transactionId }
  const old = { ...claims, ...ids, purchaseDate: Date.UTC(2016, 4, 15), expiresDate: Date.UTC(2016, 5, 15) }
  const endless = { ...renewal, ...ids, isInBillingRetryPeriod: true, gracePeriodExpiresDate: FAR }
  const data = { signedTransactionInfo: await sign(old, 'good'), signedRenewalInfo: await sign(endless, chain) }
  const notificationUUID = crypto.randomUUID()
  expect(await deliver(await sign({ ...notification, notificationUUID, data: { ...notification.data, ...data } }, 'good'))).toBe(200)
  expect(await takeIn('ios_iap', notificationUUID)).toBe('ignored')
  expect((await person.get('/users/me')).json.is_premium).toBe(false)
})

it.each([{ bundleId: 'com.somebody.else' }, { environment: 'Xcode' }, { environment: 'LocalTesting' }])(
  'what Apple signed with %j is not for us',
  async (other) => {
    const { person, claims, notification } = await genuine()
    expect((await show(person, await sign({ ...claims, ...other }, 'good'))).status).toBe(422)
    const notificationUUID = crypto.randomUUID()
    expect(await deliver(await sign({ ...notification, notificationUUID, data: { ...notification.data, ...other } }, 'good'))).toBe(401)
    const inside = { ...notification.data, signedTransactionInfo: await sign({ ...claims, ...other }, 'good') }
    expect(await deliver(await sign({ ...notification, notificationUUID, data: inside }, 'good'))).toBe(401)
  },
)

it('a notification whose parts are of two subscriptions is refused', async () => {
  const [one, other] = [await genuine(), await genuine()]
  const notificationUUID = crypto.randomUUID()
  const mixed = { ...one.notification.data, signedRenewalInfo: other.notification.data['signedRenewalInfo'] }
  expect(await deliver(await sign({ ...one.notification, notificationUUID, data: mixed }, 'good'))).toBe(401)
})

it('goods and subscriptions that are not ours are refused, and a notification about them is ignored', async () => {
  const { person, claims, notification } = await genuine()
  const others = [
    { productId: 'com.withbowwow.theme.nothing', type: 'Non-Consumable', expiresDate: undefined },
    { productId: 'com.somebody.else.premium' },
    { productId: '' },
  ]
  for (const other of others) {
    const transactionId = `2${Date.now()}${Math.floor(Math.random() * 1_000)}`
    const foreign = await sign({ ...claims, transactionId, originalTransactionId: transactionId, ...other }, 'good')
    expect([other.productId, (await show(person, foreign)).status]).toEqual([other.productId, 422])
    if (other.productId === '') continue
    const notificationUUID = crypto.randomUUID()
    const data = { ...notification.data, signedTransactionInfo: foreign, signedRenewalInfo: undefined }
    expect(await deliver(await sign({ ...notification, notificationUUID, data }, 'good'))).toBe(200)
    expect(await takeIn('ios_iap', notificationUUID)).toBe('ignored')
  }
})

const askedGoogle = async (key: string) =>
  (await sim(`/requests?host=androidpublisher.googleapis.com&key=${encodeURIComponent(key)}`)).json.requests as { path: string }[]

describe('a message of Pub/Sub', () => {
  it('about another app is kept, and Google is not asked', async () => {
    const token = `other-app-${crypto.randomUUID()}`
    const notice = await play('push', { token, type: 2, package_name: 'com.somebody.else', send: false })
    expect(await deliverGoogle([notice])).toEqual(['ignored'])
    expect(await askedGoogle(token)).toEqual([])
  })

  it('about a made-up token makes Google be asked once, and nothing more', async () => {
    // An access token that Google does not take any more would be renewed, and the first call sent twice.
    await deliverGoogle([await play('push', { token: `made-up-${crypto.randomUUID()}`, type: 4, send: false })])
    const tokens = Array.from({ length: 50 }, () => `made-up-${crypto.randomUUID()}`)
    const notices = await Promise.all(tokens.map((token) => play('push', { token, type: 4, send: false })))
    expect(new Set(await deliverGoogle(notices))).toEqual(new Set(['ignored']))
    expect(new Set(await deliverGoogle(notices))).toEqual(new Set(['ignored']))
    const asked = await Promise.all(tokens.map(askedGoogle))
    expect(asked.map(({ length }) => length)).toEqual(tokens.map(() => 1))
    const hashes = await Promise.all(tokens.map(sha256Hex))
    const { rows } = await db.execute(
      sql`SELECT 1 FROM store_tokens WHERE token_hash IN (SELECT jsonb_array_elements_text(${JSON.stringify(hashes)}::jsonb))`,
    )
    expect(rows).toEqual([])
  })

  it('that cannot be read is answered, so that Pub/Sub does not repeat it for ever', async () => {
    const notice = await play('push', { token: 'none', notice: { subscriptionNotification: { what: 'ever' } }, send: false })
    expect(await deliverGoogle([notice])).toEqual(['ignored'])
  })
})

describe('a token that a phone shows', () => {
  it('of a good is no subscription, and the reverse', async () => {
    const person = await signUp()
    const good = (await play('buy-product', { product: 'com.withbowwow.theme.dark', send: false })).purchase_token
    const subscription = (await play('buy', { product: MONTHLY, send: false })).purchase_token
    const verify = (purchase_token: string, product_id: string) => person.post('/payments/verify/google', { purchase_token, product_id })
    for (const [token, product] of [
      [good, MONTHLY],
      [subscription, 'com.withbowwow.theme.dark'],
      [good, 'com.withbowwow.theme.season'],
      [subscription, 'com.somebody.else'],
      [good, 'com.withbowwow.theme.nothing'],
    ] as const) {
      const { status, json } = await verify(token, product)
      expect([product, status, json.code]).toEqual([product, 422, 'purchase_not_genuine'])
    }
    expect((await verify(subscription, MONTHLY)).status).toBe(200)
    expect((await verify(good, 'com.withbowwow.theme.dark')).status).toBe(200)
  })

  it('with any characters stays a token on the way to Google', async () => {
    const person = await signUp()
    for (const purchase_token of ['..', '.', '../../x', 'a/b?c=d#e', '%2e%2e%2f', "';DROP(TABLE)users;--", 'x'.repeat(2_000)]) {
      const { status, json } = await person.post('/payments/verify/google', { purchase_token, product_id: MONTHLY })
      expect([purchase_token, status, json.code]).toEqual([purchase_token, 422, 'purchase_not_genuine'])
    }
    for (const purchase_token of ['강아지 🐶', '\u0000', ' ', 'x'.repeat(2_001)]) {
      const { status, json } = await person.post('/payments/verify/google', { purchase_token, product_id: MONTHLY })
      expect([purchase_token, status, json.code]).toEqual([purchase_token, 422, 'validation_failed'])
    }
    const { requests } = (await sim('/requests?host=androidpublisher.googleapis.com&key=DROP')).json
    expect(requests.length).toBeGreaterThan(0)
    for (const { path } of requests) expect(path).toMatch(/\/purchases\/subscriptionsv2\/tokens\/[^/]+$/)
  })
})

it.each(['/payments/webhook/apple', '/payments/webhook/google', '/payments/verify/apple', '/payments/verify/google'])(
  'a body of two megabytes is too much for %s',
  async (path) => {
    const person = await signUp()
    const { status, json } = await person.post(path, { signedPayload: 'x'.repeat(2_200_000) })
    expect([status, json.code]).toEqual([413, 'body_too_large'])
  },
)
