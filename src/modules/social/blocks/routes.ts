import { createRoute } from '@hono/zod-openapi'
import { pageQuery } from '../../../core/cursor.ts'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { empty, json, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { userNotFound } from '../../users/errors.ts'
import { blockSchema, userParam } from './schema.ts'
import { block, getBlocks, unblock } from './service.ts'
import { cannotBlockSelf } from './errors.ts'

export const blockRoutes = createRouter()

blockRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'block',
    summary: 'Block a user',
    description:
      'The other one is not told. Both stop following each other, invitations from one to the other end, and live rooms that both are in part them at once. None of it comes back when the block is lifted.',
    tags: ['social'],
    method: 'post',
    path: '/blocks/{user_id}',
    request: { params: userParam },
    responses: { 204: empty('Blocked'), ...userProblems(userNotFound, cannotBlockSelf) },
  }),
  async (c) => {
    await block(c.var.deps, c.var.actor, c.req.valid('param').user_id)
    return c.body(null, 204)
  },
)

blockRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'unblock',
    summary: 'Unblock a user',
    description: 'Lifting a block that is not there is a success.',
    tags: ['social'],
    method: 'delete',
    path: '/blocks/{user_id}',
    request: { params: userParam },
    responses: { 204: empty('I do not block them (any more)'), ...userProblems() },
  }),
  async (c) => {
    await unblock(c.var.deps, c.var.actor, c.req.valid('param').user_id)
    return c.body(null, 204)
  },
)

blockRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listBlocks',
    summary: 'List blocked users',
    description: 'Whom I block, newest first.',
    tags: ['social'],
    method: 'get',
    path: '/blocks',
    request: { query: pageQuery },
    responses: { 200: json(pageOf(blockSchema), 'A page, newest first'), ...userProblems() },
  }),
  async (c) => c.json(await getBlocks(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)
