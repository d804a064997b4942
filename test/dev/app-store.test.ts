import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { addFault, sim } from './control.ts'
import { cloud } from '../support/cloud.ts'

const MONTHLY = 'com.withbowwow.premium.monthly'
const ANNUAL = 'com.withbowwow.premium.annual'
const DAY_MS = 86_400_000
const act = async (path: string, body: object) => (await sim(`/app-store/${path}`, body)).json
/** Nobody listens for the Worker in tests, so by default nothing is sent. */
const buy = (of: object = {}) => act('buy', { product: MONTHLY, send: false, ...of })
/** The day of a time. A busy machine may take seconds between two calls, and the clock runs on. */
const day = (at: number | string) => new Date(at).toISOString().slice(0, 10)
const moveTo = async (at: Date | number, only: string) =>
  (await sim('/clock', { now: new Date(at).toISOString(), for: only })).json.happened as any[]
const kindOf = ({ type, subtype }: any) => [type, subtype].filter(Boolean).join('/')
/** A purchase of an account whose clock stood at `at`. */
async function buyAt(at: string, of: object = {}) {
  const account = crypto.randomUUID()
  await moveTo(new Date(at), account)
  return { account, ...(await buy({ account_token: account, ...of })) }
}
function readNotice({ signed_payload }: any) {
  const { data, ...outer } = decodeJwt<any>(signed_payload)
  const read = (jws: string) => jws && decodeJwt<any>(jws)
  return { ...outer, data, transaction: read(data.signedTransactionInfo), renewal: read(data.signedRenewalInfo) }
}

describe('a purchase', () => {
  it('of a subscription is told with the transaction that the phone holds', async () => {
    const account_token = crypto.randomUUID()
    const bought = await buy({ account_token })
    expect(kindOf(bought.notification)).toBe('SUBSCRIBED/INITIAL_BUY')
    const { transaction, renewal, data } = readNotice(bought.notification)
    expect(decodeJwt(bought.signed_transaction)).toEqual(transaction)
    expect(transaction).toMatchObject({
      transactionId: bought.purchase,
      appAccountToken: account_token,
      price: 3_900_000,
      currency: 'KRW',
      inAppOwnershipType: 'PURCHASED',
      environment: 'Production',
    })
    expect(renewal).toMatchObject({ autoRenewStatus: 1, autoRenewProductId: MONTHLY, renewalDate: transaction.expiresDate })
    expect(data).toMatchObject({ status: 1, appAppleId: expect.any(Number) })
  })

  it('of a thing is told once, and has no renewal', async () => {
    const prices: [string, number][] = [
      ['badge_pack', 1_000],
      ['theme.dark', 2_000],
      ['theme.season', 2_000],
    ]
    for (const [name, won] of prices) {
      const { notifications, signed_transaction, signed_renewal } = await buy({ product: `com.withbowwow.${name}`, environment: 'Sandbox' })
      expect([notifications.map(kindOf), signed_renewal]).toEqual([['ONE_TIME_CHARGE'], null])
      expect(decodeJwt(signed_transaction)).toMatchObject({ price: won * 1_000, type: 'Non-Consumable', environment: 'Sandbox' })
    }
    const { signed_transaction } = await buy({ product: 'com.withbowwow.outfit.raincoat' })
    expect([500_000, 1_000_000, 1_500_000]).toContain(decodeJwt(signed_transaction)['price'])
    expect(await sim('/app-store/buy', { product: 'com.withbowwow.nothing' })).toMatchObject({ status: 422 })
    expect(await sim('/app-store/buy', { product: 'com.withbowwow.badge_pack', offer: 'free_trial' })).toMatchObject({ status: 409 })
  })

  it('of a family names no account and no price, and ends with the sharing', async () => {
    const { purchase, signed_transaction } = await buy({ family: true, account_token: crypto.randomUUID() })
    const claims = decodeJwt<any>(signed_transaction)
    expect([claims.inAppOwnershipType, claims.appAccountToken, claims.price]).toEqual(['FAMILY_SHARED', undefined, undefined])
    const { notification } = await act('revoke', { purchase })
    expect(notification.type).toBe('REVOKE')
    expect(readNotice(notification)).toMatchObject({ data: { status: 5 }, transaction: { revocationType: 'FAMILY_REVOKE' } })
  })
})

describe('a year', () => {
  it('passes with twelve renewals, each a month after the one before, and the signatures in order', async () => {
    const { account, purchase } = await buyAt('2025-01-31T15:00:00Z')
    const happened = await moveTo(new Date('2026-01-31T16:00:00Z'), account)
    expect(happened.map(kindOf)).toEqual(Array.from({ length: 12 }, () => 'DID_RENEW'))
    const read = happened.map(readNotice)
    const ends = '02-28 03-31 04-30 05-31 06-30 07-31 08-31 09-30 10-31 11-30 12-31 01-31'.split(' ')
    expect(read.map(({ transaction }) => day(transaction.purchaseDate).slice(5))).toEqual(ends)
    // What lies in the past is signed then.
    for (const { signedDate, transaction } of read)
      expect([signedDate, transaction.signedDate]).toEqual([transaction.purchaseDate, signedDate])
    expect(new Set(read.map(({ transaction }) => transaction.transactionId)).size).toBe(12)
    expect((await sim(`/app-store/purchases/${purchase}`)).json.held).toHaveLength(13)
    expect(await moveTo(new Date('2026-02-28T14:59:00Z'), account)).toEqual([])
  })

  it('that lies ahead is signed now, in order', async () => {
    const { purchase } = await buy()
    const happened = (await moveTo(Date.now() + 370 * DAY_MS, purchase)).map(readNotice)
    expect(happened).toHaveLength(12)
    const signed = happened.map(({ signedDate }) => signedDate)
    expect(signed).toEqual([...new Set(signed)].toSorted((a, b) => a - b))
    expect(Math.max(...signed)).toBeLessThan(Date.now() + 1_000)
    expect(happened.at(-1)!.transaction.purchaseDate).toBeGreaterThan(Date.now() + 360 * DAY_MS)
  })

  it('moves for one purchase alone', async () => {
    const [mine, other] = [await buy(), await buy()]
    expect(await moveTo(Date.now() + 40 * DAY_MS, mine.purchase)).toMatchObject([{ purchase: mine.purchase }])
    expect((await sim(`/app-store/purchases/${other.purchase}`)).json.transactions).toHaveLength(1)
  })
})

describe('a trial', () => {
  const trialAt = () => buyAt('2026-03-01T00:00:00Z', { offer: 'free_trial' })
  const END = '2026-03-08'
  const AFTER = new Date(`${END}T01:00:00Z`)

  it('asks for consent at once, and ends without it', async () => {
    const { account, notifications, signed_transaction } = await trialAt()
    expect(notifications.map(kindOf)).toEqual(['SUBSCRIBED/INITIAL_BUY', 'PRICE_INCREASE/PENDING'])
    expect(decodeJwt(signed_transaction)).toMatchObject({ price: 0, offerDiscountType: 'FREE_TRIAL' })
    expect(day(decodeJwt<any>(signed_transaction).expiresDate)).toBe(END)
    expect(readNotice(notifications[1]).renewal).toMatchObject({ priceIncreaseStatus: 0 })
    const happened = await moveTo(new Date('2026-06-01T00:00:00Z'), account)
    expect(happened.map(kindOf)).toEqual(['EXPIRED/PRICE_INCREASE'])
    expect(readNotice(happened[0]).renewal).toMatchObject({ expirationIntent: 3, autoRenewStatus: 0 })
  })

  it('goes on at its price with consent', async () => {
    const { account, purchase } = await trialAt()
    const { notification } = await act('consent', { purchase, accepted: true })
    expect([kindOf(notification), readNotice(notification).renewal.priceIncreaseStatus]).toEqual(['PRICE_INCREASE/ACCEPTED', 1])
    const happened = await moveTo(AFTER, account)
    expect(happened.map(kindOf)).toEqual(['DID_RENEW'])
    expect(readNotice(happened[0]).transaction).toMatchObject({ price: 3_900_000 })
    expect(day(readNotice(happened[0]).transaction.purchaseDate)).toBe(END)
    expect(readNotice(happened[0]).transaction).not.toHaveProperty('offerDiscountType')
  })

  it('that is cancelled or declined ends', async () => {
    const cancelled = await trialAt()
    expect(kindOf((await act('cancel', { purchase: cancelled.purchase })).notification)).toBe(
      'DID_CHANGE_RENEWAL_STATUS/AUTO_RENEW_DISABLED',
    )
    expect((await moveTo(AFTER, cancelled.account)).map(kindOf)).toEqual(['EXPIRED/VOLUNTARY'])
    const declined = await trialAt()
    expect(await act('consent', { purchase: declined.purchase, accepted: false })).toMatchObject({ notification: null })
    expect((await moveTo(AFTER, declined.account)).map(kindOf)).toEqual(['EXPIRED/PRICE_INCREASE'])
  })
})

describe('a renewal that is not paid', () => {
  it('has its grace, then is tried for sixty days in all', async () => {
    const { account, purchase } = await buyAt('2026-01-01T00:00:00Z', { grace_days: 16 })
    await act('fail', { purchase, when: 'due' })
    const happened = await moveTo(new Date('2026-09-01T00:00:00Z'), account)
    expect(happened.map((notice) => [kindOf(notice), day(notice.at), readNotice(notice).data.status])).toEqual([
      ['DID_FAIL_TO_RENEW/GRACE_PERIOD', '2026-02-01', 4],
      ['GRACE_PERIOD_EXPIRED', '2026-02-17', 3],
      ['EXPIRED/BILLING_RETRY', '2026-04-02', 2],
    ])
    const { isInBillingRetryPeriod, gracePeriodExpiresDate } = readNotice(happened[0]).renewal
    expect([isInBillingRetryPeriod, day(gracePeriodExpiresDate)]).toEqual([true, '2026-02-17'])
  })

  it('leaves no gap when it recovers within grace, and begins anew after it', async () => {
    const paidAgain = async (at: string) => {
      const { account, purchase } = await buyAt('2026-01-01T00:00:00Z', { grace_days: 3 })
      await act('fail', { purchase, when: 'due' })
      await moveTo(new Date(at), account)
      const { notification } = await act('recover', { purchase })
      const { transaction } = readNotice(notification)
      return [
        kindOf(notification),
        ...[transaction.purchaseDate, transaction.expiresDate].map((ms) => new Date(ms).toISOString().slice(0, 10)),
      ]
    }
    expect(await paidAgain('2026-02-03T00:00:00Z')).toEqual(['DID_RENEW/BILLING_RECOVERY', '2026-02-01', '2026-03-01'])
    expect(await paidAgain('2026-02-20T00:00:00Z')).toEqual(['DID_RENEW/BILLING_RECOVERY', '2026-02-20', '2026-03-20'])
  })

  it('without grace is in billing retry at once', async () => {
    const { purchase } = await buy({ grace_days: 0 })
    const { notification } = await act('fail', { purchase })
    expect([kindOf(notification), readNotice(notification).data.status]).toEqual(['DID_FAIL_TO_RENEW', 3])
    expect(await sim('/app-store/renew', { purchase })).toMatchObject({ status: 409 })
  })
})

describe('a subscription', () => {
  it('changes to a higher product at once, and to a lower one at its renewal', async () => {
    const { account, purchase } = await buyAt('2026-01-10T00:00:00Z')
    await moveTo(new Date('2026-01-20T00:00:00Z'), account)
    const up = await act('upgrade', { purchase, product: ANNUAL })
    expect(kindOf(up.notification)).toBe('DID_CHANGE_RENEWAL_PREF/UPGRADE')
    expect(readNotice(up.notification).transaction).toMatchObject({
      originalTransactionId: purchase,
      productId: ANNUAL,
      price: 31_200_000,
    })
    expect(day(readNotice(up.notification).transaction.expiresDate)).toBe('2027-01-20')
    const { held } = (await sim(`/app-store/purchases/${purchase}`)).json
    expect(held.map((it: any) => decodeJwt(it.signed_transaction)['isUpgraded'])).toEqual([true, undefined])
    const down = await act('downgrade', { purchase, product: MONTHLY })
    expect([kindOf(down.notification), readNotice(down.notification).renewal.autoRenewProductId]).toEqual([
      'DID_CHANGE_RENEWAL_PREF/DOWNGRADE',
      MONTHLY,
    ])
    expect(kindOf((await act('downgrade', { purchase, product: ANNUAL })).notification)).toBe('DID_CHANGE_RENEWAL_PREF')
    await act('downgrade', { purchase, product: MONTHLY })
    const [renewed] = await moveTo(new Date('2027-01-20T01:00:00Z'), account)
    const { productId, expiresDate } = readNotice(renewed).transaction
    expect([productId, day(expiresDate)]).toEqual([MONTHLY, '2027-02-20'])
  })

  it('is refunded by its periods, and the refund can be taken back', async () => {
    const { purchase } = await buy()
    const { transaction_id } = await act('renew', { purchase })
    const { notification } = await act('refund', { transaction: purchase })
    expect(readNotice(notification)).toMatchObject({
      notificationType: 'REFUND',
      data: { status: 1 },
      transaction: { transactionId: purchase, revocationType: 'REFUND_FULL', revocationPercentage: 100_000 },
    })
    expect(await sim('/app-store/refund', { transaction: purchase })).toMatchObject({ status: 409 })
    const reversed = await act('reverse', { transaction: purchase })
    expect(readNotice(reversed.notification).transaction).not.toHaveProperty('revocationDate')
    expect(readNotice((await act('refund', { transaction: transaction_id })).notification).data.status).toBe(5)
  })

  it('is extended, ends, and begins again', async () => {
    const { account, purchase, signed_transaction } = await buyAt('2026-01-01T00:00:00Z')
    const { notification } = await act('extend', { purchase, days: 5 })
    expect([notification.type, readNotice(notification).transaction.expiresDate]).toEqual([
      'RENEWAL_EXTENDED',
      decodeJwt<any>(signed_transaction).expiresDate + 5 * DAY_MS,
    ])
    await act('auto-renew', { purchase, on: false })
    expect(kindOf((await act('auto-renew', { purchase, on: true })).notification)).toBe('DID_CHANGE_RENEWAL_STATUS/AUTO_RENEW_ENABLED')
    expect(kindOf((await act('expire', { purchase, reason: 'PRODUCT_NOT_FOR_SALE' })).notification)).toBe('EXPIRED/PRODUCT_NOT_FOR_SALE')
    expect(await sim('/app-store/renew', { purchase })).toMatchObject({ status: 409 })
    expect(await moveTo(new Date('2026-08-01T00:00:00Z'), account)).toEqual([])
    const back = await buy({ product: ANNUAL, purchase })
    expect([back.purchase, kindOf(back.notification)]).toEqual([purchase, 'SUBSCRIBED/RESUBSCRIBE'])
    expect(back.transaction_id).not.toBe(purchase)
  })
})

describe('a notification', () => {
  const to = `${cloud.simulatorsUrl}/_sim/nowhere`
  const attemptsOf = async (purchase: string) => (await sim(`/app-store/notifications?purchase=${purchase}`)).json.notifications[0].attempts

  it('that is not taken is sent five times more in production, and never again in the sandbox', async () => {
    const { account, purchase, notification } = await buyAt('2026-01-01T00:00:00Z', { send: true, to })
    expect(notification.delivery.status).toBe(404)
    const happened = await moveTo(new Date('2026-01-20T00:00:00Z'), account)
    expect(happened.map(({ attempt }) => attempt)).toEqual([2, 3, 4, 5, 6])
    const hours = (await attemptsOf(purchase)).map(({ at }: any) => Math.round((Date.parse(at) - Date.parse(notification.at)) / 3_600_000))
    expect(hours).toEqual([0, 1, 13, 37, 85, 157])
    const sandbox = await buyAt('2026-01-01T00:00:00Z', { send: true, to, environment: 'Sandbox' })
    expect(await moveTo(new Date('2026-01-20T00:00:00Z'), sandbox.account)).toEqual([])
  })

  it('that is taken is not sent again, and can be replayed', async () => {
    const key = crypto.randomUUID()
    const taken = `${cloud.simulatorsUrl}/fcm.googleapis.com/${key}`
    await addFault({ host: 'fcm.googleapis.com', key, status: 200 })
    const { account, purchase, notification } = await buyAt('2026-01-01T00:00:00Z', { send: true, to: taken })
    expect(notification.delivery.status).toBe(200)
    expect(await moveTo(new Date('2026-01-20T00:00:00Z'), account)).toEqual([])
    const { deliveries } = await act('replay', { order: [notification.notification_id], duplicates: 2, to })
    expect(deliveries.map(({ delivery }: any) => delivery.status)).toEqual([404, 404, 404])
    expect(await attemptsOf(purchase)).toHaveLength(4)
    expect(await sim('/app-store/replay', { order: ['none'] })).toMatchObject({ status: 404 })
  })

  it('of any other kind can be sent', async () => {
    const { purchase } = await buy()
    const refused = await act('notify', { type: 'REFUND_DECLINED', transaction: purchase, send: false })
    expect(readNotice(refused.notification)).toMatchObject({
      notificationType: 'REFUND_DECLINED',
      transaction: { transactionId: purchase },
    })
    const test = await act('notify', { type: 'TEST', send: false, environment: 'Sandbox' })
    expect(readNotice(test.notification)).toMatchObject({
      notificationType: 'TEST',
      data: { environment: 'Sandbox' },
      transaction: undefined,
    })
  })
})

describe('the server API', () => {
  it('takes only a token of our key', async () => {
    for (const headers of [{}, { Authorization: 'Bearer a.b.c' }] as Record<string, string>[]) {
      const response = await fetch(`${cloud.simulatorsUrl}/api.storekit.apple.com/inApps/v1/transactions/1`, { headers })
      expect(response.status).toBe(401)
    }
  })
})
