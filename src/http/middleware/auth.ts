import { createMiddleware } from 'hono/factory'
import { unauthenticated } from '../../core/actor.ts'
import { tooManyRequests } from '../problem.ts'
import type { AppEnv } from '../env.ts'

/** Reads the access token of a request. The route's statement then checks that the account and the session still exist. */
export const requireUser = createMiddleware<AppEnv>(async (c, next) => {
  const [, token] = /^Bearer ([\w.-]+)$/i.exec(c.req.header('Authorization') ?? '') ?? []
  const actor = token ? await c.var.deps.accessTokens.verify(token) : null
  if (!actor) throw unauthenticated({ headers: { 'WWW-Authenticate': 'Bearer' } })
  const { success } = await c.env.RATE_LIMIT_USER.limit({ key: actor.user_id })
  if (!success) throw tooManyRequests()
  c.set('actor', actor)
  await next()
})

/** `createRoute({ ...forUser, … })`: a route for signed-in people, documented as such. */
export const forUser = { middleware: requireUser, security: [{ bearer: [] as string[] }] }
