import { base64url } from 'jose'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { workerVars } from '../../dev/credentials.ts'
import { APPLE_ROOT_CA_G3 } from '../../src/config.ts'
import { fromBase64 } from '../../src/core/base64.ts'
import { createReader } from '../../src/vendors/app-store/reader.ts'
import { verifyJws } from '../../src/vendors/app-store/verify-jws.ts'
import { sim } from '../dev/control.ts'
import { REFUSED, REFUSED_BY_US, TAKEN, transaction } from './app-store-vectors.ts'

const MINUTE_MS = 60_000
const YEAR_MS = 365 * 86_400_000
const bundleId = workerVars.APP_STORE_BUNDLE_ID
const roots = [workerVars.APPLE_ROOT_CERTIFICATES]
/** A configuration that no other test has, so that its chains are new. */
const newConfig = (of: object = {}) => ({
  APPLE_ROOT_CERTIFICATES: [...roots],
  APP_STORE_BUNDLE_ID: bundleId,
  ...of,
})
const readerAt = (now = new Date(), config: object = {}) => createReader({ now: () => now, config: newConfig(config) })

const renewal = {
  originalTransactionId: '2000000800000001',
  productId: 'com.withbowwow.premium.monthly',
  autoRenewProductId: 'com.withbowwow.premium.annual',
  autoRenewStatus: 1,
  environment: 'Sandbox',
}
const sign = async (claims: object, chain = 'good'): Promise<string> => (await sim('/app-store/sign', { claims, chain })).json.jws

describe('a signature in any of 28 ways', () => {
  it('there are 28', () => expect(new Set([...TAKEN, ...REFUSED, ...REFUSED_BY_US]).size).toBe(28))

  it.each(TAKEN)('%s is taken', async (chain) => {
    const is_chain_current = !chain.startsWith('backdated')
    expect(await readerAt().readTransaction(await sign(transaction, chain))).toMatchObject({
      product_id: transaction.productId,
      is_chain_current,
    })
  })

  it.each([...REFUSED, ...REFUSED_BY_US])('%s is refused', async (chain) => {
    expect(await readerAt().readTransaction(await sign(transaction, chain))).toBeNull()
  })
})

describe('a signature', () => {
  let jws: string
  const signedDate = Date.now() - MINUTE_MS
  beforeAll(async () => {
    jws = await sign({ ...transaction, signedDate })
  })
  const verifiedAt = (at: number, of = jws) => verifyJws({ roots, now: new Date(at) }, of)

  it('may be a minute ahead of our clock, and not more', async () => {
    expect(await verifiedAt(signedDate - MINUTE_MS)).toMatchObject({ signed_at: new Date(signedDate), is_chain_current: true })
    expect(await verifiedAt(signedDate - MINUTE_MS - 1)).toBeNull()
  })

  it('stays good after its certificates have expired, which the answer says', async () => {
    expect(await verifiedAt(signedDate + 5 * YEAR_MS)).toMatchObject({ is_chain_current: false })
  })

  it('outside the validity of a chain that is known is none', async () => {
    const known = [...roots]
    const verified = async (date: number, now = Date.now()) =>
      (await verifyJws({ roots: known, now: new Date(now) }, await sign({ ...transaction, signedDate: date }))) !== null
    const later = signedDate + 5 * YEAR_MS
    const before = Date.parse('2014-05-01T00:00:00Z')
    // The chain is remembered by the first, and the others are of the same.
    expect(await verified(signedDate)).toBe(true)
    expect([await verified(later, later), await verified(before), await verified(signedDate)]).toEqual([false, false, true])
    // A chain that is not known yet does no better.
    expect(await verifyJws({ roots: [...roots], now: new Date(later) }, await sign({ ...transaction, signedDate: later }))).toBeNull()
  })

  it('of a known chain is checked itself', async () => {
    const known = [...roots]
    const verified = (of: string) => verifyJws({ roots: known, now: new Date() }, of)
    expect(await verified(jws)).not.toBeNull()
    expect(await verified(await sign(transaction, 'tampered_payload'))).toBeNull()
    expect(await verified(await sign(transaction, 'signed_by_other'))).toBeNull()
    const [header, , signature] = jws.split('.')
    expect(await verified(`${header}.${base64url.encode(JSON.stringify({ ...transaction, signedDate }))}.${signature}`)).not.toBeNull()
    expect(
      await verified(`${header}.${base64url.encode(JSON.stringify({ ...transaction, price: 1, signedDate }))}.${signature}`),
    ).toBeNull()
  })

  it('leads to the root that we trust, and to no other', async () => {
    expect(await verifyJws({ roots: [APPLE_ROOT_CA_G3], now: new Date() }, jws)).toBeNull()
    expect(await verifyJws({ roots: [APPLE_ROOT_CA_G3, ...roots], now: new Date() }, jws)).not.toBeNull()
  })

  it('is none in what is no JWS, or too long', async () => {
    for (const odd of ['', '.', 'a.b.c', '한.글.이', `${jws}.x`, jws.slice(0, -4), '{}', `${'a'.repeat(70_000)}.b.c`])
      expect([odd.slice(0, 20), await verifiedAt(Date.now(), odd)]).toEqual([odd.slice(0, 20), null])
    const header = base64url.encode(JSON.stringify({ alg: 'ES256', x5c: ['', '', ''] }))
    const payload = base64url.encode(JSON.stringify({ signedDate }))
    expect(await verifiedAt(Date.now(), `${header}.${payload}.`)).toBeNull()
  })
})

it('production trusts Apple Root CA - G3', async () => {
  const der = fromBase64(APPLE_ROOT_CA_G3)
  const hash = [...new Uint8Array(await crypto.subtle.digest('SHA-256', der))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  expect(hash).toBe('63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179')
})

describe('a transaction', () => {
  it('says what was bought', async () => {
    const signedDate = Date.now()
    expect(await readerAt().readTransaction(await sign({ ...transaction, signedDate }))).toEqual({
      transaction_id: '2000000812345678',
      original_transaction_id: '2000000800000001',
      product_id: 'com.withbowwow.premium.monthly',
      type: 'Auto-Renewable Subscription',
      purchased_at: new Date(1_767_600_000_000),
      expires_at: new Date(1_770_278_400_000),
      account_token: '7e3fb204-2d0d-4b1a-9d0e-0a6d3f1c2b11',
      ownership: 'PURCHASED',
      signed_at: new Date(signedDate),
      environment: 'Sandbox',
      price_won: 3_900,
      currency: 'KRW',
      is_trial: false,
      is_upgraded: false,
      revoked_at: null,
      revocation_type: null,
      revocation_percentage: null,
      app_transaction_id: '704000000000000001',
      is_chain_current: true,
    })
  })

  it('may be a trial, a refund, of a family, or without a price in won', async () => {
    const read = async (of: object) => readerAt().readTransaction(await sign({ ...transaction, ...of }))
    expect(await read({ offerDiscountType: 'FREE_TRIAL', price: 0 })).toMatchObject({ is_trial: true, price_won: 0 })
    expect(await read({ revocationDate: 5, revocationType: 'REFUND_PRORATED', revocationPercentage: 50_000 })).toMatchObject({
      revoked_at: new Date(5),
      revocation_type: 'REFUND_PRORATED',
      revocation_percentage: 50,
    })
    expect(await read({ appAccountToken: '00000000-0000-0000-0000-00000000000G' })).toMatchObject({ account_token: null })
    expect(await read({ currency: 'USD', price: 2_990 })).toMatchObject({ price_won: null, currency: 'USD' })
    const [expiresDate, appAccountToken, price] = [undefined, undefined, undefined]
    expect(await read({ expiresDate, appAccountToken, price, inAppOwnershipType: 'FAMILY_SHARED', isUpgraded: true })).toMatchObject({
      expires_at: null,
      account_token: null,
      price_won: null,
      ownership: 'FAMILY_SHARED',
      is_upgraded: true,
    })
  })

  it('of another app, of Xcode, or of another kind is none', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    for (const of of [{ bundleId: 'com.example' }, { environment: 'Xcode' }, { environment: 'LocalTesting' }, { transactionId: undefined }])
      expect([of, await readerAt().readTransaction(await sign({ ...transaction, ...of }))]).toEqual([of, null])
    expect(await readerAt().readTransaction(await sign(renewal))).toBeNull()
    expect(await readerAt().readTransaction(await sign({ ...transaction, purchaseDate: 1e300 }))).toBeNull()
    vi.restoreAllMocks()
  })
})

describe('a notification', () => {
  const about = { bundleId, environment: 'Sandbox' }
  async function read(of: object = {}, { inner = {}, outer = {}, chain = 'good', config = {} } = {}) {
    const data = {
      ...about,
      signedTransactionInfo: await sign({ ...transaction, ...of }, chain),
      signedRenewalInfo: await sign({ ...renewal, ...inner }),
    }
    const notification = { notificationType: 'DID_RENEW', subtype: '', notificationUUID: 'n1', version: '2.0', data, ...outer }
    return readerAt(new Date(), config).readNotification(await sign(notification))
  }

  it('holds a transaction and what comes after it', async () => {
    expect(await read()).toMatchObject({
      notification_id: 'n1',
      type: 'DID_RENEW',
      subtype: null,
      environment: 'Sandbox',
      signed_at: expect.any(Date),
      transaction: { transaction_id: '2000000812345678', is_chain_current: true },
      renewal: { next_product_id: 'com.withbowwow.premium.annual', auto_renew: true, in_billing_retry: false, expiration_intent: null },
    })
  })

  it('is none when what it holds is not genuine, of another environment, or of another subscription', async () => {
    for (const chain of ['other_root', 'tampered_payload', 'expired_leaf', 'signed_date_missing'])
      expect(await read({}, { chain })).toBeNull()
    expect(await read({ bundleId: 'com.example' })).toBeNull()
    expect(await read({ environment: 'Production' })).toBeNull()
    expect(await read({}, { inner: { originalTransactionId: '7' } })).toBeNull()
    expect(await read({}, { inner: { environment: 'Production' } })).toBeNull()
  })

  it('is read by the number of the app in production, and without it in the sandbox', async () => {
    const ofApp = (appAppleId: number | undefined, environment: string) =>
      read(
        { environment },
        {
          inner: { environment },
          outer: { data: undefined, summary: { ...about, environment, appAppleId } },
          config: { APPLE_APP_ID: '1234' },
        },
      )
    expect(await ofApp(1_234, 'Production')).toMatchObject({ environment: 'Production', transaction: null, renewal: null })
    expect(await ofApp(1_235, 'Production')).toBeNull()
    expect(await ofApp(undefined, 'Production')).toBeNull()
    expect(await ofApp(undefined, 'Sandbox')).toMatchObject({ environment: 'Sandbox' })
  })

  it('of a kind that we do not know is still one', async () => {
    const outer = { notificationType: 'BRAND_NEW', subtype: 'TOO', data: about }
    expect(await read({}, { outer })).toMatchObject({ type: 'BRAND_NEW', subtype: 'TOO', transaction: null, renewal: null })
    const token = { bundleId, externalPurchaseId: 'SANDBOX_1' }
    expect(await read({}, { outer: { data: undefined, externalPurchaseToken: token } })).toMatchObject({ environment: 'Sandbox' })
  })

  it('about nothing, or for another app, is none', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    expect(await read({}, { outer: { data: undefined } })).toBeNull()
    expect(await read({}, { outer: { data: { ...about, bundleId: 'com.example' } } })).toBeNull()
    expect(await read({}, { outer: { data: { ...about, environment: 'Xcode' } } })).toBeNull()
    expect(await readerAt().readNotification(await sign(transaction))).toBeNull()
    vi.restoreAllMocks()
  })
})
