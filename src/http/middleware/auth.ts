import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import { accountBanned, unauthenticated } from '../../core/actor.ts'
import { tooManyRequests } from '../problem.ts'
import type { AppEnv } from '../env.ts'

/** What somebody who is banned may still do: take their data with them, appeal, object, stop what they pay for, and leave. */
const OPEN_TO_BANNED = new Set([
  'GET /users/me',
  'DELETE /users/me',
  'GET /users/me/consents',
  'POST /users/me/consents',
  'GET /users/me/moderation',
  'POST /appeals',
  'POST /takedowns/:case_number/objection',
  'GET /subscription',
  'DELETE /subscription',
  'POST /auth/logout',
  'GET /pets',
  'GET /pets/:id',
  'GET /pets/:id/health-records',
  'GET /walks',
  'GET /walks/:id',
  'GET /walks/:id/segments',
  'GET /walks/:id/export.gpx',
  'POST /users/me/exports',
  'GET /users/me/exports',
  'GET /users/me/exports/:id',
  'DELETE /users/me/exports/:id',
])

/** Reads the access token of a request. The route's statement then checks that the account and the session still exist. */
export const requireUser = createMiddleware<AppEnv>(async (c, next) => {
  const [, token] = /^Bearer ([\w.-]+)$/i.exec(c.req.header('Authorization') ?? '') ?? []
  const actor = token ? await c.var.deps.accessTokens.verify(token) : null
  if (!actor) throw unauthenticated({ headers: { 'WWW-Authenticate': 'Bearer' } })
  const { success } = await c.env.RATE_LIMIT_USER.limit({ key: actor.user_id })
  if (!success) throw tooManyRequests()
  if (actor.is_banned && !OPEN_TO_BANNED.has(`${c.req.method} ${routePath(c)}`)) throw accountBanned()
  c.set('actor', actor)
  await next()
})

/** `createRoute({ ...forUser, … })`: a route for signed-in people, documented as such. */
export const forUser = { middleware: requireUser, security: [{ bearer: [] as string[] }] }
