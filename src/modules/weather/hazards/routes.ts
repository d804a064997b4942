import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { json } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { hazardsQuery, hazardsSchema } from './schema.ts'
import { findDangers } from './service.ts'

export const hazardRoutes = createRouter()

hazardRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getHazards',
    summary: 'Get what is dangerous on a map',
    description:
      'Warnings of KMA, the dust that stations measure, how hot asphalt is, and parks along rivers while a warning of heavy rain holds there.',
    tags: ['weather'],
    method: 'get',
    path: '/map/hazards',
    request: { query: hazardsQuery },
    responses: { 200: json(hazardsSchema, 'The dangers'), ...userProblems() },
  }),
  async (c) => c.json(await findDangers(c.var.deps, c.var.actor, c.req.valid('query').bbox), 200),
)
