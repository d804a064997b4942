import { expect, test } from 'vitest'
import { workerVars } from '../../dev/credentials.ts'
import { sim } from './control.ts'
import { cloud } from '../support/cloud.ts'

const gateway = cloud.simulatorsUrl
const client = { client_id: workerVars.NAVER_CLIENT_ID, client_secret: workerVars.NAVER_CLIENT_SECRET }
const login = async (input: object) => (await sim('/login', { provider: 'naver', ...input })).json
const post = (path: string, form: Record<string, string>) =>
  fetch(`${gateway}/nid.naver.com/oauth2.0/${path}`, { method: 'POST', body: new URLSearchParams(form) })
const token = async (form: Record<string, string>) => {
  const response = await post('token', { ...client, ...form })
  return { status: response.status, json: (await response.json()) as any }
}
const me = (access: string) => fetch(`${gateway}/openapi.naver.com/v1/nid/me`, { headers: { Authorization: `Bearer ${access}` } })

test('a code needs the state it came with, works once, and failure looks like success', async () => {
  const { code, state } = await login({ id: crypto.randomUUID() })
  const form = { grant_type: 'authorization_code', code, state }
  expect(await token({ ...form, state: '' })).toMatchObject({ status: 200, json: { error: 'invalid_request' } })
  expect(await token({ ...form, state: 'other' })).toMatchObject({ status: 200, json: { error: 'invalid_request' } })
  expect(await token({ ...form, client_secret: 'wrong' })).toMatchObject({ status: 200, json: { error: 'unauthorized_client' } })
  const { json } = await token(form)
  expect(json).toMatchObject({ token_type: 'bearer', expires_in: '3600', refresh_token: expect.any(String) })
  expect(json.access_token).toMatch(/[+].*[/].*=/)
  expect(await token(form)).toMatchObject({ status: 200, json: { error_description: 'no valid data in session' } })
  expect((await token({ grant_type: 'refresh_token', refresh_token: json.refresh_token })).json).not.toHaveProperty('refresh_token')
})

test('a profile is only what was agreed to', async () => {
  const id = crypto.randomUUID()
  const { access_token } = await login({ id, nickname: '초코맘', email: 'choco@naver.com' })
  expect(await (await me(access_token)).json()).toEqual({
    resultcode: '00',
    message: 'success',
    response: { id, nickname: '초코맘', email: 'choco@naver.com' },
  })
  expect((await me('nonsense')).status).toBe(401)
  expect(await (await me((await login({ id, expires_in: 0 })).access_token)).json()).toMatchObject({ resultcode: '024' })
})

test('revoking either token ends both, and an unknown token is revoked already', async () => {
  const id = crypto.randomUUID()
  const { code, state } = await login({ id })
  const { json } = await token({ grant_type: 'authorization_code', code, state })
  expect((await post('revoke', { ...client, client_secret: 'wrong', token: json.refresh_token })).status).toBe(401)
  expect((await post('revoke', { ...client, token: 'nonsense' })).status).toBe(200)
  expect((await sim(`/naver/users/${id}`)).json.revoked).toBe(false)
  const revoked = await post('revoke', { ...client, token: json.refresh_token, token_type_hint: 'refresh_token' })
  expect([revoked.status, await revoked.text()]).toEqual([200, ''])
  expect((await me(json.access_token)).status).toBe(401)
  expect((await sim(`/naver/users/${id}`)).json).toEqual({ revoked: true, tokens: 0 })
})
