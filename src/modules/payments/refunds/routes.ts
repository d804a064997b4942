import { createRoute } from '@hono/zod-openapi'
import { idempotencyConflict } from '../../../core/idempotency.ts'
import { forUserAt } from '../../../http/middleware/user-limits.ts'
import { userProblems } from '../../../http/problem.ts'
import { idempotencyHeader, json, jsonBody } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { managedByStore, orderNotFound, refundRefused } from '../errors.ts'
import { createRefundSchema, refundSchema } from './schema.ts'
import { askForRefund } from './service.ts'

export const refundRoutes = createRouter()

refundRoutes.openapi(
  createRoute({
    ...forUserAt('purchase'),
    operationId: 'createRefund',
    summary: 'Ask for a refund',
    description:
      'Within seven days the first payment of a subscription and goods are given back whole, while they are unused. Otherwise a paid period ends, and what it cost is given back without the days used. What was paid for ends at once. The money follows.',
    tags: ['payments'],
    method: 'post',
    path: '/payments/refunds',
    request: { headers: idempotencyHeader, body: jsonBody(createRefundSchema) },
    responses: {
      201: json(refundSchema, 'How much is given back'),
      ...userProblems(orderNotFound, managedByStore, refundRefused, idempotencyConflict),
    },
  }),
  async (c) => c.json(await askForRefund(c.var.deps, c.var.actor, c.req.valid('json'), c.req.valid('header')['idempotency-key']), 201),
)
