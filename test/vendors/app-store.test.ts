import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createAppStore } from '../../src/vendors/app-store/app-store.ts'
import { createVendorFetch, type Fetch } from '../../src/vendors/http.ts'
import { addFault, sim } from '../dev/control.ts'
import { cloud } from '../support/cloud.ts'
import { config as allConfig, fakeVendor, html, json, verdict } from './fake-vendor.ts'

const MONTHLY = 'com.withbowwow.premium.monthly'
const PRODUCTION = 'api.storekit.apple.com'
const SANDBOX = 'api.storekit-sandbox.apple.com'
const config = { ...allConfig, APPLE_ROOT_CERTIFICATES: [allConfig.APPLE_ROOT_CERTIFICATES] }
const now = () => new Date()
const withFetch = (fetch: Fetch, of: object = {}) => createAppStore({ fetch, now, config: { ...config, ...of } })
const gateway = createVendorFetch(cloud.simulatorsUrl)
const store = withFetch(gateway)
const act = async (path: string, body: object) => (await sim(`/app-store/${path}`, body)).json
const buy = (of: object = {}) => act('buy', { product: MONTHLY, send: false, ...of })
const missing = json({ errorCode: 4_040_010, errorMessage: 'Transaction id not found.' }, 404)
afterEach(() => void vi.restoreAllMocks())

describe('a subscription', () => {
  it('is read by any of its transactions, with how it stands', async () => {
    const account_token = crypto.randomUUID()
    const { purchase } = await buy({ account_token: account_token.toUpperCase() })
    const { transaction_id } = await act('renew', { purchase })
    for (const id of [purchase, transaction_id])
      expect(await store.getSubscription(id)).toMatchObject([
        {
          status: 'active',
          transaction: { transaction_id, original_transaction_id: purchase, account_token, price_won: 3_900, is_chain_current: true },
          renewal: { original_transaction_id: purchase, auto_renew: true, next_product_id: MONTHLY },
        },
      ])
    await act('fail', { purchase, grace_days: 16 })
    expect(await store.getSubscription(purchase)).toMatchObject([{ status: 'grace', renewal: { in_billing_retry: true } }])
    await act('expire', { purchase, reason: 'BILLING_RETRY' })
    expect(await store.getSubscription(purchase)).toMatchObject([
      { status: 'expired', renewal: { expiration_intent: 2, auto_renew: false } },
    ])
    await act('refund', { transaction: transaction_id })
    expect(await store.getSubscription(purchase)).toMatchObject([{ status: 'revoked', transaction: { revocation_type: 'REFUND_FULL' } }])
  })

  it('of the sandbox is found there, also when production does not know the app yet', async () => {
    const { purchase } = await buy({ environment: 'Sandbox' })
    expect(await store.getSubscription(purchase)).toMatchObject([{ transaction: { environment: 'Sandbox' } }])
    expect(await store.getSubscription(purchase, 'Production')).toBeNull()
    await act('approval', { approved: false, for: purchase })
    expect(await store.getSubscription(purchase)).toMatchObject([{ transaction: { environment: 'Sandbox' } }])
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    // An app with a number has been approved, so something is wrong with the key.
    const published = withFetch(gateway, { APPLE_APP_ID: '6450000001' })
    expect(await verdict(published.getSubscription(purchase))).toBe('vendor_unavailable')
    expect(error).toHaveBeenCalledOnce()
  })

  it('that nobody bought is none', async () => {
    for (const id of ['9000000000000001', 'no id', '..', '']) expect([id, await store.getSubscription(id)]).toEqual([id, null])
    expect(await store.getTransaction('9000000000000001')).toBeNull()
  })
})

describe('a transaction', () => {
  it('is read as it is now', async () => {
    const { purchase, signed_transaction } = await buy()
    expect(await store.readTransaction(signed_transaction)).toMatchObject({ transaction_id: purchase, revoked_at: null })
    await act('refund', { transaction: purchase, percentage: 40 })
    expect(await store.getTransaction(purchase)).toMatchObject({
      revoked_at: expect.any(Date),
      revocation_type: 'REFUND_PRORATED',
      revocation_percentage: 40,
    })
  })
})

describe('notifications of the past', () => {
  it('come in pages, also those that never arrived', async () => {
    // The simulator has a clock of its own.
    const from = new Date(Date.now() - 60_000)
    const { purchase } = await buy()
    for (let i = 0; i < 22; i++) await act('renew', { purchase })
    const query = { from, to: new Date(Date.now() + 60_000), environment: 'Production' as const }
    const found: string[] = []
    let pages = 0
    for (let token: string | null | undefined; token !== null; pages++) {
      const page = await store.listNotifications({ ...query, paginationToken: token })
      found.push(
        ...page.notifications.filter(({ transaction }) => transaction?.original_transaction_id === purchase).map(({ type }) => type),
      )
      token = page.pagination_token
    }
    expect(pages).toBeGreaterThan(1)
    expect(found).toEqual(['SUBSCRIBED', ...Array.from({ length: 22 }, () => 'DID_RENEW')])
    const { notifications } = await store.listNotifications({ ...query, environment: 'Sandbox' })
    expect(notifications.filter(({ transaction }) => transaction?.original_transaction_id === purchase)).toEqual([])
  })

  it('that cannot be read hide no others', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { notification } = await buy()
    const { jws } = await act('sign', { claims: { notificationType: 'NEW' } })
    const notificationHistory = [{ signedPayload: 'a.b.c' }, { signedPayload: jws }, { signedPayload: notification.signed_payload }]
    const { fetch } = fakeVendor({ [`${PRODUCTION}/inApps/v1/notifications/history`]: json({ hasMore: false, notificationHistory }) })
    const page = await withFetch(fetch).listNotifications({ from: now(), to: now(), environment: 'Production' })
    expect(page).toMatchObject({ notifications: [{ notification_id: notification.notification_id }], pagination_token: null })
  })
})

describe('the App Store', () => {
  const path = '/inApps/v1/transactions/1'
  const inProduction = `${PRODUCTION}${path}`
  const inSandbox = `${SANDBOX}${path}`

  it('is asked with a token of our key for the API', async () => {
    const vendor = fakeVendor({ [inProduction]: missing, [inSandbox]: missing })
    expect(await withFetch(vendor.fetch).getTransaction('1')).toBeNull()
    expect(vendor.asked.map(({ url }) => url)).toEqual([`https://${inProduction}`, `https://${inSandbox}`])
    const token = vendor.asked[0]!.headers.get('Authorization')!.replace('Bearer ', '')
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', kid: config.APP_STORE_KEY_ID, typ: 'JWT' })
    const { iat = 0, exp = 0, ...claims } = decodeJwt(token)
    expect(claims).toEqual({ iss: config.APP_STORE_ISSUER_ID, aud: 'appstoreconnect-v1', bid: config.APP_STORE_BUNDLE_ID })
    expect(exp - iat).toBe(300)
  })

  it.each([4_040_002, 4_040_004, 4_040_006, 5_000_001])('is asked once more after %d', async (errorCode) => {
    const passing = json({ errorCode, errorMessage: 'Try again' }, errorCode > 5_000_000 ? 500 : 404)
    const { signed_transaction: signedTransactionInfo } = await buy()
    const better = fakeVendor({ [inProduction]: [passing, json({ signedTransactionInfo })] })
    expect(await withFetch(better.fetch).getTransaction('1')).toMatchObject({ product_id: MONTHLY })
    const still = fakeVendor({ [inProduction]: passing })
    expect(await verdict(withFetch(still.fetch).getTransaction('1'))).toBe('vendor_unavailable')
    expect(still.asked).toHaveLength(2)
  })

  it('that fails is unavailable, and the sandbox is not asked instead', async () => {
    const limit = json({ errorCode: 4_290_000, errorMessage: 'Rate limit exceeded.' }, 429)
    const odd = [
      html(),
      html(404),
      html(500),
      limit,
      json({ errorCode: 4_000_001 }, 400),
      new Error('timeout'),
      json({}),
      json({ signedTransactionInfo: 'a.b.c' }),
    ]
    for (const reply of odd) {
      const vendor = fakeVendor({ [inProduction]: reply, [inSandbox]: missing })
      expect(await verdict(withFetch(vendor.fetch).getTransaction('1'))).toBe('vendor_unavailable')
      expect(vendor.asked).toHaveLength(1)
    }
    const { jws: signedTransactionInfo } = await act('sign', { claims: {}, chain: 'other_root' })
    const forged = fakeVendor({ [inProduction]: json({ signedTransactionInfo }) })
    expect(await verdict(withFetch(forged.fetch).getTransaction('1'))).toBe('vendor_unavailable')
  })

  it('that refuses our token in the sandbox is unavailable, and somebody is told', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { purchase } = await buy({ environment: 'Sandbox' })
    await addFault({ host: SANDBOX, key: purchase, status: 401 })
    expect(await verdict(store.getTransaction(purchase))).toBe('vendor_unavailable')
    expect(error).toHaveBeenCalledOnce()
    const wrong = withFetch(gateway, { APP_STORE_KEY_ID: 'OTHER' })
    expect(await verdict(wrong.getTransaction(purchase))).toBe('vendor_unavailable')
  })
})
