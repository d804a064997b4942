import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { json, tagged } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { isKnown } from '../../../http/send-object.ts'
import { bboxTooLarge } from './errors.ts'
import { getHeatmapQuery, heatmapSchema } from './schema.ts'
import { etagOf, getHeatmap } from './service.ts'

export const heatRoutes = createRouter()

heatRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getHeatmap',
    summary: 'Get where many people walk',
    description:
      'Cells of a rectangle in which five people and more have walked, without anybody’s surroundings of home. Computed at night. At most 4,000 cells; with more, zoom in.',
    tags: ['courses'],
    method: 'get',
    path: '/map/heatmap',
    request: { query: getHeatmapQuery },
    responses: {
      200: { ...json(heatmapSchema, 'The cells'), headers: tagged },
      304: { description: 'As `If-None-Match` has it', headers: tagged },
      ...userProblems(bboxTooLarge),
    },
  }),
  async (c) => {
    const query = c.req.valid('query')
    const heatmap = await getHeatmap(c.var.deps, c.var.actor, query)
    const headers = { ETag: etagOf(heatmap, query), 'Cache-Control': 'private, max-age=3600' }
    if (isKnown(c.req.raw, headers.ETag)) return new Response(null, { status: 304, headers })
    return c.json(heatmap, 200, headers)
  },
)
