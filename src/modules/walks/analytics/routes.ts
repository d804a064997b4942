import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { idParam, json } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { premiumRequired } from '../../subscriptions/errors.ts'
import { walkNotFound } from '../errors.ts'
import { analyticsSchema } from './schema.ts'
import { getAnalytics } from './service.ts'

export const analyticsRoutes = createRouter()

analyticsRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getAnalytics',
    summary: 'Get further figures of my walk',
    description: 'Speeds, climb, steps, heights and paces along the way. Only the owner sees them. Premium.',
    tags: ['walks'],
    method: 'get',
    path: '/walks/{id}/analytics',
    request: { params: idParam },
    responses: { 200: json(analyticsSchema, 'The figures'), ...userProblems(walkNotFound, premiumRequired) },
  }),
  async (c) => c.json(await getAnalytics(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)
