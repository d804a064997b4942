import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../../http/middleware/auth.ts'
import { limitTakedowns } from '../../../../http/middleware/rate-limit.ts'
import { userProblems } from '../../../../http/problem.ts'
import { idParam, json, jsonBody, pageOf } from '../../../../http/responses.ts'
import { createRouter } from '../../../../http/router.ts'
import { adminRequired } from '../../../admin/errors.ts'
import { actionNotPossible, alreadyDecided, sameAdmin, takedownNotFound, takedownOver } from '../errors.ts'
import {
  caseNumberParam,
  createTakedownSchema,
  decideTakedownSchema,
  listTakedownsQuery,
  objectionSchema,
  objectSchema,
  takedownReceiptSchema,
  takedownSchema,
} from './schema.ts'
import { demandTakedown, getTakedowns, judgeTakedown, object } from './service.ts'

export const takedownRoutes = createRouter()

takedownRoutes.openapi(
  createRoute({
    middleware: limitTakedowns,
    operationId: 'demandTakedown',
    summary: 'Demand that something be taken down',
    description:
      'For people whom something injures, with or without an account (정보통신망법 §44-2). A moderator looks within a day, and tells the result at the contact that was given. The same demand within a day is the same case.',
    tags: ['social'],
    method: 'post',
    path: '/takedowns',
    request: { body: jsonBody(createTakedownSchema) },
    responses: { 202: json(takedownReceiptSchema, 'Received') },
  }),
  async (c) => c.json(await demandTakedown(c.var.deps, c.req.valid('json')), 202),
)

takedownRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'objectToTakedown',
    summary: 'Object to a takedown',
    description: 'For the author, while their thing is closed. If nobody decides about it within the 30 days, the thing opens again.',
    tags: ['social'],
    method: 'post',
    path: '/takedowns/{case_number}/objection',
    request: { params: caseNumberParam, body: jsonBody(objectSchema) },
    responses: {
      200: json(objectionSchema, 'The objection, the first if there were several'),
      ...userProblems(takedownNotFound, takedownOver),
    },
  }),
  async (c) => c.json(await object(c.var.deps, c.var.actor, c.req.valid('param').case_number, c.req.valid('json').text), 200),
)

takedownRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listTakedowns',
    summary: 'List takedowns',
    description: 'For admins.',
    tags: ['admin'],
    method: 'get',
    path: '/admin/takedowns',
    request: { query: listTakedownsQuery },
    responses: { 200: json(pageOf(takedownSchema), 'A page'), ...userProblems(adminRequired) },
  }),
  async (c) => c.json(await getTakedowns(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

takedownRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'decideTakedown',
    summary: 'Decide about a takedown',
    description:
      'The author is told by a notification. The claimant is told by the admin. After 30 days what nobody objected to is removed, and what was objected to and not decided opens again. For admins.',
    tags: ['admin'],
    method: 'patch',
    path: '/admin/takedowns/{id}',
    request: { params: idParam, body: jsonBody(decideTakedownSchema) },
    responses: {
      200: json(takedownSchema, 'The takedown as it is now'),
      ...userProblems(adminRequired, takedownNotFound, alreadyDecided, sameAdmin, actionNotPossible),
    },
  }),
  async (c) => c.json(await judgeTakedown(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 200),
)
