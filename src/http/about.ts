import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { definedErrors, found, problemCodeSchema } from '../core/errors.ts'
import { notFound, problems } from './problem.ts'
import { json } from './responses.ts'
import { createRouter } from './router.ts'

export const aboutRoutes = createRouter()

/** What is here, for somebody who opens the address of the API. */
aboutRoutes.get('/', (c) => c.json({ name: '멍이랑 (withbowwow)', docs: '/docs', openapi: '/openapi.json' }, 200))

const problemTypeSchema = z
  .object({
    code: problemCodeSchema,
    status: z.int(),
    title: z.string().meta({ description: 'English, for developers', example: 'No such walk' }),
    detail: z.string().meta({ description: 'Korean, as people are shown it where nothing more exact is known' }),
    members: z.array(z.string()).meta({ description: 'What such a problem says beside the usual', example: ['walk_id'] }),
  })
  .meta({ id: 'ProblemType' })

aboutRoutes.openapi(
  createRoute({
    operationId: 'getProblemType',
    summary: 'Explain a problem',
    description: 'The address that stands in the `type` of a problem.',
    tags: ['operations'],
    method: 'get',
    path: '/problems/{code}',
    request: { params: z.object({ code: z.string().meta({ description: 'The code of the problem', example: 'walk_already_active' }) }) },
    responses: { 200: json(problemTypeSchema, 'What the code means'), ...problems(notFound) },
  }),
  (c) => {
    const { code, status, title, detail, members = {} } = found(definedErrors.get(c.req.valid('param').code), notFound)
    const explained = { code, status, title, detail, members: Object.keys(members) }
    return c.json(explained, 200, { 'Cache-Control': 'public, max-age=3600' })
  },
)
