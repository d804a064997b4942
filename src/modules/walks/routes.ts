import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { idempotencyConflict } from '../../core/idempotency.ts'
import { indecencies } from '../../core/words/decent.ts'
import { forUser } from '../../http/middleware/auth.ts'
import { userProblems } from '../../http/problem.ts'
import { empty, idempotencyHeader, idParam, json, jsonBody, MB, pageOf } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { petNotFound } from '../pets/errors.ts'
import { temporarilyBlocked } from '../social/posts/errors.ts'
import { accountSuspended } from '../social/suspensions/errors.ts'
import { premiumRequired } from '../subscriptions/errors.ts'
import { completeOneWalk, syncWalks } from './completion/service.ts'
import {
  importedWalkStays,
  mapTooCloseToHome,
  recordingImpossible,
  tooEarlyForMap,
  tooFewWalksForMap,
  walkAlreadyActive,
  walkNotFound,
  walkOverlap,
  walkTimeInvalid,
} from './errors.ts'
import {
  analyticsSchema,
  completeWalkSchema,
  completionSchema,
  editWalkSchema,
  listWalksQuery,
  segmentsSchema,
  startWalkSchema,
  syncResultsSchema,
  syncWalkSchema,
  syncWalksSchema,
  walkDetailSchema,
  walkSchema,
} from './schema.ts'
import {
  editWalk,
  exportGpx,
  getActiveWalk,
  getAnalytics,
  getSegments,
  getWalk,
  listMyWalks,
  removeWalk,
  restoreDeletedWalk,
  startOneWalk,
} from './service.ts'

/** The first is enough for a walk of 50,000 points with all that a phone can say of them, the second for twenty walks of a phone that was offline for long. */
const COMPLETION_MAX_BYTES = 8 * MB
const SYNC_MAX_BYTES = 16 * MB

export const walkRoutes = createRouter()

walkRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'startWalk',
    summary: 'Start a walk',
    description:
      'One walk can be active at a time. Send an `id` of your own, so that the request can be repeated. A walk that was started offline is sent with its `started_at`.',
    tags: ['walks'],
    method: 'post',
    path: '/walks',
    request: { headers: idempotencyHeader, body: jsonBody(startWalkSchema) },
    responses: {
      201: json(walkSchema, 'The walk that has begun'),
      ...userProblems(walkAlreadyActive, petNotFound, walkTimeInvalid, idempotencyConflict),
    },
  }),
  async (c) => c.json(await startOneWalk(c.var.deps, c.var.actor, c.req.valid('json'), c.req.valid('header')['idempotency-key']), 201),
)

walkRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listWalks',
    summary: 'List my walks',
    description: 'Valid walks, newest first.',
    tags: ['walks'],
    method: 'get',
    path: '/walks',
    request: { query: listWalksQuery },
    responses: { 200: json(pageOf(walkSchema), 'A page'), ...userProblems() },
  }),
  async (c) => c.json(await listMyWalks(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

walkRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'syncWalks',
    summary: 'Upload walks recorded offline',
    description:
      'Each walk is judged by itself. Its id is its idempotency key: the same walk again gets its first answer, and another start under the same id is a conflict.',
    tags: ['walks'],
    method: 'post',
    path: '/walks/sync',
    request: { body: jsonBody(syncWalksSchema, SYNC_MAX_BYTES, [syncWalkSchema]) },
    responses: { 200: json(syncResultsSchema, 'In the order sent'), ...userProblems() },
  }),
  async (c) => c.json({ results: await syncWalks(c.var.deps, c.var.actor, c.req.valid('json').walks) }, 200),
)

walkRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getActiveWalk',
    summary: 'Get my active walk',
    description: 'The walk that I am on. 204 when there is none.',
    tags: ['walks'],
    method: 'get',
    path: '/walks/active',
    responses: { 200: json(walkSchema, 'The walk'), 204: empty('There is no active walk'), ...userProblems() },
  }),
  async (c) => {
    const walk = await getActiveWalk(c.var.deps, c.var.actor)
    return walk ? c.json(walk, 200) : c.body(null, 204)
  },
)

walkRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getWalk',
    summary: 'Get a walk',
    description: 'One of mine, or one that its owner shared. What others see of it is coarser than what the owner sees.',
    tags: ['walks'],
    method: 'get',
    path: '/walks/{id}',
    request: { params: idParam },
    responses: { 200: json(walkDetailSchema, 'The walk'), ...userProblems(walkNotFound, temporarilyBlocked) },
  }),
  async (c) => c.json(await getWalk(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

walkRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'editWalk',
    summary: 'Change a walk',
    description: 'Memo, sharing, map or pets. Only the given fields change.',
    tags: ['walks'],
    method: 'patch',
    path: '/walks/{id}',
    request: { params: idParam, body: jsonBody(editWalkSchema) },
    responses: {
      200: json(walkDetailSchema, 'The changed walk'),
      ...userProblems(
        walkNotFound,
        petNotFound,
        ...indecencies,
        mapTooCloseToHome,
        tooEarlyForMap,
        tooFewWalksForMap,
        importedWalkStays,
        accountSuspended,
      ),
    },
  }),
  async (c) => c.json(await editWalk(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 200),
)

walkRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'deleteWalk',
    summary: 'Delete a walk',
    description: 'What it counted for is taken back. It can be restored within thirty days.',
    tags: ['walks'],
    method: 'delete',
    path: '/walks/{id}',
    request: { params: idParam },
    responses: { 204: empty('It is gone'), ...userProblems(walkNotFound) },
  }),
  async (c) => {
    await removeWalk(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

walkRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'restoreWalk',
    summary: 'Restore a deleted walk',
    description: 'Within thirty days of its deletion. It counts again.',
    tags: ['walks'],
    method: 'post',
    path: '/walks/{id}/restore',
    request: { params: idParam },
    responses: { 200: json(walkDetailSchema, 'The walk, counted again'), ...userProblems(walkNotFound, walkOverlap) },
  }),
  async (c) => c.json(await restoreDeletedWalk(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

walkRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'completeWalk',
    summary: 'Complete a walk',
    description:
      'The server measures the track and judges it. A memo that others should not read is left out (`memo_refused`). Completing a completed walk again answers as the first time.',
    tags: ['walks'],
    method: 'post',
    path: '/walks/{id}/complete',
    request: { params: idParam, body: jsonBody(completeWalkSchema, COMPLETION_MAX_BYTES) },
    responses: {
      200: json(completionSchema, 'What was measured, valid or not'),
      ...userProblems(walkNotFound, walkOverlap, walkTimeInvalid, recordingImpossible),
    },
  }),
  async (c) => c.json(await completeOneWalk(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('json')), 200),
)

walkRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listSegments',
    summary: 'Get the pace of my walk',
    description: 'By stretches of 500 m, from the start on. Only the owner sees it.',
    tags: ['walks'],
    method: 'get',
    path: '/walks/{id}/segments',
    request: { params: idParam },
    responses: { 200: json(segmentsSchema, 'From the start on'), ...userProblems(walkNotFound) },
  }),
  async (c) => c.json(await getSegments(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

walkRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getAnalytics',
    summary: 'Get further figures of my walk',
    description: 'Speeds, climb and steps. Only the owner sees them. Premium.',
    tags: ['walks'],
    method: 'get',
    path: '/walks/{id}/analytics',
    request: { params: idParam },
    responses: { 200: json(analyticsSchema, 'The figures'), ...userProblems(walkNotFound, premiumRequired) },
  }),
  async (c) => c.json(await getAnalytics(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

walkRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'exportGpx',
    summary: 'Export a walk as GPX',
    description: 'GPX 1.1 with the recorded track. Only the owner can export it.',
    tags: ['walks'],
    method: 'get',
    path: '/walks/{id}/export.gpx',
    request: { params: idParam },
    responses: {
      200: { description: 'The track', content: { 'application/gpx+xml': { schema: z.string() } } },
      ...userProblems(walkNotFound),
    },
  }),
  async (c) => {
    const { id } = c.req.valid('param')
    return c.body(await exportGpx(c.var.deps, c.var.actor, id), 200, {
      'Content-Type': 'application/gpx+xml; charset=utf-8',
      'Content-Disposition': `attachment; filename="walk-${id}.gpx"`,
    })
  },
)
