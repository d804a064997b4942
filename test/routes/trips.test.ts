import { describe, expect, it } from 'vitest'
import { createTestDeps } from '../support/api.ts'
import { signUp } from '../support/login.ts'
import { publicRoutes, userRoutes } from '../support/route-table.ts'

/** Round trips to Postgres as the Worker itself counts them, request by request (the proxy's own count is the whole run's). */
const tripsOf = (headers: Headers) => Number(/db;desc="(\d+)"/.exec(headers.get('Server-Timing') ?? '')?.[1])

/** They answer from the configuration, from files that are deployed with the Worker, or by a signature alone. */
const WITHOUT_POSTGRES = [
  '/problems/{code}',
  '/health',
  '/app-config',
  '/legal/{doc}',
  '/rankings/criteria',
  '/evidence/{target_type}/{target_id}/{name}',
  '/.well-known/apple-app-site-association',
  '/.well-known/assetlinks.json',
]

/** An upload asks before it does anything for the file, and writes its row last. So does what registers a card, and a payment, whose amount must be known before money moves. */
const TWO_TRIPS = /^\/upload\/|^\/payments\/(billing\/issue|confirm)$|^\/subscription\/payment-method$/
const tripsAllowed = (method: string, route: string) => (method === 'POST' && TWO_TRIPS.test(route) ? 2 : 1)

describe('a request makes one trip to Postgres, an upload, a card and a payment two', () => {
  it.each(userRoutes)('$method $route', async ({ method, route, prepare }) => {
    const owner = await signUp()
    await createTestDeps().db.execute(
      `INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) VALUES ('${owner.user.user_id}', 'toss', now() - interval '1 day', now() + interval '1 day')`,
    )
    const { path, body } = await prepare(owner)
    const { status, headers } = await owner.request(method, path, body)
    expect(status).toBeLessThan(300)
    expect(tripsOf(headers)).toBe(tripsAllowed(method, route))
  })

  it.each(publicRoutes)('$method $route', async ({ method, route, prepare }) => {
    const owner = await signUp()
    const { path, body } = await prepare(owner)
    const { status, headers } = await owner.request(method, path, body)
    expect(status).toBeLessThan(300)
    expect(tripsOf(headers)).toBe(WITHOUT_POSTGRES.includes(route) ? 0 : 1)
  })
})
