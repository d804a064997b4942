import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { json } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { channelHeader, plansSchema } from './schema.ts'
import { getPlans } from './service.ts'

export const planRoutes = createRouter()

planRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getPlans',
    summary: 'See what premium costs',
    description: 'The plans, whether I can try premium first, how this build of the app may let me pay, and what premium opens.',
    tags: ['payments'],
    method: 'get',
    path: '/subscription/plans',
    request: { headers: channelHeader },
    responses: { 200: json(plansSchema, 'What is offered'), ...userProblems() },
  }),
  async (c) => c.json(await getPlans(c.var.deps, c.var.actor, c.req.valid('header')['x-app-channel']), 200),
)
