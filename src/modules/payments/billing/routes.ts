import { createRoute } from '@hono/zod-openapi'
import { temporarilyUnavailable } from '../../../core/errors.ts'
import { idempotencyConflict } from '../../../core/idempotency.ts'
import { forUserAt } from '../../../http/middleware/user-limits.ts'
import { userProblems } from '../../../http/problem.ts'
import { idempotencyHeader, json, jsonBody } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { alreadySubscribed, managedByStore, paymentDeclined, subscriptionNotFound, unknownPlan } from '../errors.ts'
import { subscriptionSchema } from '../subscription/schema.ts'
import { customerKeyMismatch, trialUsed } from './errors.ts'
import { replaceCardSchema, subscribeSchema } from './schema.ts'
import { replaceCard, subscribe } from './service.ts'

export const billingRoutes = createRouter()

billingRoutes.openapi(
  createRoute({
    ...forUserAt('purchase'),
    operationId: 'subscribe',
    summary: 'Subscribe with a card',
    description:
      'Registers the card at Toss. Who has had no trial begins one, and is charged after it only with a consent of its own (POST /subscription/consents). Anybody else is charged now, unless `trial_only` forbids it. While the outcome is not known the state is `pending`, and GET /subscription shows what became of it.',
    tags: ['payments'],
    method: 'post',
    path: '/payments/billing/issue',
    request: { headers: idempotencyHeader, body: jsonBody(subscribeSchema) },
    responses: {
      201: json(subscriptionSchema, 'The subscription: `trialing`, `active` or `pending`'),
      ...userProblems(
        unknownPlan,
        alreadySubscribed,
        trialUsed,
        paymentDeclined,
        customerKeyMismatch,
        idempotencyConflict,
        temporarilyUnavailable,
      ),
    },
  }),
  async (c) => c.json(await subscribe(c.var.deps, c.var.actor, c.req.valid('json'), c.req.valid('header')['idempotency-key']), 201),
)

billingRoutes.openapi(
  createRoute({
    ...forUserAt('purchase'),
    operationId: 'replaceCard',
    summary: 'Replace the card of my subscription',
    description: 'A charge that was declined is tried with it at once, and the days stay as they were.',
    tags: ['payments'],
    method: 'post',
    path: '/subscription/payment-method',
    request: { body: jsonBody(replaceCardSchema) },
    responses: {
      200: json(subscriptionSchema, 'The subscription as it is now'),
      ...userProblems(subscriptionNotFound, managedByStore, paymentDeclined, customerKeyMismatch, temporarilyUnavailable),
    },
  }),
  async (c) => c.json(await replaceCard(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)
