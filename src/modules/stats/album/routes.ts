import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { json, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { albumPhotoSchema, albumQuery } from './schema.ts'
import { listMyPhotos } from './service.ts'

export const albumRoutes = createRouter()

albumRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listMyPhotos',
    summary: 'List the photos of my walks',
    description: 'The newest first, by when they were taken, or else uploaded. Photos of deleted and of refused walks are missing.',
    tags: ['walks'],
    method: 'get',
    path: '/photos',
    request: { query: albumQuery },
    responses: { 200: json(pageOf(albumPhotoSchema), 'A page'), ...userProblems() },
  }),
  async (c) => c.json(await listMyPhotos(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)
