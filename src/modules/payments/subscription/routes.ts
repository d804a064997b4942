import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { json, jsonBody } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { amountMismatch, consentNotOpen, managedByStore, subscriptionNotFound, unknownPlan } from '../errors.ts'
import { cancellationSchema, changePlanSchema, decideChargeSchema, ownSubscriptionsSchema, subscriptionSchema } from './schema.ts'
import { cancel, changePlan, decideCharge, getOwnSubscriptions, resume } from './service.ts'

export const subscriptionRoutes = createRouter()

subscriptionRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getSubscription',
    summary: 'Get my subscriptions',
    description: 'Of every store, with what will be charged next and which consent that needs.',
    tags: ['payments'],
    method: 'get',
    path: '/subscription',
    responses: { 200: json(ownSubscriptionsSchema, 'All of them, and whether I am premium'), ...userProblems() },
  }),
  async (c) => c.json(await getOwnSubscriptions(c.var.deps, c.var.actor), 200),
)

subscriptionRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'cancelSubscription',
    summary: 'Cancel my subscription',
    description:
      'Nothing is charged any more, and what was paid or tried lasts until `ends_at`. Grace ends at once. Of several at Toss all are cancelled. What a store charges is cancelled there.',
    tags: ['payments'],
    method: 'delete',
    path: '/subscription',
    responses: { 200: json(cancellationSchema, 'Cancelled, now or before'), ...userProblems(subscriptionNotFound, managedByStore) },
  }),
  async (c) => c.json(await cancel(c.var.deps, c.var.actor), 200),
)

subscriptionRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'resumeSubscription',
    summary: 'Take back a cancellation',
    description: 'Until `ends_at`. It then renews as before. Of several the newest.',
    tags: ['payments'],
    method: 'post',
    path: '/subscription/resume',
    responses: { 200: json(subscriptionSchema, 'The subscription as it is now'), ...userProblems(subscriptionNotFound, managedByStore) },
  }),
  async (c) => c.json(await resume(c.var.deps, c.var.actor), 200),
)

subscriptionRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'changePlan',
    summary: 'Change the plan of my subscription',
    description:
      'From the next period on, and nothing is charged before. The present plan withdraws the change. In a trial it is the plan that would follow, and needs the consent to that charge anew.',
    tags: ['payments'],
    method: 'patch',
    path: '/subscription',
    request: { body: jsonBody(changePlanSchema) },
    responses: {
      200: json(subscriptionSchema, 'The subscription as it is now'),
      ...userProblems(subscriptionNotFound, managedByStore, unknownPlan),
    },
  }),
  async (c) => c.json(await changePlan(c.var.deps, c.var.actor, c.req.valid('json').plan), 200),
)

subscriptionRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'decideCharge',
    summary: 'Agree to a charge, or refuse it',
    description:
      'For the first charge after a trial and for a higher price, from 30 days before it (`consent_required`). Without it nothing is charged, and premium ends. It can be withdrawn until then.',
    tags: ['payments'],
    method: 'post',
    path: '/subscription/consents',
    request: { body: jsonBody(decideChargeSchema) },
    responses: {
      200: json(subscriptionSchema, 'The subscription as it is now'),
      ...userProblems(subscriptionNotFound, managedByStore, consentNotOpen, amountMismatch),
    },
  }),
  async (c) => c.json(await decideCharge(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)
