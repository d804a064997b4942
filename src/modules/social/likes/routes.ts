import { createRoute } from '@hono/zod-openapi'
import { pageQuery } from '../../../core/cursor.ts'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { idParam, json, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { walkNotFound } from '../../walks/errors.ts'
import { accountSuspended } from '../suspensions/errors.ts'
import { ownWalk } from './errors.ts'
import { likeCountSchema, likerSchema, walkParam } from './schema.ts'
import { getLikers, like, unlike } from './service.ts'

export const likeRoutes = createRouter()

likeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'like',
    summary: 'Like a walk',
    description: 'Its owner is told. Liking again changes nothing.',
    tags: ['social'],
    method: 'post',
    path: '/likes/{walk_id}',
    request: { params: walkParam },
    responses: { 200: json(likeCountSchema, 'I like it'), ...userProblems(walkNotFound, ownWalk, accountSuspended) },
  }),
  async (c) => c.json(await like(c.var.deps, c.var.actor, c.req.valid('param').walk_id), 200),
)

likeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'unlike',
    summary: 'Take a like back',
    description: 'Taking back a like that is not there is a success.',
    tags: ['social'],
    method: 'delete',
    path: '/likes/{walk_id}',
    request: { params: walkParam },
    responses: { 200: json(likeCountSchema, 'I do not like it (any more)'), ...userProblems(walkNotFound, ownWalk) },
  }),
  async (c) => c.json(await unlike(c.var.deps, c.var.actor, c.req.valid('param').walk_id), 200),
)

likeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listLikes',
    summary: 'List who likes a walk',
    description: 'People who are blocked, banned or leaving are left out, so it may be shorter than `likes` says.',
    tags: ['social'],
    method: 'get',
    path: '/walks/{id}/likes',
    request: { params: idParam, query: pageQuery },
    responses: { 200: json(pageOf(likerSchema), 'A page, newest first'), ...userProblems(walkNotFound) },
  }),
  async (c) => c.json(await getLikers(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('query')), 200),
)
