import { createExecutionContext } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createApi } from '../support/api.ts'
import { testEnv } from '../support/env.ts'

it.each(['/docs', '/docs/live'])('serves %s and all it needs itself', async (page) => {
  const api = createApi()
  const { status, text, headers } = await api.get(page)
  expect(status).toBe(200)
  expect(headers.get('Content-Security-Policy')).toContain("default-src 'self'")
  expect(headers.get('Content-Security-Policy')).not.toMatch(/script-src|unsafe-eval/)
  const needed = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!)
  expect(needed.length).toBeGreaterThan(3)
  for (const url of needed) {
    expect(url).toMatch(/^\/(docs\b|asyncapi\.json$)/)
    const { status: found, headers: kind } = await api.get(url)
    expect([url, found]).toEqual([url, 200])
    expect(kind.get('Content-Type')).toMatch(/css|javascript|png|html|json/)
  }
})

it('keeps a token in the browser in development alone', async () => {
  const scriptIn = async (ENVIRONMENT: string) =>
    (
      await createApp().request('/docs/start.js', {}, { ...testEnv, ENVIRONMENT, TOSS_SECRET_KEY: 'live_sk_any' }, createExecutionContext())
    ).text()
  expect(await scriptIn('development')).toContain('persistAuthorization: true')
  expect(await scriptIn('production')).toContain('persistAuthorization: false')
})

it('describes itself as OpenAPI 3.1', async () => {
  const { json } = await createApi().get('/openapi.json')
  expect(json.openapi).toBe('3.1.0')
  expect(Object.keys(json.paths).length).toBeGreaterThan(35)
})
