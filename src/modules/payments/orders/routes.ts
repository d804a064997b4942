import { createRoute } from '@hono/zod-openapi'
import { idempotencyConflict } from '../../../core/idempotency.ts'
import { forUser } from '../../../http/middleware/auth.ts'
import { forUserAt } from '../../../http/middleware/user-limits.ts'
import { userProblems } from '../../../http/problem.ts'
import { idempotencyHeader, json, jsonBody } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import {
  alreadyOwned,
  alreadySubscribed,
  amountMismatch,
  orderAlreadyPaid,
  orderExpired,
  orderNotFound,
  paymentDeclined,
  unknownProduct,
} from '../errors.ts'
import { confirmSchema, createOrderSchema, orderParam, orderSchema } from './schema.ts'
import { confirmOrder, createOrder, getOrder } from './service.ts'

export const orderRoutes = createRouter()

orderRoutes.openapi(
  createRoute({
    ...forUserAt('purchase'),
    operationId: 'createOrder',
    summary: 'Order something that is bought once',
    description:
      'Before the payment window of Toss opens. Goods, and a paid year of premium, which is not renewed. Subscriptions begin with POST /payments/billing/issue. An order may be paid for a day.',
    tags: ['payments'],
    method: 'post',
    path: '/payments/orders',
    request: { headers: idempotencyHeader, body: jsonBody(createOrderSchema) },
    responses: {
      201: json(orderSchema, 'The order, with our price'),
      ...userProblems(unknownProduct, alreadyOwned, alreadySubscribed, idempotencyConflict),
    },
  }),
  async (c) => c.json(await createOrder(c.var.deps, c.var.actor, c.req.valid('json'), c.req.valid('header')['idempotency-key']), 201),
)

orderRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getOrder',
    summary: 'Get an order',
    description: 'Ask again while it is `pending` or `waiting`.',
    tags: ['payments'],
    method: 'get',
    path: '/payments/orders/{id}',
    request: { params: orderParam },
    responses: { 200: json(orderSchema, 'The order'), ...userProblems(orderNotFound) },
  }),
  async (c) => c.json(await getOrder(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

orderRoutes.openapi(
  createRoute({
    ...forUserAt('purchase'),
    operationId: 'confirmPayment',
    summary: 'Confirm a payment',
    description:
      'Within ten minutes after the payment window. Only this takes the money. It may be repeated, and takes the money once. A declined order may be paid in another way.',
    tags: ['payments'],
    method: 'post',
    path: '/payments/confirm',
    request: { body: jsonBody(confirmSchema) },
    responses: {
      200: json(orderSchema, 'Paid, or `waiting` for a deposit'),
      202: json(orderSchema, '`pending`: Toss has not said what became of it. Ask GET /payments/orders/{id}, or send the same again'),
      ...userProblems(orderNotFound, amountMismatch, orderExpired, orderAlreadyPaid, alreadyOwned, paymentDeclined),
    },
  }),
  async (c) => {
    const order = await confirmOrder(c.var.deps, c.var.actor, c.req.valid('json'))
    return order.state === 'pending' ? c.json(order, 202) : c.json(order, 200)
  },
)
