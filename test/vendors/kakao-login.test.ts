import { describe, expect, it } from 'vitest'
import { createVendorFetch, type Fetch } from '../../src/vendors/http.ts'
import { createKakaoLogin } from '../../src/vendors/kakao/login.ts'
import { randomNumericId, simulateLogin } from '../support/login.ts'
import { config, fakeVendor, html, json, verdict } from './fake-vendor.ts'
import { cloud } from '../support/cloud.ts'

const now = () => new Date()
const withFetch = (fetch: Fetch) => createKakaoLogin({ fetch, now, config })
const kakao = withFetch(createVendorFetch(cloud.simulatorsUrl))
const logIn = (of: object = {}) => simulateLogin({ provider: 'kakao', id: randomNumericId(), ...of })

const TOKEN = 'kauth.kakao.com/oauth/token'
const INFO = 'kapi.kakao.com/v1/user/access_token_info'
const ME = 'kapi.kakao.com/v2/user/me'
const UNLINK = 'kapi.kakao.com/v1/user/unlink'
const info = json({ id: 7, expires_in: 100, app_id: config.KAKAO_APP_ID })
const me = json({ id: 7, kakao_account: { email: 'me@example.com', is_email_valid: true, is_email_verified: true } })

describe('a login with Kakao', () => {
  it('takes a code, an access token or an id token of the same person', async () => {
    const id = randomNumericId()
    const email = `m${id}@example.com`
    const held = await logIn({ id, email })
    const expected = { provider: 'kakao', provider_id: id, email, vendor_token: null, vendor_client_id: null }
    expect(await kakao.identify({ code: held.code!, redirect_uri: held.redirect_uri! })).toEqual(expected)
    expect(await kakao.identify({ access_token: held.access_token! })).toEqual(expected)
    expect(await kakao.identify({ id_token: held.id_token!, nonce: held.nonce })).toEqual(expected)
    const web = await logIn({ id, email, key: 'rest', nonce: null })
    expect(await kakao.identify({ id_token: web.id_token! })).toEqual(expected)
  })

  it('keeps only an e-mail that Kakao has verified', async () => {
    for (const doubt of [{ email_valid: false }, { email_verified: false }, { consents: [] }]) {
      const { access_token, id_token, nonce } = await logIn({ email: 'a@example.com', ...doubt })
      expect((await kakao.identify({ access_token: access_token! })).email).toBeNull()
      expect((await kakao.identify({ id_token: id_token!, nonce })).email).toBeNull()
    }
  })

  it('refuses a token of another app', async () => {
    const other = await logIn({ app_id: 111_111 })
    expect(await verdict(kakao.identify({ access_token: other.access_token! }))).toBe('social_login_rejected')
    expect(await verdict(kakao.identify({ id_token: other.id_token!, nonce: other.nonce }))).toBe('social_login_rejected')
    expect(await verdict(kakao.identify({ code: other.code!, redirect_uri: other.redirect_uri! }))).toBe('social_login_rejected')
  })

  it('refuses a nonce that is wrong, left out, or not in the token', async () => {
    const { id_token, nonce } = await logIn()
    const plain = await logIn({ nonce: null })
    expect(await verdict(kakao.identify({ id_token: id_token!, nonce: `${nonce}x` }))).toBe('social_login_rejected')
    expect(await verdict(kakao.identify({ id_token: id_token! }))).toBe('social_login_rejected')
    expect(await verdict(kakao.identify({ id_token: plain.id_token!, nonce: 'mine' }))).toBe('social_login_rejected')
  })

  it('refuses a code that was used, has expired, or belongs to another redirect', async () => {
    const held = await logIn()
    const credentials = { code: held.code!, redirect_uri: held.redirect_uri! }
    await kakao.identify(credentials)
    expect(await verdict(kakao.identify(credentials))).toBe('social_login_rejected')
    const old = await logIn({ code_expires_in: 0 })
    expect(await verdict(kakao.identify({ code: old.code!, redirect_uri: old.redirect_uri! }))).toBe('social_login_rejected')
    const { code } = await logIn()
    expect(await verdict(kakao.identify({ code: code!, redirect_uri: 'https://evil.example/' }))).toBe('social_login_rejected')
  })

  it('refuses tokens that have expired or never were', async () => {
    const { access_token, id_token, nonce } = await logIn({ expires_in: -60 })
    expect(await verdict(kakao.identify({ access_token: access_token! }))).toBe('social_login_rejected')
    expect(await verdict(kakao.identify({ id_token: id_token!, nonce }))).toBe('social_login_rejected')
    expect(await verdict(kakao.identify({ access_token: 'made-up' }))).toBe('social_login_rejected')
    expect(await verdict(kakao.identify({ id_token: 'a.b.c' }))).toBe('social_login_rejected')
  })

  it('asks for no more of the profile than the e-mail', async () => {
    const vendor = fakeVendor({ [INFO]: info, [ME]: me })
    await withFetch(vendor.fetch).identify({ access_token: 't0ken-of-someone' })
    const asked = vendor.asked.find(({ url }) => url.includes('/v2/user/me'))
    expect(new URL(asked!.url).searchParams.get('property_keys')).toBe('["kakao_account.email"]')
  })
})

describe("Kakao's failures", () => {
  const failures: [body: unknown, status: number, verdict: string][] = [
    [{ code: -401, msg: 'this access token does not exist' }, 401, 'social_login_rejected'],
    [{ code: -2, msg: 'malformed' }, 400, 'social_login_rejected'],
    [{ code: -4, msg: 'restricted' }, 403, 'social_login_rejected'],
    [{ code: -101, msg: 'not linked' }, 400, 'social_login_rejected'],
    [{ code: -103, msg: 'dormant' }, 400, 'social_login_rejected'],
    [{ code: -402, msg: 'scope' }, 403, 'social_login_rejected'],
    [{ code: -406, msg: 'under 14' }, 401, 'social_login_rejected'],
    [{ code: -1, msg: 'internal' }, 400, 'vendor_unavailable'],
    [{ code: -7, msg: 'maintenance' }, 400, 'vendor_unavailable'],
    [{ code: -603, msg: 'timeout' }, 400, 'vendor_unavailable'],
    [{ code: -9798, msg: 'maintenance' }, 503, 'vendor_unavailable'],
    [{ code: -10, msg: 'API limit has been exceeded.' }, 400, 'vendor_unavailable'],
    [{ code: -3, msg: 'feature off' }, 403, 'vendor_unavailable'],
    [{ code: -401, msg: 'half broken' }, 500, 'vendor_unavailable'],
    [{ expires_in: 100 }, 200, 'vendor_unavailable'],
    [{ id: '7', app_id: '987654' }, 200, 'vendor_unavailable'],
    [null, 200, 'vendor_unavailable'],
  ]
  it.each(failures)('%j with %i is %s', async (body, status, expected) => {
    const vendor = fakeVendor({ [INFO]: json(body, status), [ME]: me })
    expect(await verdict(withFetch(vendor.fetch).identify({ access_token: 't0ken-of-someone' }))).toBe(expected)
  })

  const refusals: [body: unknown, status: number, verdict: string, calls: number][] = [
    [{ error: 'invalid_grant', error_code: 'KOE320' }, 400, 'social_login_rejected', 1],
    [{ error: 'invalid_grant', error_code: 'KOE303' }, 400, 'social_login_rejected', 1],
    [{ error: 'invalid_client', error_code: 'KOE101' }, 401, 'vendor_unavailable', 1],
    [{ error: 'invalid_client', error_code: 'KOE010' }, 401, 'vendor_unavailable', 1],
    [{ error: 'server_error', error_code: 'KOE003' }, 400, 'vendor_unavailable', 2],
    [{ error: 'invalid_request', error_code: 'KOE237' }, 400, 'vendor_unavailable', 1],
    [{ token_type: 'bearer' }, 200, 'vendor_unavailable', 1],
  ]
  it.each(refusals)('%j with %i to a code is %s', async (body, status, expected, calls) => {
    const vendor = fakeVendor({ [TOKEN]: json(body, status) })
    expect(await verdict(withFetch(vendor.fetch).identify({ code: 'c0de-of-someone', redirect_uri: 'r' }))).toBe(expected)
    expect(vendor.asked).toHaveLength(calls)
  })

  it('that pass are asked about once more, silence never', async () => {
    const passing = fakeVendor({ [INFO]: [json({ code: -1 }, 400), info], [ME]: [html(502), me] })
    expect(await withFetch(passing.fetch).identify({ access_token: 't0ken-of-someone' })).toMatchObject({
      provider_id: '7',
      email: 'me@example.com',
    })
    const silent = fakeVendor({ [INFO]: [new Error('timeout'), info], [ME]: me })
    expect(await verdict(withFetch(silent.fetch).identify({ access_token: 't0ken-of-someone' }))).toBe('vendor_unavailable')
    expect(silent.countOf(INFO)).toBe(1)
  })

  it('to tell the e-mail cost the e-mail only', async () => {
    for (const reply of [html(500), html(), new Error('reset'), json({}), json({ code: -10 }, 400)]) {
      const vendor = fakeVendor({ [INFO]: info, [ME]: reply })
      expect(await withFetch(vendor.fetch).identify({ access_token: 't0ken-of-someone' })).toMatchObject({ provider_id: '7', email: null })
    }
    const rejected = fakeVendor({ [INFO]: info, [ME]: json({ code: -401 }, 401) })
    expect(await verdict(withFetch(rejected.fetch).identify({ access_token: 't0ken-of-someone' }))).toBe('social_login_rejected')
  })

  it('never mix two people', async () => {
    const vendor = fakeVendor({ [INFO]: info, [ME]: json({ id: 8 }) })
    expect(await verdict(withFetch(vendor.fetch).identify({ access_token: 't0ken-of-someone' }))).toBe('vendor_unavailable')
  })
})

describe('the end of a link', () => {
  const revoke = (reply: Response | Error) => {
    const vendor = fakeVendor({ [UNLINK]: reply })
    return { vendor, result: verdict(withFetch(vendor.fetch).revoke({ provider_id: '7', vendor_token: null, vendor_client_id: null })) }
  }

  it('is asked for with the admin key', async () => {
    const { vendor, result } = revoke(json({ id: 7 }))
    expect(await result).toBe('ok')
    expect(vendor.asked[0]?.headers.get('Authorization')).toBe(`KakaoAK ${config.KAKAO_ADMIN_KEY}`)
    expect(Object.fromEntries(vendor.asked[0]!.form)).toEqual({ target_id_type: 'user_id', target_id: '7' })
  })

  it('is done where there is none, and not done where Kakao did not say so', async () => {
    expect(await revoke(json({ code: -101 }, 400)).result).toBe('ok')
    for (const reply of [json({ code: -1 }, 400), json({ code: -401 }, 401), html(503), html(), new Error('reset')]) {
      expect(await revoke(reply).result).toBe('vendor_unavailable')
    }
  })

  it('works against the simulator, twice', async () => {
    const id = randomNumericId()
    const { access_token } = await logIn({ id })
    await kakao.identify({ access_token: access_token! })
    const link = { provider_id: id, vendor_token: null, vendor_client_id: null }
    expect(await verdict(kakao.revoke(link))).toBe('ok')
    expect(await verdict(kakao.revoke(link))).toBe('ok')
    expect(await verdict(kakao.identify({ access_token: access_token! }))).toBe('social_login_rejected')
  })
})

describe('an unlink notice', () => {
  it('is genuine only with our admin key and our app id', async () => {
    const authorization = `KakaoAK ${config.KAKAO_ADMIN_KEY}`
    const app_id = String(config.KAKAO_APP_ID)
    expect(await kakao.isGenuineNotice({ authorization, app_id })).toBe(true)
    for (const notice of [
      { authorization: undefined, app_id },
      { authorization: '', app_id },
      { authorization: config.KAKAO_ADMIN_KEY, app_id },
      { authorization: `${authorization} `, app_id },
      { authorization: authorization.toLowerCase(), app_id },
      { authorization, app_id: undefined },
      { authorization, app_id: '1' },
    ]) {
      expect(await kakao.isGenuineNotice(notice)).toBe(false)
    }
  })
})

it('what cannot be a token or a code is refused without a call to Kakao', async () => {
  const vendor = fakeVendor({})
  for (const code of ['x', 'short', 'a b c d e f g h i j', '한글로-된-토큰-입니다', '"quoted-json-text"', 'x'.repeat(5_000)]) {
    expect(await verdict(withFetch(vendor.fetch).identify({ access_token: code }))).toBe('social_login_rejected')
    expect(await verdict(withFetch(vendor.fetch).identify({ code, redirect_uri: 'https://a.example/' }))).toBe('social_login_rejected')
  }
  expect(vendor.asked).toHaveLength(0)
})
