import { createRoute } from '@hono/zod-openapi'
import { idempotencyConflict } from '../../core/idempotency.ts'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { empty, idempotencyHeader, idParam, json, jsonBody } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { accountSuspended } from '../social/suspensions/errors.ts'
import { userNotFound } from '../users/errors.ts'
import {
  cannotInviteSelf,
  invitationCancelled,
  invitationExpired,
  invitationLimitReached,
  invitationNotFound,
  invitationOver,
  invitationTooSoon,
  notHost,
  notInvitee,
} from './errors.ts'
import { answerInvitationSchema, invitationPageSchema, invitationSchema, inviteSchema, listInvitationsQuery } from './schema.ts'
import { answerInvitation, getInvitations, invite, openInvitation, withdrawInvitation } from './service.ts'

export const invitationRoutes = createRouter()

invitationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'invite',
    summary: 'Invite people to a walk',
    description: 'Expires half an hour before the time, or halfway to it where that is nearer than an hour.',
    tags: ['social'],
    method: 'post',
    path: '/invitations',
    request: { headers: idempotencyHeader, body: jsonBody(inviteSchema) },
    responses: {
      201: json(invitationSchema, 'The invitation'),
      ...userProblems(userNotFound, cannotInviteSelf, invitationTooSoon, invitationLimitReached, idempotencyConflict, accountSuspended),
    },
  }),
  async (c) => c.json(await invite(c.var.deps, c.var.actor, c.req.valid('json'), c.req.valid('header')['idempotency-key']), 201),
)

invitationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listInvitations',
    summary: 'List my invitations',
    description: 'Those that I sent and those that I received, newest first.',
    tags: ['social'],
    method: 'get',
    path: '/invitations',
    request: { query: listInvitationsQuery },
    responses: { 200: json(invitationPageSchema, 'A page, newest first'), ...userProblems() },
  }),
  async (c) => c.json(await getInvitations(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

invitationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getInvitation',
    summary: 'Get an invitation',
    description: 'Opening a received one marks it as read.',
    tags: ['social'],
    method: 'get',
    path: '/invitations/{id}',
    request: { params: idParam },
    responses: { 200: json(invitationSchema, 'The invitation'), ...userProblems(invitationNotFound) },
  }),
  async (c) => c.json(await openInvitation(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

invitationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'answerInvitation',
    summary: 'Accept or decline an invitation',
    description: 'Minds may be changed: accepting while it is open, declining until the meeting is over.',
    tags: ['social'],
    method: 'patch',
    path: '/invitations/{id}',
    request: { params: idParam, body: jsonBody(answerInvitationSchema) },
    responses: {
      200: json(invitationSchema, 'The invitation as it is now'),
      ...userProblems(invitationNotFound, notInvitee, invitationCancelled, invitationExpired, invitationOver),
    },
  }),
  async (c) => c.json(await answerInvitation(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('json').status), 200),
)

invitationRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'cancelInvitation',
    summary: 'Cancel an invitation',
    description: 'Ends its live room at once.',
    tags: ['social'],
    method: 'delete',
    path: '/invitations/{id}',
    request: { params: idParam },
    responses: { 204: empty('Cancelled'), ...userProblems(invitationNotFound, notHost, invitationOver) },
  }),
  async (c) => {
    await withdrawInvitation(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)
