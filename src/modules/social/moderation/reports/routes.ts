import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../../http/middleware/auth.ts'
import { userProblems } from '../../../../http/problem.ts'
import { json, jsonBody } from '../../../../http/responses.ts'
import { createRouter } from '../../../../http/router.ts'
import { ownContent, targetNotFound, tooManyReports } from '../errors.ts'
import { createReportSchema, reportSchema } from './schema.ts'
import { report } from './service.ts'

export const reportRoutes = createRouter()

reportRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'report',
    summary: 'Report something or somebody',
    description:
      'Whoever reports a thing sees it no more, whatever comes of it. The author is never told who it was. A person who was reported stays visible: block them, or send `also_block`. Twenty a day.',
    tags: ['social'],
    method: 'post',
    path: '/reports',
    request: { body: jsonBody(createReportSchema) },
    responses: {
      200: json(reportSchema, 'Reported, now or before'),
      ...userProblems(targetNotFound, ownContent, tooManyReports),
    },
  }),
  async (c) => c.json(await report(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)
