import { createRoute } from '@hono/zod-openapi'
import { pageQuery } from '../../../core/cursor.ts'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { json, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { announcementSchema } from '../schema.ts'
import { getAnnouncements } from './service.ts'

export const announcementRoutes = createRouter()

announcementRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listAnnouncements',
    summary: 'List the announcements',
    description:
      'What was announced to everybody, newest first, also before I joined. A notification of it is gone after thirty days, and the announcement stays.',
    tags: ['notifications'],
    method: 'get',
    path: '/announcements',
    request: { query: pageQuery },
    responses: { 200: json(pageOf(announcementSchema), 'A page, newest first'), ...userProblems() },
  }),
  async (c) => c.json(await getAnnouncements(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)
