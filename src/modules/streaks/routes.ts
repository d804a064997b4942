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
    summary: 'Get my streak',
    description: 'Days in a row with a valid walk, and the rest day that may bridge a missed one.',
    tags: ['badges'],
    method: 'get',
    path: '/streak',
    responses: { 200: json(streakSchema, 'The streak now'), ...userProblems() },
  }),
  async (c) => c.json(await getStreak(c.var.deps, c.var.actor), 200),
)
