import { createRoute } from '@hono/zod-openapi'
import { describe, expect, it } from 'vitest'
import type { Deps } from '../../src/deps.ts'
import { forUserAt, USER_LIMITS } from '../../src/http/middleware/user-limits.ts'
import { onError, userProblems } from '../../src/http/problem.ts'
import { empty } from '../../src/http/responses.ts'
import { createRouter } from '../../src/http/router.ts'
import { testEnv } from '../support/env.ts'

type Kind = keyof typeof USER_LIMITS
const kinds = Object.keys(USER_LIMITS) as Kind[]

/** A route of each kind, where a token names its person, and what they asked of which limit. */
function setUp(limits: Partial<Record<Kind, number>>) {
  const asked: string[] = []
  const limited = kinds.map((kind) => {
    const counts = new Map<string, number>()
    const limit = async ({ key }: { key: string }) => {
      asked.push(`${kind} ${key}`)
      counts.set(key, (counts.get(key) ?? 0) + 1)
      return { success: counts.get(key)! <= (limits[kind] ?? Infinity) }
    }
    return [USER_LIMITS[kind].binding, { limit }] as const
  })
  const app = createRouter()
  app.onError(onError)
  app.use(async (c, next) => {
    const verify = async (token: string) => ({ user_id: token, session_id: 's' })
    c.set('deps', { accessTokens: { verify } } as unknown as Deps)
    await next()
  })
  for (const kind of kinds)
    app.openapi(
      createRoute({
        ...forUserAt(kind),
        tags: ['social'],
        method: 'post',
        path: `/${kind}`,
        responses: { 204: empty('Done'), ...userProblems() },
      }),
      (c) => c.body(null, 204),
    )
  const ask = async (kind: Kind, token?: string) => {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` }
    return app.request(`/${kind}`, { method: 'POST', headers }, { ...testEnv, ...Object.fromEntries(limited) })
  }
  return { ask, asked }
}

describe('a route with a limit of its own', () => {
  it('refuses one more, with Retry-After, and nobody else, and nothing of another kind', async () => {
    const { ask } = setUp({ comment: 2, like: 1 })
    const statuses = []
    for (let i = 0; i < 3; i++) statuses.push((await ask('comment', 'ann')).status)
    expect(statuses).toEqual([204, 204, 429])
    const refused = await ask('comment', 'ann')
    expect(refused.headers.get('Retry-After')).toBe('60')
    expect(await refused.json()).toMatchObject({ code: 'too_many_requests' })
    expect((await ask('comment', 'bob')).status).toBe(204)
    expect((await ask('like', 'ann')).status).toBe(204)
    expect((await ask('like', 'ann')).status).toBe(429)
  })

  it.each(kinds)('counts people in the limit of its kind: %s', async (kind) => {
    const { ask, asked } = setUp({})
    await ask(kind, 'ann')
    expect(asked).toEqual([`${kind} ann`])
  })

  it('asks who it is first', async () => {
    const { ask, asked } = setUp({ feed: 0 })
    expect((await ask('feed')).status).toBe(401)
    expect(asked).toEqual([])
  })
})
