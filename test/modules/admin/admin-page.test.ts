import { expect, it } from 'vitest'
import { createApi } from '../../support/api.ts'
import { cloud } from '../../support/cloud.ts'
import { randomNumericId } from '../../support/login.ts'

const files = import.meta.glob('../../../assets/admin/*', { query: '?raw', import: 'default', eager: true })
const sources = new Map(Object.entries(files).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text]))
const [library] = Object.values(
  import.meta.glob('../../../node_modules/htm/preact/standalone.module.js', { query: '?raw', import: 'default', eager: true }),
)

const api = createApi()
const STATE = 'a-state-of-the-page'

it('is a page for a browser that may load our own files alone, and that no cache keeps', async () => {
  const { status, text, headers } = await api.get('/admin')
  expect(status).toBe(200)
  expect(headers.get('Content-Type')).toMatch(/^text\/html/)
  expect(headers.get('Cache-Control')).toBe('no-store')
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(headers.get('Referrer-Policy')).toBe('no-referrer')
  const policy = (headers.get('Content-Security-Policy') ?? '').split('; ')
  expect(policy).toEqual(
    expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]),
  )
  expect(policy.join()).not.toMatch(/unsafe|data:|https?:|\*/)
  // Nothing stands in the page itself, because the policy would refuse it.
  expect(text).not.toMatch(/<style|<script(?![^>]* src=)|\sstyle=|\son\w+=/)
})

it('brings all that it needs, which a browser asks for again and is not sent again', async () => {
  const wanted = [...(await api.get('/admin')).text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!)
  const seen = new Set<string>()
  for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const { status, text, headers } = await api.get(path)
    expect([path, status]).toEqual([path, 200])
    expect(headers.get('Content-Type')).toMatch(path.endsWith('.js') ? /javascript/ : path.endsWith('.css') ? /css/ : /svg/)
    expect(headers.get('Cache-Control')).toBe('public, max-age=0, must-revalidate')
    const again = await api.get(path, { headers: { 'If-None-Match': headers.get('ETag') ?? '' } })
    expect([path, again.status, again.text]).toEqual([path, 304, ''])
    wanted.push(...[...text.matchAll(/from '\.\/([a-z-]+\.js)'/g)].map(([, name]) => `/admin/assets/${name}`))
  }
  expect([...seen].map((path) => path.replace('/admin/assets/', '')).toSorted()).toEqual([...sources.keys()].toSorted())
})

it.each(['missing.js', 'app.ts', '..%2Fdocs%2Flive.js', 'app.js%00', 'APP.JS', ''])('has no file %s', async (name) => {
  expect((await api.get(`/admin/assets/${name}`)).status).toBe(404)
})

it('names no other origin in its files, and makes no markup or code of text', () => {
  expect(sources.size).toBeGreaterThan(10)
  for (const [name, text] of sources) {
    const origins = [...text.matchAll(/\/\/([\w-]+(?:\.[\w-]+)+)/g)].map(([, host]) => host)
    expect([name, origins.filter((host) => host !== 'www.w3.org')]).toEqual([name, []])
    if (name !== 'preact.js')
      expect([name, /innerHTML|\beval\(|new Function|document\.write|localStorage/.exec(text)]).toEqual([name, null])
  }
})

it('has the library as it was published', () => {
  expect(library).toContain('export{')
  expect(sources.get('preact.js')).toBe(library)
})

it('sends a browser to Kakao, whose answer logs in', async () => {
  const { status, headers } = await api.get(`/admin/login?state=${STATE}`)
  expect([status, headers.get('Cache-Control')]).toEqual([302, 'no-store'])
  const address = new URL(headers.get('Location') ?? '')
  expect(address.href.startsWith(`${cloud.simulatorsUrl}/kauth.kakao.com/oauth/authorize?`)).toBe(true)
  const { redirect_uri = '', ...asked } = Object.fromEntries(address.searchParams)
  expect(asked).toEqual({ response_type: 'code', client_id: expect.any(String), state: STATE })
  expect(redirect_uri).toMatch(/^https?:\/\/[^/]+\/admin$/)

  const page = await fetch(address)
  expect(await page.text()).toContain('카카오 회원번호')
  address.searchParams.set('id', randomNumericId())
  const back = new URL((await fetch(address, { redirect: 'manual' })).headers.get('Location') ?? '')
  expect(back.href.startsWith(`${redirect_uri}?`)).toBe(true)
  expect(back.searchParams.get('state')).toBe(STATE)
  const login = await api.post('/auth/kakao', { code: back.searchParams.get('code'), redirect_uri, device: { platform: 'web' } })
  expect(login).toMatchObject({ status: 200, json: { is_new_user: true } })
})

it('comes back without a code from somebody who changed their mind', async () => {
  const address = new URL((await api.get(`/admin/login?state=${STATE}`)).headers.get('Location') ?? '')
  address.searchParams.set('decision', 'cancel')
  const back = new URL((await fetch(address, { redirect: 'manual' })).headers.get('Location') ?? '')
  expect(Object.fromEntries(back.searchParams)).toEqual({ state: STATE, error: 'access_denied' })
})

it.each(['', '?state=short', '?state=with%20blanks%20and%20more', `?state=${'a'.repeat(101)}`])(
  'begins no login with %j',
  async (query) => {
    expect(await api.get(`/admin/login${query}`)).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
  },
)
