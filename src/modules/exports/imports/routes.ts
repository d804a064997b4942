import { createRoute } from '@hono/zod-openapi'
import { pageQuery } from '../../../core/cursor.ts'
import { idempotencyConflict } from '../../../core/idempotency.ts'
import { forUser } from '../../../http/middleware/auth.ts'
import { userProblems } from '../../../http/problem.ts'
import { idempotencyHeader, idParam, json, jsonBody, MAX_BYTES, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { petNotFound } from '../../pets/errors.ts'
import { importFileMissing, importFileTooLarge, importNotFound, importOver, importRunning, tooManyImports } from './errors.ts'
import { UPLOAD_MAX_BYTES } from './rules.ts'
import { createImportSchema, importFileSchema, importSchema } from './schema.ts'
import { createImport, getImport, getImportFiles, getImports, uploadImportFile } from './service.ts'

export const importRoutes = createRouter()

importRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'createImport',
    summary: 'Begin an import',
    description:
      'Of walks from elsewhere (GPX, TCX, FIT, each also packed as `.gz`, a zip of them, or an archive of Strava), or of an archive of one’s own. The file is sent next. One import runs at a time, and one that still waits for its file is given up by the next.',
    tags: ['exports'],
    method: 'post',
    path: '/users/me/imports',
    request: { headers: idempotencyHeader, body: jsonBody(createImportSchema) },
    responses: {
      201: json(importSchema, 'The import, which waits for its file'),
      ...userProblems(importRunning, tooManyImports, petNotFound, idempotencyConflict),
    },
  }),
  async (c) => c.json(await createImport(c.var.deps, c.var.actor, c.req.valid('json'), c.req.valid('header')['idempotency-key']), 201),
)

importRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listImports',
    summary: 'List my imports',
    description: 'Kept for ninety days.',
    tags: ['exports'],
    method: 'get',
    path: '/users/me/imports',
    request: { query: pageQuery },
    responses: { 200: json(pageOf(importSchema), 'A page, newest first'), ...userProblems() },
  }),
  async (c) => c.json(await getImports(c.var.deps, c.var.actor, c.req.valid('query')), 200),
)

importRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getImport',
    summary: 'Get an import',
    description: 'How far it is, and how many of its files became walks.',
    tags: ['exports'],
    method: 'get',
    path: '/users/me/imports/{id}',
    request: { params: idParam },
    responses: { 200: json(importSchema, 'The import'), ...userProblems(importNotFound) },
  }),
  async (c) => c.json(await getImport(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

importRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listImportFiles',
    summary: 'List what became of the files of an import',
    description: 'In the order of the files. Each became a walk, was there already, or says why it became none.',
    tags: ['exports'],
    method: 'get',
    path: '/users/me/imports/{id}/files',
    request: { params: idParam, query: pageQuery },
    responses: { 200: json(pageOf(importFileSchema), 'A page, in the order of the archive'), ...userProblems(importNotFound) },
  }),
  async (c) => c.json(await getImportFiles(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.valid('query')), 200),
)

/** Documented only. The handler passes the body on to R2, because a validator would hold the whole of it in memory. */
const rawBody = {
  required: true as const,
  description: 'The file as it is, and no form. At most 100 MiB.',
  content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } as const } },
  [MAX_BYTES]: UPLOAD_MAX_BYTES,
}

importRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'uploadImportFile',
    summary: 'Send the file of an import',
    description: 'The import runs from then on. Ask for it to see how far it is. The file is deleted when it is over.',
    tags: ['exports'],
    method: 'put',
    path: '/users/me/imports/{id}/file',
    request: { params: idParam, body: rawBody },
    responses: {
      202: json(importSchema, 'The import, which runs'),
      ...userProblems(importNotFound, importRunning, importOver, importFileTooLarge, importFileMissing),
    },
  }),
  async (c) => c.json(await uploadImportFile(c.var.deps, c.var.actor, c.req.valid('param').id, c.req.raw.body), 202),
)
