import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/core/hash.ts'
import { createAppleLogin } from '../../src/vendors/apple/login.ts'
import { createVendorFetch, type Fetch } from '../../src/vendors/http.ts'
import { simulateLogin } from '../support/login.ts'
import { config, fakeVendor, html, json, verdict } from './fake-vendor.ts'
import { cloud } from '../support/cloud.ts'

const now = () => new Date()
const withFetch = (fetch: Fetch) => createAppleLogin({ fetch, now, config })
const apple = withFetch(createVendorFetch(cloud.simulatorsUrl))
const randomSub = () => `001234.${crypto.randomUUID().replaceAll('-', '')}.0456`
const logIn = (of: object = {}) => simulateLogin({ provider: 'apple', id: randomSub(), ...of })
const [BUNDLE_ID = '', WEB_ID = ''] = config.APPLE_CLIENT_IDS

const KEYS = 'appleid.apple.com/auth/keys'
const TOKEN = 'appleid.apple.com/auth/token'
const REVOKE = 'appleid.apple.com/auth/revoke'

const key = await generateKeyPair('RS256', { extractable: true })
const jwks = json({ keys: [{ ...(await exportJWK(key.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }] })
function sign(claims: object) {
  const jwt = new SignJWT({ iss: 'https://appleid.apple.com', aud: BUNDLE_ID, sub: 'me', ...claims }).setIssuedAt().setExpirationTime('1h')
  return jwt.setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(key.privateKey)
}

describe('a login with Apple', () => {
  it('takes an identity token with its nonce', async () => {
    const id = randomSub()
    const { identity_token, nonce } = await logIn({ id, email: 'a@privaterelay.appleid.com' })
    expect(await apple.identify({ identity_token: identity_token!, nonce })).toEqual({
      provider: 'apple',
      provider_id: id,
      email: 'a@privaterelay.appleid.com',
      vendor_token: null,
      vendor_client_id: null,
    })
  })

  it('keeps the refresh token of the code, and the client it belongs to', async () => {
    for (const aud of [BUNDLE_ID, WEB_ID]) {
      const { identity_token, nonce, code } = await logIn({ aud })
      const identity = await apple.identify({ identity_token: identity_token!, nonce, authorization_code: code })
      expect(identity).toMatchObject({ vendor_token: expect.stringMatching(/^r/), vendor_client_id: aud })
    }
  })

  it('refuses a nonce that is wrong, hashed already, left out, or not in the token', async () => {
    const { identity_token, nonce } = await logIn()
    const plain = await logIn({ nonce: null })
    const attempts = [
      { identity_token: identity_token!, nonce: `${nonce}x` },
      { identity_token: identity_token!, nonce: await sha256Hex(nonce!) },
      { identity_token: identity_token! },
      { identity_token: plain.identity_token!, nonce: 'mine' },
    ]
    for (const attempt of attempts) expect(await verdict(apple.identify(attempt))).toBe('social_login_rejected')
    expect(await verdict(apple.identify({ identity_token: plain.identity_token! }))).toBe('ok')
  })

  it('takes a code of a services id with the redirect_uri that the authorization began with, and no other', async () => {
    const redirect_uri = 'https://api.withbowwow.com/auth/apple/callback'
    for (const [sent, expected] of [
      [redirect_uri, 'ok'],
      ['https://api.withbowwow.com/elsewhere', 'social_login_rejected'],
      [undefined, 'social_login_rejected'],
    ] as const) {
      const held = await logIn({ aud: WEB_ID, redirect_uri })
      const identified = apple.identify({
        identity_token: held.identity_token!,
        nonce: held.nonce,
        authorization_code: held.code,
        redirect_uri: sent,
      })
      expect([sent, await verdict(identified)]).toEqual([sent, expected])
      if (expected === 'ok') expect(await identified).toMatchObject({ vendor_token: expect.any(String), vendor_client_id: WEB_ID })
    }
  })

  it('goes on without the nonce where Apple says that the platform does not pass one on, and only there', async () => {
    const { identity_token, nonce } = await logIn({ nonce_supported: false })
    expect(await verdict(apple.identify({ identity_token: identity_token!, nonce }))).toBe('ok')
    const { fetch } = fakeVendor({ [KEYS]: jwks })
    const of = async (claims: object) => verdict(withFetch(fetch).identify({ identity_token: await sign(claims), nonce: 'mine' }))
    expect(await of({ nonce_supported: 'false' })).toBe('ok')
    for (const nonce_supported of [true, 'true', undefined, 0, null]) expect(await of({ nonce_supported })).toBe('social_login_rejected')
    expect(await of({ nonce_supported: false, nonce: await sha256Hex('another') })).toBe('social_login_rejected')
    expect(await of({ nonce: (await sha256Hex('mine')).toUpperCase() })).toBe('ok')
  })

  it('takes a nonce that is not hashed only together with a code, because whoever has seen the token knows it', async () => {
    const redirect_uri = 'https://api.withbowwow.com/auth/apple/callback'
    const held = await logIn({ aud: WEB_ID, redirect_uri, nonce_as_it_is: true })
    const token = { identity_token: held.identity_token!, nonce: held.nonce }
    expect(await verdict(apple.identify(token))).toBe('social_login_rejected')
    expect(await verdict(apple.identify({ ...token, redirect_uri }))).toBe('social_login_rejected')
    expect(await verdict(apple.identify({ ...token, redirect_uri, authorization_code: 'made-up' }))).toBe('social_login_rejected')
    expect(await verdict(apple.identify({ ...token, redirect_uri, authorization_code: held.code }))).toBe('ok')
    const vendor = fakeVendor({ [KEYS]: jwks, [TOKEN]: html(503) })
    const identity_token = await sign({ aud: WEB_ID, nonce: 'raw' })
    const undecided = withFetch(vendor.fetch).identify({ identity_token, nonce: 'raw', redirect_uri, authorization_code: 'c' })
    expect(await verdict(undecided)).toBe('vendor_unavailable')
  })

  it('refuses a token for another app, or one that has expired', async () => {
    for (const of of [{ aud: 'com.evil.app' }, { expires_in: -60 }]) {
      const { identity_token, nonce } = await logIn(of)
      expect(await verdict(apple.identify({ identity_token: identity_token!, nonce }))).toBe('social_login_rejected')
    }
  })

  it("refuses a code that was used, has expired, or is somebody else's", async () => {
    const held = await logIn()
    const credentials = { identity_token: held.identity_token!, nonce: held.nonce, authorization_code: held.code }
    await apple.identify(credentials)
    expect(await verdict(apple.identify(credentials))).toBe('social_login_rejected')
    const old = await logIn({ code_expires_in: 0 })
    const stale = { identity_token: old.identity_token!, nonce: old.nonce, authorization_code: old.code }
    expect(await verdict(apple.identify(stale))).toBe('social_login_rejected')
    const other = await logIn()
    const mixed = { identity_token: held.identity_token!, nonce: held.nonce, authorization_code: other.code }
    expect(await verdict(apple.identify(mixed))).toBe('social_login_rejected')
  })

  it('trusts an e-mail only when Apple says, in either spelling, that it is verified', async () => {
    const { fetch } = fakeVendor({ [KEYS]: jwks })
    const emailOf = async (claims: object) => (await withFetch(fetch).identify({ identity_token: await sign(claims) })).email
    expect(await emailOf({ email: 'a@b.c', email_verified: true })).toBe('a@b.c')
    expect(await emailOf({ email: 'a@b.c', email_verified: 'true' })).toBe('a@b.c')
    for (const email_verified of [false, 'false', undefined, 1]) expect(await emailOf({ email: 'a@b.c', email_verified })).toBeNull()
  })

  it('proves itself with a secret made for the client of the token', async () => {
    const vendor = fakeVendor({ [KEYS]: jwks, [TOKEN]: json({ refresh_token: 'r', id_token: await sign({ aud: WEB_ID }) }) })
    await withFetch(vendor.fetch).identify({ identity_token: await sign({ aud: WEB_ID }), authorization_code: 'c' })
    const { form } = vendor.asked.find(({ url }) => url.includes('/auth/token'))!
    expect(form.get('client_id')).toBe(WEB_ID)
    const secret = form.get('client_secret')!
    expect(decodeProtectedHeader(secret)).toEqual({ alg: 'ES256', kid: config.APPLE_KEY_ID })
    const { iss, sub, aud, iat, exp } = decodeJwt(secret)
    expect({ iss, sub, aud, life: exp! - iat! }).toEqual({
      iss: config.APPLE_TEAM_ID,
      sub: WEB_ID,
      aud: 'https://appleid.apple.com',
      life: 300,
    })
  })
})

describe("Apple's failures", () => {
  it('after who it is has been proven cost the refresh token only', async () => {
    const replies = [html(503), html(), new Error('timeout'), json({ error: 'invalid_client' }, 400), json({}), json({ error: 'x' }, 500)]
    for (const reply of replies) {
      const vendor = fakeVendor({ [KEYS]: jwks, [TOKEN]: reply })
      const identity = await withFetch(vendor.fetch).identify({ identity_token: await sign({}), authorization_code: 'c' })
      expect(identity).toMatchObject({ provider_id: 'me', vendor_token: null, vendor_client_id: null })
      expect(vendor.countOf('/auth/token')).toBe(1)
    }
  })

  it('to vouch for the same person twice are refused', async () => {
    for (const claims of [{ sub: 'you' }, { aud: WEB_ID }]) {
      const vendor = fakeVendor({ [KEYS]: jwks, [TOKEN]: json({ refresh_token: 'r', id_token: await sign(claims) }) })
      const login = withFetch(vendor.fetch).identify({ identity_token: await sign({}), authorization_code: 'c' })
      expect(await verdict(login)).toBe('social_login_rejected')
    }
  })

  it('to give its keys leave a login undecided', async () => {
    for (const reply of [html(), html(500), new Error('timeout')]) {
      const { fetch } = fakeVendor({ [KEYS]: reply })
      expect(await verdict(withFetch(fetch).identify({ identity_token: await sign({}) }))).toBe('vendor_unavailable')
    }
  })
})

describe('the end of a link', () => {
  const link = { provider_id: 'me', vendor_token: 'r', vendor_client_id: WEB_ID }

  it('gives the refresh token back as the client it was issued to', async () => {
    const vendor = fakeVendor({ [REVOKE]: new Response(null, { status: 200 }) })
    expect(await verdict(withFetch(vendor.fetch).revoke(link))).toBe('ok')
    expect(Object.fromEntries(vendor.asked[0]!.form)).toMatchObject({ client_id: WEB_ID, token: 'r', token_type_hint: 'refresh_token' })
  })

  it('is not done where Apple did not say so, and nothing to do without a token', async () => {
    for (const reply of [json({ error: 'invalid_client' }, 400), html(503), new Error('reset')]) {
      expect(await verdict(withFetch(fakeVendor({ [REVOKE]: reply }).fetch).revoke(link))).toBe('vendor_unavailable')
    }
    const unused = fakeVendor({})
    expect(await verdict(withFetch(unused.fetch).revoke({ ...link, vendor_token: null }))).toBe('ok')
    expect(unused.asked).toHaveLength(0)
  })

  it('works against the simulator, twice', async () => {
    const { identity_token, nonce, code } = await logIn()
    const identity = await apple.identify({ identity_token: identity_token!, nonce, authorization_code: code })
    for (let i = 0; i < 2; i++) expect(await verdict(apple.revoke(identity))).toBe('ok')
    const state = await fetch(`${cloud.simulatorsUrl}/_sim/apple/users/${identity.provider_id}`)
    expect(await state.json()).toEqual({ revoked: true, refresh_tokens: 0 })
  })
})

describe('a notice', () => {
  const { fetch: fetchKeys } = fakeVendor({ [KEYS]: jwks })
  const read = async (claims: object) => withFetch(fetchKeys).readNotice(await sign({ sub: undefined, ...claims }))
  const events = JSON.stringify({ type: 'consent-revoked', sub: 'me', event_time: 1_767_599_990_000 })

  it('is read from the JSON within the token', async () => {
    expect(await read({ jti: 'n1', events })).toEqual({
      notice_id: 'n1',
      type: 'consent-revoked',
      provider_id: 'me',
      occurred_at: new Date(1_767_599_990_000),
    })
  })

  it('has its events as text or as an object, and its time in milliseconds or seconds, as a number or as text', async () => {
    const occurred_at = new Date(1_767_599_990_000)
    for (const event_time of [1_767_599_990_000, 1_767_599_990, '1767599990000', '1767599990', '1767599990.0', '2026-01-05T07:59:50Z']) {
      const event = { type: 'account-delete', sub: 'me', event_time }
      for (const shape of [event, JSON.stringify(event)])
        expect([event_time, await read({ jti: 'n1', events: shape })]).toEqual([
          event_time,
          { notice_id: 'n1', type: 'account-delete', provider_id: 'me', occurred_at },
        ])
    }
  })

  it('whose time cannot be read, or lies ahead, happened when Apple signed it at the latest', async () => {
    const earliest = Date.now() - 2_000
    for (const event_time of [undefined, null, '', 'yesterday', -5, 1e300, {}, [1], true, Date.now() + 3_600_000, '9999-12-31T00:00:00Z']) {
      const { occurred_at, type } = (await read({ jti: 'n1', events: { type: 'account-delete', sub: 'me', event_time } }))!
      expect([event_time, type]).toEqual([event_time, 'account-delete'])
      expect(occurred_at.getTime()).toBeGreaterThan(earliest)
      expect(occurred_at.getTime()).toBeLessThanOrEqual(Date.now())
    }
  })

  it('that says something unknown is still a notice', async () => {
    const unreadable = { notice_id: 'n1', type: 'unreadable', provider_id: null, occurred_at: expect.any(Date) }
    for (const odd of ['not json', '[]', '{}', '{"type":"consent-revoked","sub":5}', {}, { type: 5 }]) {
      expect(await read({ jti: 'n1', events: odd })).toEqual(unreadable)
    }
    expect(await read({ jti: 'n1', events: '{"type":"brand-new"}' })).toMatchObject({ type: 'brand-new', provider_id: null })
  })

  it('is none without id or events, from another issuer, for another app, or when it is an identity token', async () => {
    for (const claims of [
      { events },
      { jti: 'n1' },
      { jti: 'n1', events, iss: 'https://evil.example' },
      { jti: 'n1', events, aud: 'other' },
    ]) {
      expect(await read(claims)).toBeNull()
    }
    expect(await withFetch(fetchKeys).readNotice('a.b.c')).toBeNull()
    const { identity_token } = await logIn()
    expect(await apple.readNotice(identity_token!)).toBeNull()
    expect(await verdict(withFetch(fetchKeys).identify({ identity_token: await sign({ sub: undefined, jti: 'n1', events }) }))).toBe(
      'social_login_rejected',
    )
  })
})
