import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { json, pageOf } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { adminRequired } from './errors.ts'
import { jobRunSchema, listRunsQuery } from './schema.ts'
import { listJobRuns } from './service.ts'

export const adminRoutes = createRouter()

adminRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listJobRuns',
    summary: 'What the crons did, how long it took, and what failed',
    tags: ['admin'],
    method: 'get',
    path: '/admin/jobs',
    request: { query: listRunsQuery },
    responses: { 200: json(pageOf(jobRunSchema), 'A page, the latest first'), ...userProblems(adminRequired) },
  }),
  async (c) => c.json(await listJobRuns(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)
