import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { json } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { adminRequired } from '../../admin/errors.ts'
import { listConcernsQuery, overviewSchema } from './schema.ts'
import { getOverview } from './service.ts'

export const paymentOverviewRoutes = createRouter()

paymentOverviewRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getPaymentOverview',
    summary: 'See what in payments needs somebody',
    description: 'How much there is of each kind, and with `kind` a page of it. For admins.',
    tags: ['admin'],
    method: 'get',
    path: '/admin/payments',
    request: { query: listConcernsQuery },
    responses: { 200: json(overviewSchema, 'The oldest first'), ...userProblems(adminRequired) },
  }),
  async (c) => c.json(await getOverview(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)
