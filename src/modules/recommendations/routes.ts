import { createRoute } from '@hono/zod-openapi'
import { forUserAt } from '../../http/middleware/user-limits.ts'
import { userProblems } from '../../http/problem.ts'
import { empty, json, pageOf } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { dismissedParam, recommendationSchema } from './schema.ts'
import { dismissRecommendation, getRecommendations } from './service.ts'

export const recommendationRoutes = createRouter()

recommendationRoutes.openapi(
  createRoute({
    ...forUserAt('feed'),
    operationId: 'listRecommendations',
    summary: 'List whom I may like to follow',
    description:
      'At most 20 people of my sigungu who walk at present, best first, in one page: by dong, by time of day, by breed or size of the pet and by how far we walk in a week. They are chosen anew when twelve hours have passed, or when I have moved. Whom I follow, whom I dismissed in the last 180 days, people with a block between us, and who switched `recommendable` off are missing at once. Without a region nobody is recommended.',
    tags: ['social'],
    method: 'get',
    path: '/recommendations',
    responses: { 200: json(pageOf(recommendationSchema), 'All of them'), ...userProblems() },
  }),
  async (c) => c.json(await getRecommendations(c.var.deps, c.var.actor), 200),
)

recommendationRoutes.openapi(
  createRoute({
    ...forUserAt('feed'),
    operationId: 'dismissRecommendation',
    summary: 'Recommend somebody to me no more',
    description: 'For 180 days. The other one is not told. It is also a success for somebody who is not recommended, or not known.',
    tags: ['social'],
    method: 'post',
    path: '/recommendations/{user_id}/dismiss',
    request: { params: dismissedParam },
    responses: { 204: empty('They are not recommended to me'), ...userProblems() },
  }),
  async (c) => {
    await dismissRecommendation(c.var.deps, c.var.actor, c.req.valid('param').user_id)
    return c.body(null, 204)
  },
)
