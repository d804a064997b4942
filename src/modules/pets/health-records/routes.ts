import { createRoute } from '@hono/zod-openapi'
import { idempotencyConflict } from '../../../core/idempotency.ts'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { empty, idempotencyHeader, idParam, json, jsonBody, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { periodOutOfReach } from '../../stats/errors.ts'
import { premiumRequired } from '../../subscriptions/errors.ts'
import { healthRecordInvalid, healthRecordNotFound, petNotFound } from '../errors.ts'
import {
  createHealthRecordSchema,
  editHealthRecordSchema,
  healthRecordParams,
  healthRecordSchema,
  healthReportQuery,
  healthReportSchema,
  listHealthRecordsQuery,
} from './schema.ts'
import { addRecord, editRecord, getHealthReport, listRecords, removeRecord } from './service.ts'

export const healthRecordRoutes = createRouter()

healthRecordRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listHealthRecords',
    summary: "List a pet's health records",
    description: 'Newest first. Only the owner sees them.',
    tags: ['pets'],
    method: 'get',
    path: '/pets/{id}/health-records',
    request: { params: idParam, query: listHealthRecordsQuery },
    responses: { 200: json(pageOf(healthRecordSchema), 'A page'), ...userProblems(petNotFound) },
  }),
  async (c) => c.json(await listRecords(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('query')), 200),
)

healthRecordRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'addHealthRecord',
    summary: 'Add a health record',
    description: "The newest weight becomes the pet's own.",
    tags: ['pets'],
    method: 'post',
    path: '/pets/{id}/health-records',
    request: { params: idParam, headers: idempotencyHeader, body: jsonBody(createHealthRecordSchema) },
    responses: { 201: json(healthRecordSchema, 'The record'), ...userProblems(petNotFound, healthRecordInvalid, idempotencyConflict) },
  }),
  async (c) =>
    c.json(
      await addRecord(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('json'), c.req.valid('header')['idempotency-key']),
      201,
    ),
)

healthRecordRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'editHealthRecord',
    summary: 'Change a health record',
    description: 'Only the given fields change. Null clears a field that can be empty.',
    tags: ['pets'],
    method: 'patch',
    path: '/pets/{id}/health-records/{record_id}',
    request: { params: healthRecordParams, body: jsonBody(editHealthRecordSchema) },
    responses: { 200: json(healthRecordSchema, 'The record as it is now'), ...userProblems(healthRecordNotFound, healthRecordInvalid) },
  }),
  async (c) => {
    const { id: petId, record_id: recordId } = c.req.valid('param')
    return c.json(await editRecord(c.var.deps, c.var.actor, { petId, recordId }, c.req.valid('json')), 200)
  },
)

healthRecordRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'removeHealthRecord',
    summary: 'Delete a health record',
    description: "The pet's weight becomes the newest that is left.",
    tags: ['pets'],
    method: 'delete',
    path: '/pets/{id}/health-records/{record_id}',
    request: { params: healthRecordParams },
    responses: { 204: empty('It is gone'), ...userProblems(healthRecordNotFound) },
  }),
  async (c) => {
    const { id: petId, record_id: recordId } = c.req.valid('param')
    await removeRecord(c.var.deps, c.var.actor, { petId, recordId })
    return c.body(null, 204)
  },
)

healthRecordRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getHealthReport',
    summary: 'Get a monthly health report',
    description: 'Weights, vaccinations, visits and walks of a month of Seoul. Premium.',
    tags: ['pets'],
    method: 'get',
    path: '/pets/{id}/health-report',
    request: { params: idParam, query: healthReportQuery },
    responses: {
      200: json(healthReportSchema, 'Weights, vaccinations, visits and walks of the month'),
      ...userProblems(petNotFound, premiumRequired, periodOutOfReach),
    },
  }),
  async (c) => c.json(await getHealthReport(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('query').month), 200),
)
