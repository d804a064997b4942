import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { json } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { streakSchema } from './schema.ts'
import { getStreak } from './service.ts'

export const streakRoutes = createRouter()

streakRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getStreak',
    summary: 'Days in a row, and the rest day',
    tags: ['badges'],
    method: 'get',
    path: '/streak',
    responses: { 200: json(streakSchema, 'The streak now'), ...userProblems() },
  }),
  async (c) => c.json(await getStreak(c.var.deps, c.var.actor), 200),
)
