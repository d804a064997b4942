import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createPlay } from '../../src/vendors/google/play.ts'
import { createVendorFetch, type Fetch } from '../../src/vendors/http.ts'
import { cloud } from '../support/cloud.ts'
import { buy, moveClock, play as act } from '../support/play.ts'
import { config, fakeVendor, html, json, verdict } from './fake-vendor.ts'

const now = () => new Date()
const withFetch = (fetch: Fetch, of: object = {}) => createPlay({ fetch, now, config: { ...config, ...of } })
const play = withFetch(createVendorFetch(cloud.simulatorsUrl))
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000)

describe('a push', () => {
  const push = async (input: object = {}) => act('push', { send: false, ...input })
  const reading = async (input: object, adapter = play) => {
    const { authorization, body } = await push(input)
    return adapter.readPush(authorization, body)
  }

  it('is read with its message and what it tells', async () => {
    const { message_id, authorization, body, at } = await push({ token: 'tok', type: 2 })
    expect(await play.readPush(authorization, body)).toEqual({
      message_id,
      published_at: new Date(at),
      package_name: config.ANDROID_APP_ID,
      event_at: new Date(at),
      notice: { kind: 'subscription', type: 2, token: 'tok' },
    })
  })

  it.each(['genuine', 'other_issuer'])('that is %s is accepted', async (variant) => {
    expect(await reading({ variant })).toMatchObject({ notice: { kind: 'subscription' } })
  })

  it('is genuine at the time that Google’s clock was moved to, and at the real one', async () => {
    const { purchase_token: token } = await buy()
    const later = inDays(400)
    await moveClock(token, later)
    const { authorization, body } = await push({ token })
    for (const time of [new Date(), later, inDays(200)]) {
      const { readPush } = createPlay({ fetch: createVendorFetch(cloud.simulatorsUrl), now: () => time, config })
      expect(await readPush(authorization, body)).toMatchObject({ notice: { token } })
    }
  })

  it.each(['wrong_email', 'wrong_aud', 'expired', 'unverified', 'wrong_key'])('with %s is refused', async (variant) => {
    expect(await reading({ variant })).toBeNull()
  })

  it('without a token, or with another kind of one, is refused', async () => {
    const { authorization, body } = await push()
    const jwt = authorization.slice('Bearer '.length)
    for (const wrong of [undefined, '', 'Bearer', jwt, `Basic ${jwt}`, `Bearer ${jwt} ${jwt}`, `Bearer ${jwt.slice(0, -3)}`])
      expect([wrong, await play.readPush(wrong, body)]).toEqual([wrong, null])
    expect(await play.readPush(`bearer ${jwt}`, body)).not.toBeNull()
  })

  it('of another issuer, or whose e-mail is verified in words only, is refused', async () => {
    const key = await generateKeyPair('RS256', { extractable: true })
    const jwks = json({ keys: [{ ...(await exportJWK(key.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }] })
    const { readPush } = withFetch(fakeVendor({ 'www.googleapis.com/oauth2/v3/certs': jwks }).fetch)
    const { body } = await push()
    const claims = { iss: 'accounts.google.com', aud: config.PLAY_PUSH_AUDIENCE, email: config.PLAY_PUSH_ACCOUNT, email_verified: true }
    const sign = async (of: object) => {
      const jwt = new SignJWT({ ...claims, ...of }).setIssuedAt().setExpirationTime('1h').setProtectedHeader({ alg: 'RS256', kid: 'k' })
      return readPush(`Bearer ${await jwt.sign(key.privateKey)}`, body)
    }
    expect(await sign({})).not.toBeNull()
    for (const of of [
      { iss: 'https://accounts.google.com.evil.example' },
      { iss: 'http://accounts.google.com' },
      { email_verified: 'true' },
      { email: undefined },
      { email: config.PLAY_PUSH_ACCOUNT.toUpperCase() },
      { email_verified: undefined },
    ])
      expect([of, await sign(of)]).toEqual([of, null])
  })

  it.each(['PLAY_PUSH_AUDIENCE', 'PLAY_PUSH_ACCOUNT'])('is never genuine without %s', async (name) => {
    expect(await reading({}, withFetch(createVendorFetch(cloud.simulatorsUrl), { [name]: undefined }))).toBeNull()
  })

  it('cannot be judged while Google gives no keys', async () => {
    const { authorization, body } = await push()
    const { fetch } = fakeVendor({ 'www.googleapis.com/oauth2/v3/certs': html(503) })
    expect(await verdict(withFetch(fetch).readPush(authorization, body))).toBe('vendor_unavailable')
  })

  it.each([
    [
      { voidedPurchaseNotification: { purchaseToken: 't', orderId: 'GPA.1', productType: 2, refundType: 2 } },
      { kind: 'voided', token: 't', order_id: 'GPA.1', product_type: 'product', refund_type: 'partial' },
    ],
    [
      { voidedPurchaseNotification: { purchaseToken: 't', orderId: 'GPA.1', productType: 1, refundType: 1 } },
      { kind: 'voided', token: 't', order_id: 'GPA.1', product_type: 'subscription', refund_type: 'full' },
    ],
    [
      { oneTimeProductNotification: { version: '1.0', notificationType: 1, purchaseToken: 't', sku: 's' } },
      { kind: 'product', type: 1, token: 't', product_id: 's' },
    ],
    [
      {
        pendingRefundReviewNotification: {
          version: '1.0',
          pendingRefundToken: 'r',
          orderId: 'GPA.1',
          refundReason: 3,
          obfuscatedAccountId: 'a',
        },
      },
      { kind: 'refund_review', refund_token: 'r', order_id: 'GPA.1', account_id: 'a', reason: '3' },
    ],
    [{ testNotification: { version: '1.0' } }, { kind: 'test' }],
    [{ subscriptionNotification: { notificationType: 99, purchaseToken: 't' } }, { kind: 'subscription', type: 99, token: 't' }],
    [{ somethingNew: {} }, { kind: 'unknown' }],
    [{ subscriptionNotification: { notificationType: 'many' } }, { kind: 'unknown' }],
  ])('of %j is %j', async (notice, expected) => {
    expect((await reading({ notice }))?.notice).toEqual(expected)
  })

  it('of another app is unknown', async () => {
    expect(await reading({ package_name: 'com.example.other' })).toMatchObject({
      package_name: 'com.example.other',
      notice: { kind: 'unknown' },
    })
  })

  it('that is genuine and unreadable still has its message', async () => {
    const { authorization } = await push()
    const message = { messageId: '7', publishTime: '2026-01-05T02:20:00.123Z' }
    for (const data of [undefined, '', '%%%', btoa('[]'), btoa('not json')])
      expect(await play.readPush(authorization, { message: { ...message, data } })).toEqual({
        message_id: '7',
        published_at: new Date(message.publishTime),
        package_name: null,
        event_at: new Date(message.publishTime),
        notice: { kind: 'unknown' },
      })
    for (const body of [null, 'text', {}, { message: {} }, { message: { messageId: '' } }])
      expect(await play.readPush(authorization, body)).toBeNull()
  })
})
