import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { workerVars } from '../../dev/credentials.ts'
import { createGoogleTokens } from '../../src/vendors/google/access-token.ts'
import { createVendorFetch } from '../../src/vendors/http.ts'
import { cloud } from '../support/cloud.ts'
import { ANNUAL, buy, contentOf, MONTHLY, moveClock, play, seePurchase, type SimulatedNotice } from '../support/play.ts'
import { verdict } from '../vendors/fake-vendor.ts'
import { addFault, sim } from './control.ts'

const DAY = 86_400_000
const gateway = cloud.simulatorsUrl
const base = `${gateway}/androidpublisher.googleapis.com/androidpublisher/v3/applications`
const app = workerVars.ANDROID_APP_ID
const tokensFor = (account: string, scope: string) =>
  createGoogleTokens({ fetch: createVendorFetch(gateway), now: () => new Date(), account: JSON.parse(account), scope })
const purchases = tokensFor(workerVars.PLAY_SERVICE_ACCOUNT, 'https://www.googleapis.com/auth/androidpublisher')

async function call(path: string, { body, of = app, token }: { body?: string; of?: string; token?: string } = {}) {
  const headers = { Authorization: `Bearer ${token ?? (await purchases.get())}` }
  const response = await fetch(`${base}/${of}/purchases/${path}`, body === undefined ? { headers } : { method: 'POST', headers, body })
  const text = await response.text()
  return { status: response.status, json: (text ? JSON.parse(text) : null) as any }
}
const get = async (token: string) => (await call(`subscriptionsv2/tokens/${token}`)).json
const acknowledge = (token: string, product = MONTHLY) => call(`subscriptions/${product}/tokens/${token}:acknowledge`, { body: '{}' })
const eventsOf = (happened: SimulatedNotice[]) => happened.map(({ event }) => event)
const after = (at: string, days: number) => new Date(Date.parse(at) + days * DAY)
const inDays = (days: number) => new Date(Date.now() + days * DAY)

/** A subscription that is acknowledged, so that nothing but its own life happens to it. */
async function buyForGood(input: object = {}) {
  const bought = await buy(input)
  await acknowledge(bought.purchase_token, bought.purchase.plan.product_id)
  return { token: bought.purchase_token, ...bought }
}

test('a year that passes at once has twelve renewals, each with its notice and the next number of the order', async () => {
  const { token, purchase } = await buyForGood()
  const happened = await moveClock(token, after(purchase.paid_at, 366))
  expect(eventsOf(happened)).toEqual(Array.from({ length: 12 }, () => 'RENEWED'))
  expect(happened.map(({ at }) => at)).toEqual(happened.map(({ at }) => at).toSorted())
  expect(happened.map((notice) => contentOf(notice))).toEqual(
    happened.map(({ at }) => ({
      version: '1.0',
      packageName: app,
      eventTimeMillis: String(Date.parse(at)),
      subscriptionNotification: { version: '1.0', notificationType: 2, purchaseToken: token },
    })),
  )
  const { orders } = await seePurchase(token)
  const first = purchase.orders[0].id
  expect(orders.map(({ id }: any) => id)).toEqual([first, ...Array.from({ length: 12 }, (_, n) => `${first}..${n}`)])
  expect((await get(token)).lineItems[0].latestSuccessfulOrderId).toBe(`${first}..11`)
  expect(await moveClock(token, after(purchase.paid_at, 366))).toEqual([])
})

test('a clock of an account token moves all its purchases, the oldest event first, and nobody else’s', async () => {
  const account_id = crypto.randomUUID()
  const monthly = await buyForGood({ account_id })
  const annual = await buyForGood({ account_id, product: ANNUAL })
  const stranger = await buyForGood()
  const happened = await moveClock(account_id, after(monthly.purchase.expires_at, 340))
  expect(happened).toHaveLength(13)
  expect(happened.map(({ at }) => Date.parse(at))).toEqual(happened.map(({ at }) => Date.parse(at)).toSorted((a, b) => a - b))
  expect(happened.filter(({ token }) => token === annual.token)).toHaveLength(1)
  expect((await seePurchase(stranger.token)).orders).toHaveLength(1)
})

test('a trial that is consented to is paid at its end, and one without consent is cancelled before it', async () => {
  const [kept, dropped, refused] = await Promise.all([
    buyForGood({ trial: true }),
    buyForGood({ trial: true }),
    buyForGood({ trial: true }),
  ])
  expect(eventsOf(kept.notices)).toEqual(['PURCHASED', 'PRICE_STEP_UP_CONSENT_UPDATED'])
  expect(kept.purchase.orders).toMatchObject([{ amount_won: 0 }])
  expect(eventsOf((await play('consent', { token: kept.token })).notices)).toEqual(['PRICE_STEP_UP_CONSENT_UPDATED'])
  expect(eventsOf((await play('consent', { token: refused.token, accepted: false })).notices)).toEqual(['CANCELED'])
  expect(eventsOf(await moveClock(kept.token, inDays(8)))).toEqual(['RENEWED'])
  expect((await seePurchase(kept.token)).orders).toMatchObject([{ amount_won: 0 }, { amount_won: 3_900 }])
  expect(eventsOf(await moveClock(dropped.token, inDays(6.5)))).toEqual(['CANCELED'])
  expect(await get(dropped.token)).toMatchObject({
    subscriptionState: 'SUBSCRIPTION_STATE_CANCELED',
    canceledStateContext: { systemInitiatedCancellation: {} },
  })
  expect(eventsOf(await moveClock(dropped.token, inDays(8)))).toEqual(['EXPIRED'])
  expect(eventsOf(await moveClock(refused.token, inDays(8)))).toEqual(['EXPIRED'])
  expect((await seePurchase(dropped.token)).orders).toHaveLength(1)
})

test('a card that fails leads through grace and hold to the end, and a payment in grace keeps the date', async () => {
  const { token, purchase } = await buyForGood()
  await play('card', { token, grace_days: 7, hold_days: 30 })
  const end = purchase.expires_at
  expect(eventsOf(await moveClock(token, after(end, 1)))).toEqual(['IN_GRACE_PERIOD'])
  expect((await get(token)).lineItems[0].expiryTime).toBe(after(end, 7).toISOString())
  expect(eventsOf(await moveClock(token, after(end, 8)))).toEqual(['ON_HOLD'])
  expect((await get(token)).lineItems[0].expiryTime).toBe(after(end, 7).toISOString())
  const rest = await moveClock(token, after(end, 40))
  expect(eventsOf(rest)).toEqual(['CANCELED', 'EXPIRED'])
  // A recovery may come months after the failure.
  const { purchase: recovered, notices } = await play('recover', { token })
  expect(eventsOf(notices)).toEqual(['RECOVERED'])
  expect(recovered).toMatchObject({ state: 'ACTIVE', auto_renew: true })

  const other = await buyForGood()
  await play('grace', { token: other.token })
  const inGrace = await play('recover', { token: other.token })
  expect(eventsOf(inGrace.notices)).toEqual(['RENEWED'])
  const months = (Date.parse(inGrace.purchase.expires_at) - Date.parse(other.purchase.expires_at)) / DAY
  expect(months).toBeGreaterThanOrEqual(28)
  expect(months).toBeLessThanOrEqual(31)
})

test('with a grace of 0 there is a silent day: the state stays active, and nobody is told', async () => {
  const { token, purchase } = await buyForGood()
  await play('card', { token, grace_days: 0 })
  const end = purchase.expires_at
  const late = await moveClock(token, after(end, 0.5))
  expect(late).toEqual([{ vendor: 'google_play', token, event: 'SILENTLY_LATE', at: end }])
  expect(await get(token)).toMatchObject({
    subscriptionState: 'SUBSCRIPTION_STATE_ACTIVE',
    lineItems: [{ expiryTime: after(end, 1).toISOString(), latestSuccessfulOrderId: purchase.orders[0].id }],
  })
  expect((await seePurchase(token)).notices).toHaveLength(1)
  expect(eventsOf(await moveClock(token, after(end, 1.1)))).toEqual(['ON_HOLD'])
  const paid = await buyForGood()
  expect((await play('grace', { token: paid.token, days: 0 })).notices).toEqual([])
  expect(eventsOf((await play('recover', { token: paid.token })).notices)).toEqual(['RENEWED'])
})

test('nobody acknowledges for three days: refund, end, and an order voided for that reason', async () => {
  const { purchase_token: token, purchase } = await buy()
  expect(await moveClock(token, inDays(2.9))).toEqual([])
  const happened = await moveClock(token, inDays(3.1))
  expect(eventsOf(happened)).toEqual(['REVOKED', 'VOIDED'])
  expect(happened[0].at).toBe(after(purchase.paid_at, 3).toISOString())
  expect(contentOf(happened[1])).toMatchObject({
    voidedPurchaseNotification: { purchaseToken: token, orderId: purchase.orders[0].id, productType: 1, refundType: 1 },
  })
  expect(await get(token)).toMatchObject({
    subscriptionState: 'SUBSCRIPTION_STATE_EXPIRED',
    acknowledgementState: 'ACKNOWLEDGEMENT_STATE_PENDING',
  })
  const { json } = await call('voidedpurchases?type=1')
  expect(json.voidedPurchases.filter((one: any) => one.purchaseToken === token)).toMatchObject([{ voidedReason: 8, voidedSource: 2 }])
  const onlyGoods = (await call('voidedpurchases')).json.voidedPurchases ?? []
  expect(onlyGoods.filter((one: any) => one.purchaseToken === token)).toEqual([])
  expect((await acknowledge(token)).status).toBe(400)

  const goods = await play('buy-product', { product: 'com.withbowwow.theme.dark', send: false })
  expect(eventsOf(await moveClock(goods.purchase_token, inDays(3.1)))).toEqual(['VOIDED'])
  expect(eventsOf(await moveClock((await buy({ test: true })).purchase_token, inDays(0.01)))).toEqual(['REVOKED', 'VOIDED'])
})

test('the acknowledgement may fail in every way, may be repeated, and is counted', async () => {
  const { purchase_token: token } = await buy()
  for (const status of [404, 409, 410, 503]) {
    await addFault({ host: 'androidpublisher.googleapis.com', key: `${token}:acknowledge`, status })
    expect((await acknowledge(token)).status).toBe(status)
  }
  expect(await seePurchase(token)).toMatchObject({ is_acknowledged: false, acknowledgements: 0 })
  const { etag } = await get(token)
  for (let twice = 0; twice < 2; twice++) expect((await acknowledge(token)).status).toBe(204)
  expect(await seePurchase(token)).toMatchObject({ is_acknowledged: true, acknowledgements: 2 })
  const acknowledged = await get(token)
  expect(acknowledged.etag).not.toBe(etag)
  await play('cancel', { token })
  expect((await get(token)).etag).not.toBe(acknowledged.etag)
  expect((await get(token)).etag).toBe((await get(token)).etag)
})

test('an upgrade ends the old purchase, a pending one only when it is paid', async () => {
  const old = await buyForGood()
  const pending = await play('upgrade', { token: old.token, product: ANNUAL, pending: true })
  expect(pending.notices).toEqual([])
  expect(await get(old.token)).toMatchObject({ subscriptionState: 'SUBSCRIPTION_STATE_ACTIVE' })
  expect(await get(pending.purchase_token)).toMatchObject({
    subscriptionState: 'SUBSCRIPTION_STATE_PENDING',
    linkedPurchaseToken: old.token,
  })
  const { notices } = await play('complete', { token: pending.purchase_token })
  expect(notices.map(({ event, token }: SimulatedNotice) => [event, token])).toEqual([
    ['PURCHASED', pending.purchase_token],
    ['EXPIRED', old.token],
  ])
  expect(await get(old.token)).toMatchObject({
    subscriptionState: 'SUBSCRIPTION_STATE_EXPIRED',
    canceledStateContext: { replacementCancellation: {} },
  })
  expect(await moveClock(old.token, inDays(400))).toEqual([])
  expect(await sim('/play/renew', { token: old.token })).toMatchObject({ status: 409 })
  expect(await sim('/play/buy', { product: MONTHLY, linked: old.token })).toMatchObject({ status: 409 })
})

test('a plan that is deferred begins where the old one ends', async () => {
  const old = await buyForGood({ product: ANNUAL })
  const { purchase_token: token, notices } = await play('upgrade', { token: old.token, product: MONTHLY, deferred: true })
  await acknowledge(token, ANNUAL)
  expect(eventsOf(notices)).toEqual(['PURCHASED', 'EXPIRED'])
  expect((await get(token)).lineItems).toMatchObject([
    { productId: ANNUAL, expiryTime: old.purchase.expires_at, deferredItemReplacement: { productId: MONTHLY } },
    { productId: MONTHLY },
  ])
  expect(eventsOf(await moveClock(token, after(old.purchase.expires_at, 1)))).toEqual(['RENEWED'])
  const [item, ...others] = (await get(token)).lineItems
  expect([item.productId, others]).toEqual([MONTHLY, []])
  expect(Date.parse(item.expiryTime) - Date.parse(old.purchase.expires_at)).toBeLessThanOrEqual(31 * DAY)
})

test('a pause begins at the end of the period and ends by itself, a cancelled subscription ends, and days may be given', async () => {
  const { token, purchase } = await buyForGood()
  expect(eventsOf((await play('pause', { token, days: 10, only_planned: true })).notices)).toEqual(['PAUSE_SCHEDULE_CHANGED'])
  expect(eventsOf(await moveClock(token, after(purchase.expires_at, 11)))).toEqual(['PAUSED', 'RECOVERED'])
  const { purchase: resumed } = await play('defer', { token, days: 5 })
  expect(Date.parse(resumed.expires_at)).toBeGreaterThan(after(purchase.expires_at, 10 + 28 + 4).getTime())
  expect(eventsOf((await play('cancel', { token })).notices)).toEqual(['CANCELED'])
  expect(eventsOf((await play('restart', { token })).notices)).toEqual(['RESTARTED'])
  await play('cancel', { token })
  expect(eventsOf(await moveClock(token, after(resumed.expires_at, 1)))).toEqual(['EXPIRED'])
  const trial = await buyForGood({ trial: true })
  expect(await sim('/play/pause', { token: trial.token })).toMatchObject({ status: 409 })
})

test('a refund of one order leaves the subscription, and a revocation ends it at once', async () => {
  const { token, purchase } = await buyForGood()
  await play('renew', { token })
  const { notices } = await play('void', { token, order_id: purchase.orders[0].id })
  expect(eventsOf(notices)).toEqual(['VOIDED'])
  expect(await get(token)).toMatchObject({ subscriptionState: 'SUBSCRIPTION_STATE_ACTIVE' })
  expect(eventsOf((await play('revoke', { token, source: 1 })).notices)).toEqual(['REVOKED', 'VOIDED'])
  expect(await get(token)).toMatchObject({
    subscriptionState: 'SUBSCRIPTION_STATE_EXPIRED',
    canceledStateContext: { developerInitiatedCancellation: {} },
  })
  expect((await seePurchase(token)).orders.map(({ voided }: any) => voided !== null)).toEqual([true, true])
})

test('a notice is pushed with a token of its account, again while it is not taken, and never more than five times', async () => {
  const key = crypto.randomUUID()
  const to = `${gateway}/hook.kakao.test/${key}`
  const { purchase_token: token, notices } = await buy({ send: true, to })
  const jwks = createRemoteJWKSet(new URL(`${gateway}/www.googleapis.com/oauth2/v3/certs`))
  const { payload } = await jwtVerify(notices[0]!.authorization.slice('Bearer '.length), jwks, { audience: workerVars.PLAY_PUSH_AUDIENCE })
  expect(payload).toMatchObject({ iss: 'https://accounts.google.com', email: workerVars.PLAY_PUSH_ACCOUNT, email_verified: true })
  expect(notices[0]!.answers).toMatchObject([{ status: 501 }])
  await addFault({ host: 'hook.kakao.test', key, status: 500 })
  await addFault({ host: 'hook.kakao.test', key, status: 204 })
  for (let moved = 0; moved < 3; moved++) await moveClock(token, new Date())
  expect((await seePurchase(token)).notices[0].answers.map(({ status }: any) => status)).toEqual([501, 500, 204])
  const other = await buy({ send: true, to })
  for (let moved = 0; moved < 8; moved++) await moveClock(other.purchase_token, new Date())
  expect((await seePurchase(other.purchase_token)).notices[0].answers).toHaveLength(5)
})

test('notices come again in any order and number, each with its own message id', async () => {
  const { token } = await buyForGood()
  await play('cancel', { token })
  await play('restart', { token })
  const ids = (await seePurchase(token)).notices.map(({ message_id }: any) => message_id)
  expect(new Set(ids).size).toBe(3)
  const { replayed } = await play('replay', { token, order: [2, 0], duplicates: 1, to: `${gateway}/hook.kakao.test/x` })
  expect(replayed.map(({ message_id, event }: any) => [message_id, event])).toEqual([
    [ids[2], 'RESTARTED'],
    [ids[2], 'RESTARTED'],
    [ids[0], 'PURCHASED'],
    [ids[0], 'PURCHASED'],
  ])
  expect(await sim('/play/replay', { token, order: [9] })).toMatchObject({ status: 422 })
})

test('the API wants an access token for purchases, our app, and a token that it gave out', async () => {
  const { purchase_token: token } = await buy()
  const path = `subscriptionsv2/tokens/${token}`
  const push = await tokensFor(workerVars.FCM_SERVICE_ACCOUNT, 'https://www.googleapis.com/auth/firebase.messaging').get()
  expect(await call(path, { token: 'nonsense' })).toMatchObject({ status: 401 })
  expect(await call(path, { token: push })).toMatchObject({ status: 401 })
  expect(await call(path, { of: 'com.example.other' })).toMatchObject({
    status: 404,
    json: { error: { errors: [{ reason: 'applicationNotFound' }] } },
  })
  expect(await call('subscriptionsv2/tokens/short')).toMatchObject({ status: 400 })
  expect(await call(`${path}x`)).toMatchObject({ status: 404, json: { error: { errors: [{ reason: 'purchaseTokenNotFound' }] } } })
  for (const [account, scope] of [
    [workerVars.FCM_SERVICE_ACCOUNT, 'https://www.googleapis.com/auth/androidpublisher'],
    [workerVars.PLAY_SERVICE_ACCOUNT, 'https://www.googleapis.com/auth/firebase.messaging'],
  ] as const)
    expect(await verdict(tokensFor(account, scope).get())).toBe('vendor_unavailable')
  expect(await sim('/play/buy', { product: 'com.withbowwow.nothing' })).toMatchObject({ status: 422 })
  expect(await sim('/play/buy', { product: ANNUAL, base_plan: 'monthly' })).toMatchObject({ status: 422 })
  expect(await sim('/play/buy-product', { product: MONTHLY })).toMatchObject({ status: 422 })
  expect((await sim('/play/renew', { token: 'unknown' })).status).toBe(404)
})
