import { createRemoteJWKSet, decodeJwt, errors, importPKCS8, jwtVerify, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { workerVars } from '../../dev/credentials.ts'
import { sim } from './control.ts'
import { cloud } from '../support/cloud.ts'

const gateway = cloud.simulatorsUrl
const apple = `${gateway}/appleid.apple.com`
const [bundleId = '', servicesId = ''] = workerVars.APPLE_CLIENT_IDS.split(',')
const jwks = createRemoteJWKSet(new URL(`${apple}/auth/keys`))
const options = { issuer: 'https://appleid.apple.com', audience: bundleId, algorithms: ['RS256'] }
const newSub = () => `001234.${crypto.randomUUID().replaceAll('-', '')}.0456`
const login = async (input: object) => (await sim('/login', { provider: 'apple', ...input })).json

async function secret(claims: object = {}, kid: string = workerVars.APPLE_KEY_ID) {
  const iat = Math.floor(Date.now() / 1000)
  const usual = { iss: workerVars.APPLE_TEAM_ID, sub: bundleId, aud: 'https://appleid.apple.com', iat, exp: iat + 300 }
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign(await importPKCS8(workerVars.APPLE_PRIVATE_KEY, 'ES256'))
}
async function post(path: string, form: Record<string, string>) {
  const body = new URLSearchParams({ client_id: bundleId, client_secret: await secret(), ...form })
  const response = await fetch(`${apple}/auth/${path}`, { method: 'POST', body })
  const text = await response.text()
  return { status: response.status, json: (text ? JSON.parse(text) : null) as any }
}

test('an identity token carries the hash of the nonce, and the e-mail only the first time', async () => {
  const id = newSub()
  const first = await login({ id, email: 'x7k2@privaterelay.appleid.com' })
  const { payload } = await jwtVerify(first.identity_token, jwks, options)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(first.nonce)))
  expect(payload).toMatchObject({ sub: id, email: 'x7k2@privaterelay.appleid.com', is_private_email: true, email_verified: true })
  expect(payload.nonce).toBe([...hash].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
  expect(decodeJwt((await login({ id })).identity_token)).not.toHaveProperty('email')
  expect(decodeJwt((await login({ id, first: true, boolean_strings: true })).identity_token)).toMatchObject({ email_verified: 'true' })
})

test('bad tokens are refused by a verifier', async () => {
  const expired = await login({ id: newSub(), expires_in: -3600 })
  const foreign = await login({ id: newSub(), aud: 'com.example.other' })
  const crafted = await Promise.all(
    ['none', 'hs256', 'unknown_kid', 'wrong_key'].map(async (sign) => (await sim('/apple/token', { sign })).json),
  )
  for (const { identity_token } of [expired, foreign, ...crafted])
    await expect(jwtVerify(identity_token, jwks, options)).rejects.toThrow(errors.JOSEError)
})

test('a code is exchanged once, by the client it was given to, with a secret signed by the team', async () => {
  const { code } = await login({ id: newSub() })
  const form = { grant_type: 'authorization_code', code }
  const now = Math.floor(Date.now() / 1000)
  const bad = [{ iss: 'OTHER' }, { sub: servicesId }, { aud: 'https://other' }, { exp: now - 60 }, { exp: now + 16_000_000 }]
  for (const claims of bad) {
    expect(await post('token', { ...form, client_secret: await secret(claims) })).toMatchObject({
      status: 400,
      json: { error: 'invalid_client' },
    })
  }
  expect(await post('token', { ...form, client_secret: await secret({}, 'OTHERKEY') })).toMatchObject({ json: { error: 'invalid_client' } })
  const other = { client_id: servicesId, client_secret: await secret({ sub: servicesId }) }
  expect(await post('token', { ...form, ...other })).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  expect(await post('token', form)).toMatchObject({
    status: 200,
    json: { token_type: 'Bearer', refresh_token: expect.any(String), expires_in: 3600 },
  })
  expect(await post('token', form)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  const late = await login({ id: newSub(), code_expires_in: 0 })
  expect(await post('token', { ...form, code: late.code })).toMatchObject({ json: { error: 'invalid_grant' } })
})

test('revoking always succeeds, and ends the refresh token', async () => {
  const id = newSub()
  const { code } = await login({ id })
  const { json } = await post('token', { grant_type: 'authorization_code', code })
  expect((await sim(`/apple/users/${id}`)).json).toEqual({ revoked: false, refresh_tokens: 1 })
  expect(await post('revoke', { token: json.refresh_token, client_secret: 'nonsense' })).toMatchObject({ status: 400 })
  for (let twice = 0; twice < 2; twice++) expect(await post('revoke', { token: json.refresh_token })).toEqual({ status: 200, json: null })
  expect((await sim(`/apple/users/${id}`)).json).toEqual({ revoked: true, refresh_tokens: 0 })
  expect(await post('token', { grant_type: 'refresh_token', refresh_token: json.refresh_token })).toMatchObject({
    json: { error: 'invalid_grant' },
  })
})

test('a notice is signed, and its events are a string', async () => {
  const sub = newSub()
  await login({ id: sub })
  const { json } = await sim('/apple/notify', { sub, type: 'consent-revoked', jti: 'mine', to: `${apple}/hook` })
  expect(json).toMatchObject({ status: 404, jti: 'mine' })
  const { payload } = await jwtVerify(json.payload, jwks, options)
  expect(JSON.parse(payload.events as string)).toMatchObject({ type: 'consent-revoked', sub })
  expect((await sim(`/apple/users/${sub}`)).json.revoked).toBe(true)
})

test('a login may leave the nonce as it is, or be of a platform that passes none on', async () => {
  const web = await login({ id: newSub(), aud: servicesId, nonce_as_it_is: true, redirect_uri: 'https://a.example/cb' })
  expect(decodeJwt(web.identity_token)).toMatchObject({ nonce: web.nonce, nonce_supported: true, aud: servicesId })
  const { nonce, ...claims } = decodeJwt((await login({ id: newSub(), nonce_supported: false })).identity_token)
  expect([nonce, claims.nonce_supported]).toEqual([undefined, false])
})

test('a notice holds its event as text or as an object, with the time that it was given', async () => {
  const sent = async (input: object) =>
    decodeJwt((await sim('/apple/notify', { sub: 'me', type: 'account-delete', to: `${gateway}/_sim/nowhere`, ...input })).json.payload)
      .events
  expect(JSON.parse((await sent({ event_time: '1767599990' })) as string)).toMatchObject({
    type: 'account-delete',
    event_time: '1767599990',
  })
  expect(await sent({ events_as: 'object', event_time: 1_767_599_990 })).toEqual({
    type: 'account-delete',
    sub: 'me',
    event_time: 1_767_599_990,
  })
})
