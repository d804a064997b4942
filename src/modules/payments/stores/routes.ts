import { createRoute } from '@hono/zod-openapi'
import { zValidator } from '@hono/zod-validator'
import { forUserAt } from '../../../http/middleware/user-limits.ts'
import { userProblems } from '../../../http/problem.ts'
import { json, jsonBody } from '../../../http/responses.ts'
import { createRouter, refuseInvalid } from '../../../http/router.ts'
import { purchaseBelongsToAnother, purchaseNotGenuine, transferTooSoon, vendorUnavailable } from '../errors.ts'
import { receiveAppleEvent, verifyApplePurchase } from './app-store/service.ts'
import { receiveGoogleEvent, verifyGooglePurchase } from './google-play/service.ts'
import { appleEventSchema, purchaseSchema, verifyAppleSchema, verifyGoogleSchema } from './schema.ts'

export const storeRoutes = createRouter()

storeRoutes.openapi(
  createRoute({
    ...forUserAt('purchase'),
    operationId: 'verifyApplePurchase',
    summary: 'Show what I bought in the App Store',
    description:
      'For each transaction that the phone holds, also to restore purchases. It may be repeated. A purchase of the sandbox is taken, and makes only testers premium.',
    tags: ['payments'],
    method: 'post',
    path: '/payments/verify/apple',
    request: { body: jsonBody(verifyAppleSchema) },
    responses: {
      200: json(purchaseSchema, 'What it is, also when it is over'),
      ...userProblems(purchaseNotGenuine, purchaseBelongsToAnother, transferTooSoon, vendorUnavailable),
    },
  }),
  async (c) => c.json(await verifyApplePurchase(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)

storeRoutes.openapi(
  createRoute({
    ...forUserAt('purchase'),
    operationId: 'verifyGooglePurchase',
    summary: 'Show what I bought on Google Play',
    description:
      'For each purchase that the phone holds, also to restore purchases. It may be repeated. The server acknowledges the purchase.',
    tags: ['payments'],
    method: 'post',
    path: '/payments/verify/google',
    request: { body: jsonBody(verifyGoogleSchema) },
    responses: {
      200: json(purchaseSchema, 'What it is, also when it is over'),
      ...userProblems(purchaseNotGenuine, purchaseBelongsToAnother, transferTooSoon, vendorUnavailable),
    },
  }),
  async (c) => c.json(await verifyGooglePurchase(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)

storeRoutes.post('/payments/webhook/apple', zValidator('json', appleEventSchema, refuseInvalid), async (c) => {
  await receiveAppleEvent(c.var.deps, c.req.valid('json').signedPayload)
  return c.json({}, 200)
})

storeRoutes.post('/payments/webhook/google', async (c) => {
  await receiveGoogleEvent(c.var.deps, c.req.header('Authorization'), await c.req.json().catch(() => null))
  return c.json({}, 200)
})
