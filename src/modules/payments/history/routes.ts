import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { json, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { historyQuery, paymentSchema } from './schema.ts'
import { getHistory } from './service.ts'

export const historyRoutes = createRouter()

historyRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listPayments',
    summary: 'List my payments',
    description: 'What I paid and got back, with Toss and in the stores.',
    tags: ['payments'],
    method: 'get',
    path: '/payments/history',
    request: { query: historyQuery },
    responses: { 200: json(pageOf(paymentSchema), 'A page, newest first'), ...userProblems() },
  }),
  async (c) => c.json(await getHistory(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)
