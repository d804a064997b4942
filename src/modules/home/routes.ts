import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { json, tagged } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { isKnown } from '../../http/send-object.ts'
import { homeQuery, homeSchema } from './schema.ts'
import { etagOf, getHome } from './service.ts'

export const homeRoutes = createRouter()

homeRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getHome',
    summary: 'Get the first screen',
    description:
      'Everything that it shows, in one answer. A section that cannot be told now is null and named in `failed`, and the others stand. Ask with `If-None-Match` whenever the screen comes up or is pulled down.',
    tags: ['home'],
    method: 'get',
    path: '/home',
    request: { query: homeQuery },
    responses: {
      200: { ...json(homeSchema, 'The screen'), headers: tagged },
      304: { description: 'As `If-None-Match` has it', headers: tagged },
      ...userProblems(),
    },
  }),
  async (c) => {
    const home = await getHome(c.var.deps, c.var.actor, c.req.valid('query'))
    // A phone may keep it, and asks each time whether it still holds.
    const headers = { ETag: await etagOf(home), 'Cache-Control': 'private, no-cache' }
    if (isKnown(c.req.raw, headers.ETag)) return new Response(null, { status: 304, headers })
    return c.json(home, 200, headers)
  },
)
