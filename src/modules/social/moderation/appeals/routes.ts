import { createRoute } from '@hono/zod-openapi'
import { pageQuery } from '../../../../core/cursor.ts'
import { forUser } from '../../../../http/middleware/auth.ts'
import { userProblems } from '../../../../http/problem.ts'
import { idParam, json, jsonBody, pageOf } from '../../../../http/responses.ts'
import { createRouter } from '../../../../http/router.ts'
import { adminRequired } from '../../../admin/errors.ts'
import { actionNotFound, alreadyDecided, appealNotFound, appealTooLate, sameAdmin } from '../errors.ts'
import { appealCaseSchema, appealSchema, createAppealSchema, decideAppealSchema, listAppealsQuery, myActionSchema } from './schema.ts'
import { appeal, getAppeals, getMyActions, judgeAppeal } from './service.ts'

export const appealRoutes = createRouter()

appealRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listMyModeration',
    summary: 'List what moderators did about me',
    description: 'What and why, newest first, and never who.',
    tags: ['social'],
    method: 'get',
    path: '/users/me/moderation',
    request: { query: pageQuery },
    responses: { 200: json(pageOf(myActionSchema), 'A page, newest first'), ...userProblems() },
  }),
  async (c) => c.json(await getMyActions(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

appealRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'appeal',
    summary: 'Appeal against what a moderator did',
    description: 'Once an action, within 30 days. Another admin decides. Appealing again answers the first appeal.',
    tags: ['social'],
    method: 'post',
    path: '/appeals',
    request: { body: jsonBody(createAppealSchema) },
    responses: {
      201: json(appealSchema, 'The appeal, the first if there were several'),
      ...userProblems(actionNotFound, appealTooLate),
    },
  }),
  async (c) => c.json(await appeal(c.var.deps, c.var.actor, c.req.valid('json')), 201),
)

appealRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listAppeals',
    summary: 'List appeals',
    description: 'For admins.',
    tags: ['admin'],
    method: 'get',
    path: '/admin/appeals',
    request: { query: listAppealsQuery },
    responses: { 200: json(pageOf(appealCaseSchema), 'A page'), ...userProblems(adminRequired) },
  }),
  async (c) => c.json(await getAppeals(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

appealRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'decideAppeal',
    summary: 'Decide an appeal',
    description: 'Upheld, it undoes the action. The admin who took the action may not decide. For admins.',
    tags: ['admin'],
    method: 'patch',
    path: '/admin/appeals/{id}',
    request: { params: idParam, body: jsonBody(decideAppealSchema) },
    responses: {
      200: json(appealCaseSchema, 'The appeal as it is now'),
      ...userProblems(adminRequired, appealNotFound, alreadyDecided, sameAdmin),
    },
  }),
  async (c) => c.json(await judgeAppeal(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 200),
)
