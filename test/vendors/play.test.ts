import { describe, expect, it } from 'vitest'
import { createPlay } from '../../src/vendors/google/play.ts'
import { createVendorFetch, type Fetch } from '../../src/vendors/http.ts'
import { cloud } from '../support/cloud.ts'
import { ANNUAL, buy, MONTHLY, moveClock, play as act, seePurchase } from '../support/play.ts'
import { config, fakeVendor, html, json, verdict } from './fake-vendor.ts'

const now = () => new Date()
const withFetch = (fetch: Fetch, of: object = {}) => createPlay({ fetch, now, config: { ...config, ...of } })
const play = withFetch(createVendorFetch(cloud.simulatorsUrl))
const API = 'androidpublisher.googleapis.com'
const DAY = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY)

async function read(token: string) {
  const found = await play.findSubscription(token)
  if (!found.found) throw new Error(found.reason)
  return found.read
}

describe('a subscription', () => {
  it('is read with what the app gave, its order, its price and its end', async () => {
    const account_id = crypto.randomUUID()
    const { purchase_token, purchase } = await buy({ account_id })
    expect(await play.findSubscription(purchase_token)).toEqual({
      found: true,
      read: {
        state: 'active',
        started_at: new Date(purchase.started_at),
        linked_token: null,
        is_test: false,
        account_id,
        acknowledged: false,
        items: [
          {
            product_id: MONTHLY,
            base_plan_id: 'monthly',
            expires_at: new Date(purchase.expires_at),
            order_id: expect.stringMatching(/^GPA\.\d{4}-\d{4}-\d{4}-\d{5}$/),
            auto_renew: true,
            price_won: 3_900,
            currency: 'KRW',
            is_trial: false,
            replacement: null,
            consent: null,
            deferred_product_id: null,
          },
        ],
        resumes_at: null,
        cancelled_by: null,
        expired_account_id: null,
        expired_token: null,
        etag: purchase.etag,
      },
    })
  })

  it('has every state of Google’s', async () => {
    const pending = (await buy({ pending: true })).purchase_token
    expect(await read(pending)).toMatchObject({ state: 'pending', started_at: null, items: [{ expires_at: null, order_id: null }] })
    await act('cancel', { token: pending })
    expect(await read(pending)).toMatchObject({ state: 'pending_purchase_cancelled' })

    const { purchase_token: token, purchase } = await buy()
    const end = new Date(purchase.expires_at).getTime()
    await act('grace', { token, days: 7 })
    expect(await read(token)).toMatchObject({ state: 'grace', items: [{ expires_at: new Date(end + 7 * DAY), auto_renew: true }] })
    await act('hold', { token })
    expect(await read(token)).toMatchObject({
      state: 'on_hold',
      items: [{ expires_at: new Date(end + 7 * DAY), order_id: purchase.orders[0].id }],
    })
    await act('recover', { token })
    expect(await read(token)).toMatchObject({ state: 'active', items: [{ order_id: `${purchase.orders[0].id}..0` }] })
    await act('pause', { token, days: 14 })
    const paused = await read(token)
    expect(paused).toMatchObject({ state: 'paused', items: [{ auto_renew: true }] })
    expect(paused.resumes_at!.getTime() - paused.items[0]!.expires_at!.getTime()).toBe(14 * DAY)
    await act('resume', { token })
    expect(await read(token)).toMatchObject({ state: 'active', resumes_at: null })
    for (const by of ['user', 'system', 'developer']) {
      await act('cancel', { token, by })
      expect(await read(token)).toMatchObject({ state: 'cancelled', cancelled_by: by, items: [{ auto_renew: false }] })
      await act('restart', { token })
    }
    await act('expire', { token })
    expect(await read(token)).toMatchObject({ state: 'expired', cancelled_by: 'system' })
  })

  it('tells a trial, and the consent that it needs', async () => {
    const { purchase_token: token, purchase } = await buy({ trial: true })
    const item = { is_trial: true, price_won: 3_900, consent: { deadline: new Date(purchase.consent.deadline), state: 'pending' } }
    expect((await read(token)).items).toMatchObject([item])
    await act('consent', { token })
    expect((await read(token)).items).toMatchObject([{ ...item, consent: { state: 'confirmed' } }])
    await act('renew', { token })
    expect((await read(token)).items).toMatchObject([{ is_trial: false, consent: { state: 'completed' } }])
  })

  it('tells what it took the place of, at once or at the next renewal', async () => {
    const old = (await buy()).purchase_token
    const now_ = (await act('upgrade', { token: old, product: ANNUAL })).purchase_token
    expect(await read(old)).toMatchObject({ state: 'expired', cancelled_by: 'replacement' })
    expect(await read(now_)).toMatchObject({
      state: 'active',
      linked_token: old,
      items: [
        { product_id: ANNUAL, price_won: 31_200, replacement: { product_id: MONTHLY, base_plan_id: 'monthly', mode: 'CHARGE_FULL_PRICE' } },
      ],
    })
    const later = (await act('upgrade', { token: now_, product: MONTHLY, deferred: true })).purchase_token
    expect((await read(later)).items).toMatchObject([
      { product_id: ANNUAL, deferred_product_id: MONTHLY },
      { product_id: MONTHLY, expires_at: null, order_id: null },
    ])
    await act('renew', { token: later })
    expect((await read(later)).items).toMatchObject([{ product_id: MONTHLY, deferred_product_id: null, price_won: 3_900 }])
  })

  it('of a tester says so, and one that was taken up again outside the app says whose it was until it is acknowledged', async () => {
    expect(await read((await buy({ test: true })).purchase_token)).toMatchObject({ is_test: true })
    const account_id = crypto.randomUUID()
    const { purchase_token: old } = await buy({ account_id })
    await act('expire', { token: old })
    const { purchase_token: token } = await buy({ resubscribes: old })
    const outside = { linked_token: null, account_id: null, expired_token: old, expired_account_id: account_id }
    expect(await read(token)).toMatchObject(outside)
    expect(await play.acknowledgeSubscription(MONTHLY, token)).toBe('done')
    expect(await read(token)).toMatchObject({ acknowledged: true, expired_token: null, expired_account_id: null })
  })

  it('is missing, malformed, or gone 60 days after its end', async () => {
    const { purchase_token: token, purchase } = await buy()
    const afterItsEnd = (days: number) => new Date(new Date(purchase.expires_at).getTime() + days * DAY)
    const unknown = `${token.slice(0, -4)}zzzz`
    expect(await play.findSubscription(unknown)).toEqual({ found: false, reason: 'missing' })
    expect(await play.findSubscription('../../etc')).toEqual({ found: false, reason: 'malformed' })
    expect(await play.findProduct(token)).toEqual({ found: false, reason: 'missing' })
    await act('expire', { token })
    await moveClock(token, afterItsEnd(59))
    expect(await play.findSubscription(token)).toMatchObject({ found: true, read: { state: 'expired' } })
    await moveClock(token, afterItsEnd(61))
    expect(await play.findSubscription(token)).toEqual({ found: false, reason: 'gone' })
    expect(await play.acknowledgeSubscription(MONTHLY, token)).toBe('gone')
  })

  it('of another currency has no price in won, and an empty account token is none', async () => {
    const wire = {
      subscriptionState: 'SUBSCRIPTION_STATE_ACTIVE',
      externalAccountIdentifiers: { obfuscatedExternalAccountId: '', obfuscatedExternalProfileId: '' },
      lineItems: [{ productId: 'p', autoRenewingPlan: { recurringPrice: { currencyCode: 'USD', units: '2', nanos: 990_000_000 } } }],
    }
    const { fetch } = answering(() => json(wire))
    expect(await withFetch(fetch).findSubscription('t')).toMatchObject({
      found: true,
      read: { account_id: null, acknowledged: false, etag: null, items: [{ price_won: null, currency: 'USD', auto_renew: false }] },
    })
  })
})

describe('goods', () => {
  it('are pending, bought, acknowledged and taken back', async () => {
    const product = 'com.withbowwow.badge_pack'
    const account_id = crypto.randomUUID()
    const { purchase_token: token } = await act('buy-product', { product, account_id, pending: true, send: false })
    expect(await play.findProduct(token)).toEqual({
      found: true,
      read: { product_id: product, state: 'pending', order_id: null, acknowledged: false, account_id, is_test: false, purchased_at: null },
    })
    expect(await play.acknowledgeProduct(product, token)).toBe('conflict')
    await act('complete', { token })
    expect(await play.acknowledgeProduct(product, token)).toBe('done')
    expect(await play.findProduct(token)).toMatchObject({
      read: { state: 'purchased', acknowledged: true, purchased_at: expect.any(Date) },
    })
    await act('void', { token })
    expect(await play.findProduct(token)).toMatchObject({ read: { state: 'cancelled' } })
    const test = await act('buy-product', { product: 'com.withbowwow.outfit.raincoat', test: true, send: false })
    expect(await play.findProduct(test.purchase_token)).toMatchObject({ read: { is_test: true, account_id: null } })
  })
})

const TOKEN = { 'oauth2.googleapis.com/token': json({ access_token: 'a', expires_in: 3_599 }) }
/** Google gives a token, and then answers as told. Each has an account of its own, because tokens are remembered by account. */
function answering(...replies: (() => Response)[]) {
  const path = `${API}/androidpublisher/v3/applications/${config.ANDROID_APP_ID}/purchases/subscriptionsv2/tokens/t`
  return fakeVendor({ ...TOKEN, [path]: replies })
}
const ofOwn = () => ({ PLAY_SERVICE_ACCOUNT: { ...config.PLAY_SERVICE_ACCOUNT } })

describe('Google', () => {
  it.each([403, 404, 429, 500, 503])('that answers %d about us, or nothing readable, is unavailable', async (status) => {
    const error = { error: { code: status, errors: [{ reason: 'applicationNotFound' }] } }
    expect(await verdict(withFetch(answering(() => json(error, status)).fetch, ofOwn()).findSubscription('t'))).toBe('vendor_unavailable')
    expect(await verdict(withFetch(answering(() => html(200)).fetch, ofOwn()).findSubscription('t'))).toBe('vendor_unavailable')
    const unknown = () => json({ subscriptionState: 'SUBSCRIPTION_STATE_NEW', lineItems: [{ productId: 'p' }] })
    expect(await verdict(withFetch(answering(unknown).fetch, ofOwn()).findSubscription('t'))).toBe('vendor_unavailable')
  })

  it('is asked with a new access token when it refuses the old one, once', async () => {
    const found = () => json({ subscriptionState: 'SUBSCRIPTION_STATE_ACTIVE', lineItems: [{ productId: 'p' }] })
    const vendor = answering(() => json({}, 401), found)
    expect(await withFetch(vendor.fetch, ofOwn()).findSubscription('t')).toMatchObject({ found: true })
    expect(vendor.countOf('oauth2')).toBe(2)
    const refusing = answering(() => json({}, 401))
    expect(await verdict(withFetch(refusing.fetch, ofOwn()).findSubscription('t'))).toBe('vendor_unavailable')
    expect(refusing.countOf('subscriptionsv2')).toBe(2)
  })

  it('is asked for the scope of purchases with the account for purchases', async () => {
    const { purchase_token: token } = await buy()
    await act('withdraw')
    expect(await read(token)).toMatchObject({ state: 'active' })
    const { FCM_SERVICE_ACCOUNT } = config
    const foreign = { PLAY_SERVICE_ACCOUNT: JSON.parse(FCM_SERVICE_ACCOUNT) as typeof config.PLAY_SERVICE_ACCOUNT }
    expect(await verdict(withFetch(createVendorFetch(cloud.simulatorsUrl), foreign).findSubscription(token))).toBe('vendor_unavailable')
  })

  it.each(['ANDROID_APP_ID', 'PLAY_SERVICE_ACCOUNT'])('is not asked without %s', async (name) => {
    const vendor = answering(() => json({}))
    const unconfigured = withFetch(vendor.fetch, { [name]: undefined })
    for (const call of [
      unconfigured.findSubscription('t'),
      unconfigured.findProduct('t'),
      unconfigured.acknowledgeSubscription('p', 't'),
      unconfigured.acknowledgeProduct('p', 't'),
      unconfigured.listVoided({ from: now(), to: now() }),
    ])
      expect(await verdict(call)).toBe('vendor_unavailable')
    expect(vendor.asked).toEqual([])
  })
})

describe('orders whose money went back', () => {
  it('are listed for subscriptions too, by their time', async () => {
    const { purchase_token: token, purchase } = await buy()
    await act('renew', { token })
    await act('void', { token, order_id: purchase.orders[0].id, reason: 7, source: 2 })
    const { orders } = await seePurchase(token)
    const voidedAt = new Date(orders[0].voided.at)
    const list = async (from: Date, to: Date) => {
      const { voided, next_page_token } = await play.listVoided({ from, to })
      expect(next_page_token).toBeNull()
      return voided.filter((one) => one.token === token)
    }
    const expected = {
      token,
      order_id: orders[0].id,
      purchased_at: new Date(orders[0].at),
      voided_at: voidedAt,
      source: 'google',
      reason: 'chargeback',
    }
    expect(await list(voidedAt, voidedAt)).toEqual([expected])
    expect(await list(new Date(voidedAt.getTime() + 1), inDays(400))).toEqual([])
    expect(await read(token)).toMatchObject({ state: 'active' })
  })

  it('come in pages', async () => {
    const entry = (purchaseToken: string) => ({ purchaseToken, purchaseTimeMillis: '1767600000000', voidedTimeMillis: '1767600001000' })
    const path = `${API}/androidpublisher/v3/applications/${config.ANDROID_APP_ID}/purchases/voidedpurchases`
    const vendor = fakeVendor({
      ...TOKEN,
      [path]: [
        json({ tokenPagination: { nextPageToken: 'n&2' }, voidedPurchases: [entry('a')] }),
        json({ voidedPurchases: [entry('b')] }),
        json({}),
      ],
    })
    const { listVoided } = withFetch(vendor.fetch, ofOwn())
    const [from, to] = [new Date(1_000), new Date(2_000)]
    const first = await listVoided({ from, to })
    expect(first).toMatchObject({ voided: [{ token: 'a', order_id: null, source: 'user', reason: 'other' }], next_page_token: 'n&2' })
    expect(await listVoided({ from, to, pageToken: 'n&2' })).toMatchObject({ voided: [{ token: 'b' }], next_page_token: null })
    expect(await listVoided({ from, to })).toEqual({ voided: [], next_page_token: null })
    const queries = vendor.asked.filter(({ url }) => url.includes('voided')).map(({ url }) => Object.fromEntries(new URL(url).searchParams))
    expect(queries.slice(0, 2)).toEqual([
      { type: '1', startTime: '1000', endTime: '2000' },
      { type: '1', startTime: '1000', endTime: '2000', token: 'n&2' },
    ])
  })
})
