import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { json } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { weekSummarySchema } from './schema.ts'
import { getWeek } from './service.ts'

export const statsRoutes = createRouter()

statsRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getWeekSummary',
    summary: 'Get what I walked this week',
    description: 'From Monday 00:00 in Seoul. Recorded and imported walks count.',
    tags: ['walks'],
    method: 'get',
    path: '/walks/summary',
    responses: { 200: json(weekSummarySchema, 'This week'), ...userProblems() },
  }),
  async (c) => c.json(await getWeek(c.var.deps, c.var.actor), 200),
)
