import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { idempotencyConflict } from '../../../core/idempotency.ts'
import { forUser } from '../../../http/middleware/auth.ts'
import { optionalBody } from '../../../http/middleware/optional-body.ts'
import { problems, userProblems } from '../../../http/problem.ts'
import { empty, idempotencyHeader, idParam, json, jsonBody, pageOf } from '../../../http/responses.ts'
import { createRouter } from '../../../http/router.ts'
import { exportMadeAlready, exportNotFound } from '../errors.ts'
import { createExportSchema, downloadQuery, exportSchema } from './schema.ts'
import { createExport, getExport, listMyExports, openExport, readStretch, removeExport } from './service.ts'

export const exportRoutes = createRouter()

exportRoutes.openapi(
  createRoute({
    ...forUser,
    middleware: [forUser.middleware, optionalBody],
    operationId: 'createExport',
    summary: 'Have an archive made of everything of mine',
    description:
      'A zip of JSON, CSV, GPX, the recordings and the photos, with README.ko.txt and manifest.json. It is made in the background, and `export_ready` tells when it is there. Once a day. Suspended and banned people may do it as well.',
    tags: ['exports'],
    method: 'post',
    path: '/users/me/exports',
    request: { headers: idempotencyHeader, body: { ...jsonBody(createExportSchema), required: false } },
    responses: {
      202: json(exportSchema, 'It is being made'),
      ...userProblems(exportMadeAlready, idempotencyConflict),
    },
  }),
  async (c) => {
    const body = createExportSchema.parse(c.req.valid('json'))
    return c.json(await createExport(c.var.deps, c.var.actor, body, c.req.valid('header')['idempotency-key']), 202)
  },
)

exportRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'listExports',
    summary: 'List my archives',
    description: 'Those of the last 30 days, latest first, in one page.',
    tags: ['exports'],
    method: 'get',
    path: '/users/me/exports',
    responses: { 200: json(pageOf(exportSchema), 'All of them'), ...userProblems() },
  }),
  async (c) => c.json(await listMyExports(c.var.deps, c.var.actor), 200),
)

exportRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'getExport',
    summary: 'See how far an archive of mine is',
    description: 'Ask every few seconds while it is `running`.',
    tags: ['exports'],
    method: 'get',
    path: '/users/me/exports/{id}',
    request: { params: idParam },
    responses: { 200: json(exportSchema, 'The archive'), ...userProblems(exportNotFound) },
  }),
  async (c) => c.json(await getExport(c.var.deps, c.var.actor, c.req.valid('param').id), 200),
)

exportRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'deleteExport',
    summary: 'Stop an archive, or delete its file',
    description: 'Its link works no more at once. It still counts as the one of the day.',
    tags: ['exports'],
    method: 'delete',
    path: '/users/me/exports/{id}',
    request: { params: idParam },
    responses: { 204: empty('It is gone'), ...userProblems(exportNotFound) },
  }),
  async (c) => {
    await removeExport(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

const zip = { 'application/zip': { schema: z.string().meta({ format: 'binary' }) } }

exportRoutes.openapi(
  createRoute({
    operationId: 'downloadExport',
    summary: 'Download an archive',
    description: 'For `download_url`, which works for a day and for whoever has it. A download that broke off goes on with `Range`.',
    tags: ['exports'],
    method: 'get',
    path: '/exports/{id}/archive.zip',
    request: { params: idParam, query: downloadQuery },
    responses: {
      200: { description: 'The zip', content: zip },
      206: { description: 'The stretch of it that `Range` asks for', content: zip },
      416: { description: 'It has no such stretch' },
      ...problems(exportNotFound),
    },
  }),
  async (c) => {
    const { pieces, bytes, name } = await openExport(c.var.deps, c.req.valid('param').id, c.req.valid('query'))
    const headers = {
      'Content-Type': 'application/zip',
      'Content-Disposition': `attachment; filename="${name}"`,
      'Cache-Control': 'private, no-store',
      'X-Content-Type-Options': 'nosniff',
      'Accept-Ranges': 'bytes',
    }
    // A download goes on from where it broke off, so a range has a beginning.
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(c.req.header('Range')?.trim() ?? '') ?? []
    if (from === undefined) return new Response(await readStretch(c.var.deps, pieces, 0, bytes), { headers })
    const offset = Number(from)
    const last = to ? Math.min(Number(to), bytes - 1) : bytes - 1
    if (offset > last) return new Response(null, { status: 416, headers: { ...headers, 'Content-Range': `bytes */${bytes}` } })
    const body = await readStretch(c.var.deps, pieces, offset, last - offset + 1)
    return new Response(body, { status: 206, headers: { ...headers, 'Content-Range': `bytes ${offset}-${last}/${bytes}` } })
  },
)
