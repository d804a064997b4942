import { createRemoteJWKSet, decodeJwt, errors, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { workerVars } from '../../dev/credentials.ts'
import { sim } from './control.ts'
import { cloud } from '../support/cloud.ts'

const gateway = cloud.simulatorsUrl
const jwks = createRemoteJWKSet(new URL(`${gateway}/kauth.kakao.com/.well-known/jwks.json`))
const newId = () => crypto.getRandomValues(new Uint32Array(1))[0]! + 1_000_000_000
const login = async (input: object) => (await sim('/login', { provider: 'kakao', ...input })).json

async function call(path: string, { form, authorization }: { form?: Record<string, string>; authorization?: string } = {}) {
  const headers = authorization ? { Authorization: authorization } : {}
  const init = form ? { method: 'POST', body: new URLSearchParams(form), headers } : { headers }
  const response = await fetch(`${gateway}/${path}`, init)
  return { status: response.status, json: (await response.json()) as any }
}
const token = (form: Record<string, string>) =>
  call('kauth.kakao.com/oauth/token', {
    form: { client_id: workerVars.KAKAO_REST_API_KEY, client_secret: workerVars.KAKAO_CLIENT_SECRET, ...form },
  })
const admin = (id: number, key: string = workerVars.KAKAO_ADMIN_KEY) => ({
  form: { target_id_type: 'user_id', target_id: String(id) },
  authorization: `KakaoAK ${key}`,
})

test('a code becomes tokens once, for the redirect URI it was made for', async () => {
  const { code, redirect_uri } = await login({ id: newId(), email: 'a@example.com' })
  const form = { grant_type: 'authorization_code', code, redirect_uri }
  expect(await token({ ...form, redirect_uri: 'https://elsewhere.example' })).toMatchObject({ status: 400, json: { error_code: 'KOE303' } })
  expect(await token({ ...form, client_secret: 'wrong' })).toMatchObject({ status: 401, json: { error_code: 'KOE010' } })
  expect(await token({ ...form, client_id: 'wrong' })).toMatchObject({ status: 401, json: { error_code: 'KOE101' } })
  const first = await token(form)
  expect(first).toMatchObject({ status: 200, json: { token_type: 'bearer', expires_in: 21599, refresh_token_expires_in: 5183999 } })
  expect(await token(form)).toMatchObject({ status: 400, json: { error: 'invalid_grant', error_code: 'KOE320' } })
  const again = await token({ grant_type: 'refresh_token', refresh_token: first.json.refresh_token })
  expect(again.json).toMatchObject({ access_token: expect.any(String) })
  expect(again.json).not.toHaveProperty('refresh_token')
})

test('an expired code and one of another app are unknown', async () => {
  for (const options of [{ code_expires_in: 0 }, { app_id: 1 }]) {
    const { code, redirect_uri } = await login({ id: newId(), ...options })
    expect(await token({ grant_type: 'authorization_code', code, redirect_uri })).toMatchObject({ json: { error_code: 'KOE320' } })
  }
})

test('an access token says whose app it is for, and what the person agreed to', async () => {
  const id = newId()
  const { access_token } = await login({ id, email: 'b@example.com', nickname: '몽이아빠', gender: 'male', consents: ['profile_nickname'] })
  const authorization = `Bearer ${access_token}`
  const info = await call('kapi.kakao.com/v1/user/access_token_info', { authorization })
  expect(info.json).toMatchObject({ id, app_id: Number(workerVars.KAKAO_APP_ID), expires_in: expect.any(Number) })
  const { json } = await call('kapi.kakao.com/v2/user/me', { authorization })
  expect(json).toMatchObject({
    id,
    kakao_account: { profile: { nickname: '몽이아빠' }, email_needs_agreement: true, gender_needs_agreement: true },
  })
  expect(json.kakao_account).not.toHaveProperty('email')
  const foreign = await login({ id, app_id: 1 })
  const other = await call('kapi.kakao.com/v1/user/access_token_info', { authorization: `Bearer ${foreign.access_token}` })
  expect(other.json).toMatchObject({ app_id: 1 })
  const expired = await login({ id, expires_in: 0 })
  for (const wrong of [`Bearer ${expired.access_token}`, 'Bearer nonsense', undefined]) {
    const answer = await call('kapi.kakao.com/v2/user/me', wrong ? { authorization: wrong } : {})
    expect(answer).toMatchObject({ status: 401, json: { code: -401 } })
  }
})

test('an id_token verifies against two published keys, with the audience and nonce asked for', async () => {
  const id = newId()
  const options = { issuer: 'https://kauth.kakao.com', audience: workerVars.KAKAO_NATIVE_APP_KEY, algorithms: ['RS256'] }
  const { id_token, nonce } = await login({ id, email: 'c@example.com' })
  expect((await jwtVerify(id_token, jwks, options)).payload).toMatchObject({ sub: String(id), nonce, email: 'c@example.com' })
  expect((await call('kauth.kakao.com/.well-known/jwks.json')).json.keys).toHaveLength(2)
  expect(decodeJwt((await login({ id, key: 'rest' })).id_token).aud).toBe(workerVars.KAKAO_REST_API_KEY)
  expect(decodeJwt((await login({ id, email: 'c@example.com', email_verified: false, nonce: null })).id_token)).not.toHaveProperty('email')
  for (const sign of ['none', 'hs256', 'unknown_kid', 'wrong_key']) {
    const bad = (await sim('/kakao/token', { sign, sub: String(id) })).json.id_token
    await expect(jwtVerify(bad, jwks, options)).rejects.toThrow(errors.JOSEError)
  }
})

test('unlinking with the admin key ends tokens, and a second time is -101', async () => {
  const id = newId()
  const { access_token } = await login({ id })
  expect((await sim(`/kakao/users/${id}`)).json).toEqual({ linked: true, tokens: 2 })
  expect(await call('kapi.kakao.com/v1/user/unlink', admin(id, 'wrong'))).toMatchObject({ status: 401, json: { code: -401 } })
  expect(await call('kapi.kakao.com/v1/user/unlink', admin(id))).toEqual({ status: 200, json: { id } })
  expect(await call('kapi.kakao.com/v1/user/unlink', admin(id))).toMatchObject({ status: 400, json: { code: -101 } })
  expect(await call('kapi.kakao.com/v2/user/me', { authorization: `Bearer ${access_token}` })).toMatchObject({ status: 401 })
  expect((await sim(`/kakao/users/${id}`)).json).toEqual({ linked: false, tokens: 0 })
})

test('an unlink in Kakao is told to the Worker with the admin key', async () => {
  const id = newId()
  await login({ id })
  // Another simulator stands in for the Worker: it answers, and its requests can be read.
  const answer = await sim('/kakao/unlink', { id, to: `${gateway}/kapi.kakao.com/v1/hook` })
  expect(answer.json.status).toBe(404)
  const { requests } = (await sim(`/requests?host=kapi.kakao.com&path=/v1/hook&key=${id}`)).json
  expect(requests).toMatchObject([
    {
      method: 'POST',
      headers: { authorization: `KakaoAK ${workerVars.KAKAO_ADMIN_KEY}` },
      body: `app_id=${workerVars.KAKAO_APP_ID}&user_id=${id}&referrer_type=UNLINK_FROM_APPS`,
    },
  ])
  expect((await sim(`/kakao/users/${id}`)).json.linked).toBe(false)
})
