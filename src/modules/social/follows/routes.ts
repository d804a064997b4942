import { createRoute } from '@hono/zod-openapi'
import { forUserAt } from '../../../http/middleware/user-limits.ts'
import { userProblems } from '../../../http/problem.ts'
import { empty, idParam, json, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { userNotFound } from '../../users/errors.ts'
import { accountSuspended } from '../suspensions/errors.ts'
import { followLimit, ownAccount, tooManyFollows } from './errors.ts'
import { followedSchema, followsQuery, userParam } from './schema.ts'
import { follow, getFollows, removeFollower, unfollow } from './service.ts'

export const followRoutes = createRouter()

followRoutes.openapi(
  createRoute({
    ...forUserAt('follow'),
    operationId: 'follow',
    summary: 'Follow a user',
    description: 'They are told of it, once a day at most. Nobody has to agree.',
    tags: ['social'],
    method: 'post',
    path: '/follows/{user_id}',
    request: { params: userParam },
    responses: {
      204: empty('I follow them'),
      ...userProblems(userNotFound, ownAccount, accountSuspended, followLimit, tooManyFollows),
    },
  }),
  async (c) => {
    await follow(c.var.deps, c.var.actor, c.req.valid('param').user_id)
    return c.body(null, 204)
  },
)

followRoutes.openapi(
  createRoute({
    ...forUserAt('follow'),
    operationId: 'unfollow',
    summary: 'Stop following a user',
    description: 'The other one is not told. Ending a follow that is not there is a success.',
    tags: ['social'],
    method: 'delete',
    path: '/follows/{user_id}',
    request: { params: userParam },
    responses: { 204: empty('I do not follow them (any more)'), ...userProblems() },
  }),
  async (c) => {
    await unfollow(c.var.deps, c.var.actor, c.req.valid('param').user_id)
    return c.body(null, 204)
  },
)

followRoutes.openapi(
  createRoute({
    ...forUserAt('follow'),
    operationId: 'removeFollower',
    summary: 'Remove a follower',
    description: 'Ends their following me. They are not told, and can follow me again. A block keeps somebody away.',
    tags: ['social'],
    method: 'delete',
    path: '/followers/{user_id}',
    request: { params: userParam },
    responses: { 204: empty('They do not follow me (any more)'), ...userProblems() },
  }),
  async (c) => {
    await removeFollower(c.var.deps, c.var.actor, c.req.valid('param').user_id)
    return c.body(null, 204)
  },
)

const listed = 'Leaves out people who have left and people with a block between us, so the counts of the profile may be higher.'

followRoutes.openapi(
  createRoute({
    ...forUserAt('feed'),
    operationId: 'listFollowers',
    summary: 'List who follows a user',
    description: `Everybody may see it. ${listed}`,
    tags: ['social'],
    method: 'get',
    path: '/users/{id}/followers',
    request: { params: idParam, query: followsQuery },
    responses: { 200: json(pageOf(followedSchema), 'A page'), ...userProblems(userNotFound) },
  }),
  async (c) => {
    const of = c.req.valid('param').id
    return c.json(await getFollows(c.var.deps, c.var.actor, { side: 'followers', of }, c.req.valid('query')), 200)
  },
)

followRoutes.openapi(
  createRoute({
    ...forUserAt('feed'),
    operationId: 'listFollowing',
    summary: 'List whom a user follows',
    description: `Everybody may see it. ${listed}`,
    tags: ['social'],
    method: 'get',
    path: '/users/{id}/following',
    request: { params: idParam, query: followsQuery },
    responses: { 200: json(pageOf(followedSchema), 'A page'), ...userProblems(userNotFound) },
  }),
  async (c) => {
    const of = c.req.valid('param').id
    return c.json(await getFollows(c.var.deps, c.var.actor, { side: 'following', of }, c.req.valid('query')), 200)
  },
)
