import { createRoute } from '@hono/zod-openapi'
import { forUserAt } from '../../../http/middleware/user-limits.ts'
import { userProblems } from '../../../http/problem.ts'
import { json, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { foundUserSchema, searchQuery } from './schema.ts'
import { searchUsers } from './service.ts'

export const searchRoutes = createRouter()

searchRoutes.openapi(
  createRoute({
    ...forUserAt('search'),
    operationId: 'searchUsers',
    summary: 'Find users by name',
    description:
      'Whose nickname or whose pet’s name begins so, for a field that is asked while somebody types. First who has exactly this nickname, then whom I follow, then my dong, my sigungu and everybody else. Each person stands in the list once. Missing are I myself, people with a block between us, and who switched `searchable` off.',
    tags: ['social'],
    method: 'get',
    path: '/users/search',
    request: { query: searchQuery },
    responses: { 200: json(pageOf(foundUserSchema), 'A page, nearest first'), ...userProblems() },
  }),
  async (c) => c.json(await searchUsers(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)
