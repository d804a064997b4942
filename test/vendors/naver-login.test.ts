import { describe, expect, it } from 'vitest'
import { createVendorFetch, type Fetch } from '../../src/vendors/http.ts'
import { createNaverLogin } from '../../src/vendors/naver/login.ts'
import { simulateLogin } from '../support/login.ts'
import { config, fakeVendor, html, json, verdict } from './fake-vendor.ts'
import { cloud } from '../support/cloud.ts'

const withFetch = (fetch: Fetch) => createNaverLogin({ fetch, config })
const naver = withFetch(createVendorFetch(cloud.simulatorsUrl))
const randomId = () => crypto.randomUUID().replaceAll('-', '')
const logIn = (of: object = {}) => simulateLogin({ provider: 'naver', id: randomId(), ...of })

const TOKEN = 'nid.naver.com/oauth2.0/token'
const ME = 'openapi.naver.com/v1/nid/me'
const REVOKE = 'nid.naver.com/oauth2.0/revoke'
const me = json({ resultcode: '00', message: 'success', response: { id: 'n7' } })

describe('a login with Naver', () => {
  it('takes a code, whose refresh token is kept for the day the account goes, or an access token', async () => {
    const id = randomId()
    const held = await logIn({ id, email: 'n@example.com' })
    const byCode = await naver.identify({ code: held.code!, state: held.state! })
    expect(byCode).toEqual({ provider: 'naver', provider_id: id, email: null, vendor_token: expect.any(String), vendor_client_id: null })
    const byToken = await naver.identify({ access_token: held.access_token! })
    expect(byToken).toEqual({ provider: 'naver', provider_id: id, email: null, vendor_token: null, vendor_client_id: null })
  })

  it('refuses a code that was used, has expired, or belongs to another state', async () => {
    const held = await logIn()
    await naver.identify({ code: held.code!, state: held.state! })
    expect(await verdict(naver.identify({ code: held.code!, state: held.state! }))).toBe('social_login_rejected')
    const old = await logIn({ code_expires_in: 0 })
    expect(await verdict(naver.identify({ code: old.code!, state: old.state! }))).toBe('social_login_rejected')
    const { code } = await logIn()
    expect(await verdict(naver.identify({ code: code!, state: 'another' }))).toBe('social_login_rejected')
  })

  it('refuses access tokens that have expired or never were', async () => {
    const { access_token } = await logIn({ expires_in: -1 })
    expect(await verdict(naver.identify({ access_token: access_token! }))).toBe('social_login_rejected')
    expect(await verdict(naver.identify({ access_token: 'made-up' }))).toBe('social_login_rejected')
  })

  it('takes a lifetime told as text', async () => {
    const grant = json({ access_token: 'a+/=', refresh_token: 'r', token_type: 'bearer', expires_in: '3600' })
    const vendor = fakeVendor({ [TOKEN]: grant, [ME]: me })
    expect(await withFetch(vendor.fetch).identify({ code: 'c0de-of-someone', state: 's' })).toMatchObject({
      provider_id: 'n7',
      vendor_token: 'r',
    })
    expect(vendor.asked[0]?.form.get('state')).toBe('s')
    expect(vendor.asked[1]?.headers.get('Authorization')).toBe('Bearer a+/=')
  })
})

describe("Naver's failures", () => {
  const refusals: [body: unknown, status: number, verdict: string, calls: number][] = [
    [{ error: 'invalid_request', error_description: 'no valid data in session' }, 200, 'social_login_rejected', 1],
    [{ error: 'invalid_grant' }, 400, 'social_login_rejected', 1],
    [{ error: 'unauthorized_client' }, 200, 'vendor_unavailable', 1],
    [{ error: 'server_error' }, 200, 'vendor_unavailable', 2],
    [{ error: 'temporarily_unavailable' }, 503, 'vendor_unavailable', 2],
    [{}, 200, 'vendor_unavailable', 1],
  ]
  it.each(refusals)('%j with %i to a code is %s', async (body, status, expected, calls) => {
    const vendor = fakeVendor({ [TOKEN]: json(body, status), [ME]: me })
    expect(await verdict(withFetch(vendor.fetch).identify({ code: 'c0de-of-someone', state: 's' }))).toBe(expected)
    expect(vendor.asked).toHaveLength(calls)
  })

  const failures: [body: unknown, status: number, verdict: string][] = [
    [{ resultcode: '024', message: 'Authentication failed' }, 401, 'social_login_rejected'],
    [{ resultcode: '024', message: 'Authentication failed' }, 200, 'social_login_rejected'],
    [{ errorCode: '024', errorMessage: 'Authentication failed' }, 401, 'social_login_rejected'],
    [{ resultcode: '028' }, 401, 'social_login_rejected'],
    [{ resultcode: '403' }, 403, 'social_login_rejected'],
    [{ resultcode: '500' }, 500, 'vendor_unavailable'],
    [{ errorCode: '010', errorMessage: 'quota' }, 429, 'vendor_unavailable'],
    [{ resultcode: '00', message: 'success' }, 200, 'vendor_unavailable'],
    [{ resultcode: '00', response: { id: '' } }, 200, 'vendor_unavailable'],
    [{ response: { id: 'n7' } }, 200, 'vendor_unavailable'],
    [[], 200, 'vendor_unavailable'],
  ]
  it.each(failures)('%j with %i to a token is %s', async (body, status, expected) => {
    const vendor = fakeVendor({ [ME]: json(body, status) })
    expect(await verdict(withFetch(vendor.fetch).identify({ access_token: 't0ken-of-someone' }))).toBe(expected)
  })

  it('that pass are asked about once more, silence never', async () => {
    const passing = fakeVendor({ [TOKEN]: [json({ error: 'server_error' }), json({ access_token: 'a' })], [ME]: [html(502), me] })
    expect(await withFetch(passing.fetch).identify({ code: 'c0de-of-someone', state: 's' })).toMatchObject({ provider_id: 'n7' })
    for (const reply of [html(), new Error('reset')]) {
      const silent = fakeVendor({ [ME]: [reply, me] })
      expect(await verdict(withFetch(silent.fetch).identify({ access_token: 't0ken-of-someone' }))).toBe('vendor_unavailable')
      expect(silent.asked).toHaveLength(1)
    }
  })
})

describe('the end of a link', () => {
  const link = { provider_id: 'n7', vendor_token: 'r', vendor_client_id: null }

  it('gives the refresh token back', async () => {
    const vendor = fakeVendor({ [REVOKE]: new Response(null, { status: 200 }) })
    expect(await verdict(withFetch(vendor.fetch).revoke(link))).toBe('ok')
    expect(Object.fromEntries(vendor.asked[0]!.form)).toMatchObject({ token: 'r', token_type_hint: 'refresh_token' })
  })

  it('is not done where Naver did not say so, and nothing to do without a token', async () => {
    for (const reply of [json({ error: 'unauthorized_client' }, 401), json({ error: 'server_error' }), html(503), new Error('reset')]) {
      expect(await verdict(withFetch(fakeVendor({ [REVOKE]: reply }).fetch).revoke(link))).toBe('vendor_unavailable')
    }
    const unused = fakeVendor({})
    expect(await verdict(withFetch(unused.fetch).revoke({ ...link, vendor_token: null }))).toBe('ok')
    expect(unused.asked).toHaveLength(0)
  })

  it('works against the simulator, twice', async () => {
    const held = await logIn()
    const { provider_id, vendor_token } = await naver.identify({ code: held.code!, state: held.state! })
    for (let i = 0; i < 2; i++) expect(await verdict(naver.revoke({ provider_id, vendor_token, vendor_client_id: null }))).toBe('ok')
    expect(await verdict(naver.identify({ access_token: held.access_token! }))).toBe('social_login_rejected')
  })
})

it('what cannot be a token or a code is refused without a call to Naver', async () => {
  const vendor = fakeVendor({})
  for (const code of ['x', 'short', 'a b c d e f g h i j', '한글로-된-토큰-입니다', '"quoted-json-text"', 'x'.repeat(5_000)]) {
    expect(await verdict(withFetch(vendor.fetch).identify({ access_token: code }))).toBe('social_login_rejected')
    expect(await verdict(withFetch(vendor.fetch).identify({ code, state: 's' }))).toBe('social_login_rejected')
  }
  expect(vendor.asked).toHaveLength(0)
})
