import { createRoute } from '@hono/zod-openapi'
import { pageQuery } from '../../../core/cursor.ts'
import { idempotencyConflict } from '../../../core/idempotency.ts'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { empty, idempotencyHeader, idParam, json, jsonBody, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { walkNotFound } from '../../walks/errors.ts'
import { accountSuspended } from '../suspensions/errors.ts'
import { commentNotFound, tooManyComments } from './errors.ts'
import { commentSchema, writeCommentSchema } from './schema.ts'
import { getComments, removeComment, writeComment } from './service.ts'

export const commentRoutes = createRouter()

commentRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'writeComment',
    summary: 'Comment on a walk',
    description: 'Its owner is told, unless it is held. Owners may comment as well.',
    tags: ['social'],
    method: 'post',
    path: '/comments',
    request: { headers: idempotencyHeader, body: jsonBody(writeCommentSchema) },
    responses: {
      201: json(commentSchema, 'The comment'),
      ...userProblems(walkNotFound, accountSuspended, tooManyComments, idempotencyConflict),
    },
  }),
  async (c) => c.json(await writeComment(c.var.deps, c.var.actor, c.req.valid('json'), c.req.valid('header')['idempotency-key']), 201),
)

commentRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'deleteComment',
    summary: 'Delete a comment',
    description: 'Its author may, and the owner of the walk. Deleting it again is a success.',
    tags: ['social'],
    method: 'delete',
    path: '/comments/{id}',
    request: { params: idParam },
    responses: { 204: empty('It is gone'), ...userProblems(commentNotFound) },
  }),
  async (c) => {
    await removeComment(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

commentRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listComments',
    summary: 'List the comments of a walk',
    description: 'Oldest first. Those of people who are blocked, banned or leaving are left out.',
    tags: ['social'],
    method: 'get',
    path: '/walks/{id}/comments',
    request: { params: idParam, query: pageQuery },
    responses: { 200: json(pageOf(commentSchema), 'A page, oldest first'), ...userProblems(walkNotFound) },
  }),
  async (c) => c.json(await getComments(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('query')), 200),
)
