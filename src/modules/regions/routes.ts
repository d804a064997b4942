import { createRoute } from '@hono/zod-openapi'
import { problems } from '../../http/problem.ts'
import { json, pageOf } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { regionNotFound } from './errors.ts'
import { listedRegionSchema, listRegionsQuery } from './schema.ts'
import { listRegionsBelow } from './service.ts'

export const regionRoutes = createRouter()

regionRoutes.openapi(
  createRoute({
    operationId: 'listRegions',
    summary: 'List regions',
    description: 'Without `parent` the sidos. A dong is listed once somebody has been there. Never more than one page.',
    tags: ['regions'],
    method: 'get',
    path: '/regions',
    request: { query: listRegionsQuery },
    responses: { 200: json(pageOf(listedRegionSchema), 'All of them'), ...problems(regionNotFound) },
  }),
  async (c) => c.json(await listRegionsBelow(c.var.deps, c.req.valid('query').parent), 200, { 'Cache-Control': 'public, max-age=3600' }),
)
