import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { empty, idParam, json, jsonBody, pageOf } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { notificationNotFound } from './errors.ts'
import {
  listNotificationsQuery,
  notificationSchema,
  pushTokenParam,
  pushTokenSchema,
  readAllQuery,
  registerPushTokenSchema,
  unreadCountSchema,
} from './schema.ts'
import {
  deleteNotification,
  getNotifications,
  getUnreadCount,
  readAll,
  readNotification,
  registerPushToken,
  removePushToken,
} from './service.ts'

export const notificationRoutes = createRouter()

notificationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listNotifications',
    summary: 'List my notifications',
    description: 'Of the last thirty days, newest first.',
    tags: ['notifications'],
    method: 'get',
    path: '/notifications',
    request: { query: listNotificationsQuery },
    responses: { 200: json(pageOf(notificationSchema), 'A page, newest first'), ...userProblems() },
  }),
  async (c) => c.json(await getNotifications(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

notificationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getUnreadCount',
    summary: 'Count unread notifications',
    description: 'In all, and by tab.',
    tags: ['notifications'],
    method: 'get',
    path: '/notifications/unread-count',
    responses: { 200: json(unreadCountSchema, 'Counts'), ...userProblems() },
  }),
  async (c) => c.json(await getUnreadCount(c.var.deps, c.var.actor), 200),
)

notificationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'readNotification',
    summary: 'Mark a notification as read',
    description: 'Marking it again changes nothing.',
    tags: ['notifications'],
    method: 'patch',
    path: '/notifications/{id}/read',
    request: { params: idParam },
    responses: { 200: json(notificationSchema, 'It, read'), ...userProblems(notificationNotFound) },
  }),
  async (c) => c.json(await readNotification(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

notificationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'readAllNotifications',
    summary: 'Mark all notifications as read',
    description: 'All of them, or those of a tab or type.',
    tags: ['notifications'],
    method: 'post',
    path: '/notifications/read-all',
    request: { query: readAllQuery },
    responses: { 204: empty('None is unread'), ...userProblems() },
  }),
  async (c) => {
    await readAll(c.var.deps, c.var.actor, c.req.valid('query').type)
    return c.body(null, 204)
  },
)

notificationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'deleteNotification',
    summary: 'Delete a notification',
    description: 'It disappears from the list. A push that was shown stays on the device.',
    tags: ['notifications'],
    method: 'delete',
    path: '/notifications/{id}',
    request: { params: idParam },
    responses: { 204: empty('It is gone'), ...userProblems(notificationNotFound) },
  }),
  async (c) => {
    await deleteNotification(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

notificationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'registerPushToken',
    summary: 'Register a device for pushes',
    description: 'A token belongs to the session that registered it last. Registering again changes nothing.',
    tags: ['notifications'],
    method: 'post',
    path: '/push-tokens',
    request: { body: jsonBody(registerPushTokenSchema) },
    responses: { 200: json(pushTokenSchema, 'Registered'), ...userProblems() },
  }),
  async (c) => c.json(await registerPushToken(c.var.deps, c.var.actor, c.req.valid('json')), 200),
)

notificationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'removePushToken',
    summary: 'Unregister a device',
    description: 'The device gets no more pushes. Removing a token that is not mine is a success and changes nothing.',
    tags: ['notifications'],
    method: 'delete',
    path: '/push-tokens/{token}',
    request: { params: pushTokenParam },
    responses: { 204: empty('It is not mine (any more)'), ...userProblems() },
  }),
  async (c) => {
    await removePushToken(c.var.deps, c.var.actor, c.req.valid('param').token)
    return c.body(null, 204)
  },
)
