import { createRoute } from '@hono/zod-openapi'
import { pageQuery } from '../../../core/cursor.ts'
import { forUser } from '../../../http/middleware/auth.ts'
import { forUserAt } from '../../../http/middleware/user-limits.ts'
import { userProblems } from '../../../http/problem.ts'
import { empty, idParam, json, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { regionNotSet } from '../../rankings/errors.ts'
import { userNotFound } from '../../users/errors.ts'
import { walkNotFound } from '../../walks/errors.ts'
import { postCardSchema } from '../../walks/showing/schema.ts'
import { cursorExpired } from './errors.ts'
import { feedPageSchema, feedQuery, hideParam } from './schema.ts'
import { getFeed, getUserPosts, hideFromFeed } from './service.ts'

export const feedRoutes = createRouter()

feedRoutes.openapi(
  createRoute({
    ...forUserAt('feed'),
    operationId: 'getFeed',
    summary: 'Read my feed',
    description:
      'Walks that others shared. The order is that of `at` and does not change while I scroll, and the counts are as of now. Leave out what repeats: between two pages I may have blocked or followed somebody. My own walks are in `GET /walks`.',
    tags: ['social'],
    method: 'get',
    path: '/feed',
    request: { query: feedQuery },
    responses: { 200: json(feedPageSchema, 'A page'), ...userProblems(cursorExpired, regionNotSet) },
  }),
  async (c) => c.json(await getFeed(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

feedRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'hideFromFeed',
    summary: 'Hide a walk from my feed',
    description: 'Nobody is told. The walk can still be opened.',
    tags: ['social'],
    method: 'post',
    path: '/feed/{walk_id}/hide',
    request: { params: hideParam },
    responses: { 204: empty('It is hidden'), ...userProblems(walkNotFound) },
  }),
  async (c) => {
    await hideFromFeed(c.var.deps, c.var.actor, c.req.valid('param').walk_id, true)
    return c.body(null, 204)
  },
)

feedRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'showInFeed',
    summary: 'Show a hidden walk again',
    description: 'Showing one that is not hidden is a success.',
    tags: ['social'],
    method: 'delete',
    path: '/feed/{walk_id}/hide',
    request: { params: hideParam },
    responses: { 204: empty('It is not hidden (any more)'), ...userProblems(walkNotFound) },
  }),
  async (c) => {
    await hideFromFeed(c.var.deps, c.var.actor, c.req.valid('param').walk_id, false)
    return c.body(null, 204)
  },
)

feedRoutes.openapi(
  createRoute({
    ...forUserAt('feed'),
    operationId: 'listUserWalks',
    summary: "List a user's shared walks",
    description: 'The walks that they shared and I may see, the latest shared first. For myself too: what others see of me.',
    tags: ['social'],
    method: 'get',
    path: '/users/{id}/walks',
    request: { params: idParam, query: pageQuery },
    responses: { 200: json(pageOf(postCardSchema), 'A page, newest first'), ...userProblems(userNotFound) },
  }),
  async (c) => c.json(await getUserPosts(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('query')), 200),
)
