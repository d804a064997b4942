import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { found } from '../../../../core/errors.ts'
import { problems } from '../../../../http/problem.ts'
import { tagged } from '../../../../http/responses.ts'
import { createRouter } from '../../../../http/router.ts'
import { sendObject } from '../../../../http/send-object.ts'
import { evidenceNotFound } from '../errors.ts'
import { evidenceParam, evidenceQuery } from './schema.ts'
import { openEvidence } from './service.ts'

export const evidenceRoutes = createRouter()

const image = { schema: z.string().meta({ format: 'binary' }) }
const images = { 'image/jpeg': image, 'image/png': image, 'image/webp': image }

evidenceRoutes.openapi(
  createRoute({
    operationId: 'getEvidence',
    summary: 'Download a photo as it was reported',
    description: 'For the addresses in what `GET /admin/reports` answers, which are signed for at most five minutes.',
    tags: ['admin'],
    method: 'get',
    path: '/evidence/{target_type}/{target_id}/{name}',
    request: { params: evidenceParam, query: evidenceQuery },
    responses: {
      200: { description: 'The photo', headers: tagged, content: images },
      206: { description: 'The stretch of it that `Range` asks for', headers: tagged, content: images },
      304: { description: 'As `If-None-Match` has it', headers: tagged },
      416: { description: 'It has no such stretch' },
      ...problems(evidenceNotFound),
    },
  }),
  async (c) => {
    const { key, ...headers } = await openEvidence(c.var.deps, c.req.valid('param'), c.req.valid('query'))
    return found(await sendObject(c.var.deps.bucket, key, c.req.raw, headers), evidenceNotFound)
  },
)
