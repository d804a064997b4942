import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { empty, idParam, json } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { walkNotFound } from '../../walks/errors.ts'
import { lastWayQuery, lastWaySchema, similarWalksSchema } from './schema.ts'
import { getLastWay, getSimilarWalks } from './service.ts'

export const wayRoutes = createRouter()

wayRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getLastWay',
    summary: 'Get the way that I walked last',
    description: 'To walk it again. The newest valid walk that I recorded. 204 when there is none.',
    tags: ['walks'],
    method: 'get',
    path: '/walks/last-way',
    request: { query: lastWayQuery },
    responses: { 200: json(lastWaySchema, 'The way'), 204: empty('There is none'), ...userProblems() },
  }),
  async (c) => {
    const way = await getLastWay(c.var.deps, c.var.actor, c.req.valid('query'))
    return way ? c.json(way, 200) : c.body(null, 204)
  },
)

wayRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listSimilarWalks',
    summary: 'Compare a walk with others of the same way',
    description: 'My own walks of about the same length that passed through most of the same squares, and how this one differs.',
    tags: ['walks'],
    method: 'get',
    path: '/walks/{id}/similar',
    request: { params: idParam },
    responses: { 200: json(similarWalksSchema, 'The walk, and those that are like it'), ...userProblems(walkNotFound) },
  }),
  async (c) => c.json(await getSimilarWalks(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)
