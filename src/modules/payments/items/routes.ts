import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { json, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { itemSchema } from './schema.ts'
import { getItems } from './service.ts'

export const itemRoutes = createRouter()

itemRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listItems',
    summary: 'List what I have bought for good',
    description: 'Badge packs, themes and outfits. Never more than one page.',
    tags: ['payments'],
    method: 'get',
    path: '/users/me/items',
    responses: { 200: json(pageOf(itemSchema), 'In the order of the shop'), ...userProblems() },
  }),
  async (c) => c.json(await getItems(c.var.deps, c.var.actor), 200),
)
