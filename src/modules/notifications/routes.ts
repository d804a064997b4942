import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { empty, json, jsonBody } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { pushTokenParam, pushTokenSchema, registerPushTokenSchema } from './schema.ts'
import { registerPushToken, removePushToken } from './service.ts'

export const notificationRoutes = createRouter()

notificationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'registerPushToken',
    summary: 'Push to this device',
    description: 'A token belongs to whoever registered it last; registering again changes nothing.',
    tags: ['notifications'],
    method: 'post',
    path: '/push-tokens',
    request: { body: jsonBody(registerPushTokenSchema) },
    responses: { 200: json(pushTokenSchema, 'Registered'), ...userProblems() },
  }),
  async (c) => c.json(await registerPushToken(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)

notificationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'removePushToken',
    summary: 'Push to this device no longer',
    tags: ['notifications'],
    method: 'delete',
    path: '/push-tokens/{token}',
    request: { params: pushTokenParam },
    responses: { 204: empty('It is not mine (any more)'), ...userProblems() },
  }),
  async (c) => {
    await removePushToken(c.var.deps, c.var.actor, c.req.valid('param').token)
    return c.body(null, 204)
  },
)
