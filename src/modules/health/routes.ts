import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { json } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { checkReadiness } from './service.ts'

export const healthRoutes = createRouter()

const healthSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Health' })

healthRoutes.openapi(
  createRoute({
    operationId: 'getHealth',
    summary: 'Liveness check',
    description: 'Answers as soon as the process runs, without asking anything else.',
    tags: ['operations'],
    method: 'get',
    path: '/health',
    responses: { 200: json(healthSchema, 'It does') },
  }),
  (c) => c.json({ status: 'ok' as const }, 200),
)

const readinessSchema = z
  .object({ status: z.enum(['ok', 'unavailable']), postgres: z.boolean(), redis: z.boolean() })
  .meta({ id: 'Readiness' })

healthRoutes.openapi(
  createRoute({
    operationId: 'getReadiness',
    summary: 'Readiness check',
    description: 'Asks Postgres and Redis. Redis holds copies only, so without it the answer is still `ok`.',
    tags: ['operations'],
    method: 'get',
    path: '/ready',
    responses: {
      200: json(readinessSchema, 'Ready; Redis holds copies only, so it may be down'),
      503: json(readinessSchema, 'Postgres does not answer', { status: 'unavailable', postgres: false, redis: true }),
    },
  }),
  async (c) => {
    const parts = await checkReadiness(c.var.deps)
    return parts.postgres ? c.json({ status: 'ok' as const, ...parts }, 200) : c.json({ status: 'unavailable' as const, ...parts }, 503)
  },
)
