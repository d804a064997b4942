import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../../http/middleware/auth.ts'
import { userProblems } from '../../../../http/problem.ts'
import { json, jsonBody, pageOf } from '../../../../http/responses.ts'
import { createRouter } from '../../../../http/router.ts'
import { adminRequired } from '../../../admin/errors.ts'
import { actionNotPossible, alreadyDecided, caseNotFound, sameAdmin } from '../errors.ts'
import { caseDetailSchema, caseParam, caseSchema, decideCaseSchema, listCasesQuery, overdueSchema } from './schema.ts'
import { decide, getCase, getCases, getOverdue } from './service.ts'

export const caseRoutes = createRouter()

caseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listReports',
    summary: 'List what was reported',
    description: 'All reports of one thing together, with the thing as it was reported. For admins.',
    tags: ['admin'],
    method: 'get',
    path: '/admin/reports',
    request: { query: listCasesQuery },
    responses: { 200: json(pageOf(caseSchema), 'A page'), ...userProblems(adminRequired) },
  }),
  async (c) => c.json(await getCases(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

caseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'countOverdueReports',
    summary: 'Count overdue reports',
    description: 'For an alarm. A report is due after 24 hours, one of animal abuse after four. For admins.',
    tags: ['admin'],
    method: 'get',
    path: '/admin/reports/overdue-count',
    responses: { 200: json(overdueSchema, 'How many'), ...userProblems(adminRequired) },
  }),
  async (c) => c.json(await getOverdue(c.var.deps, c.var.actor), 200),
)

caseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getReports',
    summary: 'Get what was reported about one thing',
    description: 'Also of what is hidden or removed. For admins.',
    tags: ['admin'],
    method: 'get',
    path: '/admin/reports/{target_type}/{target_id}',
    request: { params: caseParam },
    responses: { 200: json(caseDetailSchema, 'The case'), ...userProblems(adminRequired, caseNotFound) },
  }),
  async (c) => c.json(await getCase(c.var.deps, c.var.actor, c.req.valid('param')), 200),
)

caseRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'decideReports',
    summary: 'Decide about one thing that was reported',
    description:
      'The author is told what was done and why, and not who did it. What was done is written down for good. Of two admins at once one decides. For admins.',
    tags: ['admin'],
    method: 'patch',
    path: '/admin/reports/{target_type}/{target_id}',
    request: { params: caseParam, body: jsonBody(decideCaseSchema) },
    responses: {
      200: json(caseDetailSchema, 'The case as it is now'),
      ...userProblems(adminRequired, caseNotFound, alreadyDecided, sameAdmin, actionNotPossible),
    },
  }),
  async (c) => c.json(await decide(c.var.deps, c.var.actor, c.req.valid('param'), c.req.valid('json')), 200),
)
