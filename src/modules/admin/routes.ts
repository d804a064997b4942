import { createRoute } from '@hono/zod-openapi'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { idempotencyHeader, json, jsonBody, pageOf } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { idempotencyConflict } from '../../core/idempotency.ts'
import { announcementSchema, createAnnouncementSchema } from '../notifications/schema.ts'
import { adminRequired, deadLetterNotFound, jobNotFound, jobTimeInvalid } from './errors.ts'
import { deadLetterParam, deadLetterSchema, jobRunSchema, listDeadLettersQuery, listRunsQuery, runJobSchema } from './schema.ts'
import { publishAnnouncement, getDeadLetters, listJobRuns, retryDeadLetter, runJob } from './service.ts'

export const adminRoutes = createRouter()

adminRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listJobRuns',
    summary: 'List job runs',
    description: 'What the scheduled tasks did, how long it took, and what failed. For admins.',
    tags: ['admin'],
    method: 'get',
    path: '/admin/jobs',
    request: { query: listRunsQuery },
    responses: { 200: json(pageOf(jobRunSchema), 'A page, the latest first'), ...userProblems(adminRequired) },
  }),
  async (c) => c.json(await listJobRuns(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

adminRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'runJob',
    summary: 'Run a task now',
    description: 'The task works as of `scheduled_at`. The same job and time run once. For admins.',
    tags: ['admin'],
    method: 'post',
    path: '/admin/jobs',
    request: { body: jsonBody(runJobSchema) },
    responses: { 202: json(runJobSchema, 'It is on its way'), ...userProblems(adminRequired, jobNotFound, jobTimeInvalid) },
  }),
  async (c) => c.json(await runJob(c.var.deps, c.var.actor, c.req.valid('json')), 202),
)

adminRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'announce',
    summary: 'Announce something to everybody',
    description: 'Stands in the centre of everybody, and is pushed as advertising (광고) to those who agreed to it, one a week.',
    tags: ['admin'],
    method: 'post',
    path: '/admin/notifications',
    request: { headers: idempotencyHeader, body: jsonBody(createAnnouncementSchema) },
    responses: { 202: json(announcementSchema, 'It is on its way'), ...userProblems(adminRequired, idempotencyConflict) },
  }),
  async (c) =>
    c.json(await publishAnnouncement(c.var.deps, c.var.actor, c.req.valid('json'), c.req.valid('header')['idempotency-key']), 202),
)

adminRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listDeadLetters',
    summary: 'List dead letters',
    description: 'Messages that the queues have given up on. For admins.',
    tags: ['admin'],
    method: 'get',
    path: '/admin/dead-letters',
    request: { query: listDeadLettersQuery },
    responses: { 200: json(pageOf(deadLetterSchema), 'A page, the latest first'), ...userProblems(adminRequired) },
  }),
  async (c) => c.json(await getDeadLetters(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

adminRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'retryDeadLetter',
    summary: 'Send a dead letter again',
    description: 'The message goes back to its queue once more. For admins.',
    tags: ['admin'],
    method: 'post',
    path: '/admin/dead-letters/{id}/retry',
    request: { params: deadLetterParam },
    responses: { 200: json(deadLetterSchema, 'It is on its way'), ...userProblems(adminRequired, deadLetterNotFound) },
  }),
  async (c) => c.json(await retryDeadLetter(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)
