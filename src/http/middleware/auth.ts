import { createMiddleware } from 'hono/factory'
import { unauthenticated } from '../../core/actor.ts'
import { tooManyRequests } from '../problem.ts'
import type { AppEnv } from '../env.ts'

/** Says who is asking, for the routes that it guards; the statement they lead to says whether that person still stands. */
export const requireUser = createMiddleware<AppEnv>(async (c, next) => {
  const [, token] = /^Bearer ([\w.-]+)$/i.exec(c.req.header('Authorization') ?? '') ?? []
  const user = token ? await c.var.deps.accessTokens.verify(token) : null
  if (!user) throw unauthenticated({ headers: { 'WWW-Authenticate': 'Bearer' } })
  const { success } = await c.env.RATE_LIMIT_USER.limit({ key: user.user_id })
  if (!success) throw tooManyRequests({ headers: { 'Retry-After': '60' } })
  c.set('actor', user)
  await next()
})

/** `createRoute({ ...forUser, … })`: guarded, and documented as such. */
export const forUser = { middleware: requireUser, security: [{ bearer: [] as string[] }] }
