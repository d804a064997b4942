import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { AppError, found } from '../../core/errors.ts'
import { forUser } from '../../http/middleware/auth.ts'
import { optionalBody } from '../../http/middleware/optional-body.ts'
import { problems, userProblems } from '../../http/problem.ts'
import { empty, idParam, json, jsonBody, tagged } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { imageHeaders, isKnown, sendObject } from '../../http/send-object.ts'
import { premiumRequired } from '../subscriptions/errors.ts'
import { walkNotFound } from '../walks/errors.ts'
import { shareNotFound } from './errors.ts'
import { pageStyle } from './page-style.ts'
import { createShareCardSchema, photoParam, shareCardSchema, tokenParam, versionQuery } from './schema.ts'
import {
  type Drawing,
  findPetPhoto,
  findPhoto,
  getPictures,
  readPicture,
  shareWalk,
  showLostPage,
  showPage,
  unshareWalk,
} from './service.ts'

export const shareCardRoutes = createRouter()

shareCardRoutes.openapi(
  createRoute({
    ...forUser,
    middleware: [forUser.middleware, optionalBody],
    operationId: 'createShareCard',
    summary: 'Share a walk',
    description:
      'The page shows of the way the sketch that others see, and says nothing of whose walk it is unless `share_page` of the settings allows it. The same walk and theme have the same address until it is taken back. The card follows what it shows, such as the name of the pet.',
    tags: ['share cards'],
    method: 'post',
    path: '/walks/{id}/share-card',
    request: { params: idParam, body: { ...jsonBody(createShareCardSchema), required: false } },
    responses: { 200: json(shareCardSchema, 'Where they are'), ...userProblems(walkNotFound, premiumRequired) },
  }),
  async (c) => {
    const { theme = 'basic' } = c.req.valid('json')
    return c.json(await shareWalk(c.var.deps, c.var.actor, c.req.valid('param').id, { theme }), 200)
  },
)

shareCardRoutes.openapi(
  createRoute({
    ...forUser,
    operationId: 'deleteShareCard',
    summary: 'Stop sharing a walk',
    description: 'Its page and pictures are gone at once. Browsers and messengers forget what they hold within five minutes.',
    tags: ['share cards'],
    method: 'delete',
    path: '/walks/{id}/share-card',
    request: { params: idParam },
    responses: { 204: empty('None of them works any more'), ...userProblems(walkNotFound) },
  }),
  async (c) => {
    await unshareWalk(c.var.deps, c.var.actor, c.req.valid('param').id)
    return c.body(null, 204)
  },
)

const html = { 'text/html': { schema: z.string() } }
const binary = { schema: z.string().meta({ format: 'binary' }) }
const objectAnswers = (...types: string[]) => ({
  206: { description: 'The stretch of it that `Range` asks for', content: Object.fromEntries(types.map((type) => [type, binary])) },
  304: { description: 'As `If-None-Match` has it', headers: tagged },
  416: { description: 'It has no such stretch' },
})

shareCardRoutes.openapi(
  createRoute({
    operationId: 'getSharePage',
    summary: 'Open the page of a shared walk',
    description:
      'It says how to get into the app on the device that asks, by its `User-Agent`. Where there is no such walk, a browser gets a page that says so.',
    tags: ['share cards'],
    method: 'get',
    path: '/s/{token}',
    request: { params: tokenParam },
    responses: { 200: { description: 'The page', content: html }, ...problems(shareNotFound) },
  }),
  async (c) => {
    const headers = await pageHeaders()
    const userAgent = c.req.header('User-Agent') ?? ''
    try {
      return c.html(await showPage(c.var.deps, c.req.valid('param').token, userAgent), 200, headers)
    } catch (error) {
      const isLost = error instanceof AppError && error.definition === shareNotFound.definition
      if (isLost && c.req.header('Accept')?.includes('text/html')) return c.html(showLostPage(c.var.deps, userAgent), 404, headers)
      throw error
    }
  },
)

/** Short, because a link may be taken back, and a picture drawn again. */
const CACHE = 'public, max-age=300'

function addDrawing(drawing: Drawing, { operationId, summary, size }: Record<'operationId' | 'summary' | 'size', string>): void {
  shareCardRoutes.openapi(
    createRoute({
      operationId,
      summary,
      description: 'It is drawn when somebody asks for it first. Without `v` it is the picture as it is now.',
      tags: ['share cards'],
      method: 'get',
      path: `/s/{token}/${drawing}.png`,
      request: { params: tokenParam, query: versionQuery },
      responses: {
        200: { description: size, headers: tagged, content: { 'image/png': binary } },
        304: { description: 'As `If-None-Match` has it', headers: tagged },
        ...problems(shareNotFound),
      },
    }),
    async (c) => {
      const shared = await getPictures(c.var.deps, c.req.valid('param').token)
      const headers = { ...imageHeaders({ type: 'image/png', cache: CACHE }), ETag: `"${shared.hash}"` }
      if (isKnown(c.req.raw, headers.ETag)) return new Response(null, { status: 304, headers })
      return new Response(await readPicture(c.var.deps, shared, drawing), { headers })
    },
  )
}

addDrawing('card', { operationId: 'getShareCard', summary: 'The card of a shared walk', size: '1080×1920 PNG' })
addDrawing('preview', {
  operationId: 'getSharePreview',
  summary: 'The landscape picture of a shared walk, for messengers',
  size: '1200×630 PNG. What matters lies in its middle 1200×600',
})

shareCardRoutes.openapi(
  createRoute({
    operationId: 'getSharedPetPhoto',
    summary: "The pet's photo on the page of a shared walk",
    description: 'It has at most 400 pixels a side. A 404 says as well that no pet of the walk has a photo.',
    tags: ['share cards'],
    method: 'get',
    path: '/s/{token}/pet.jpg',
    request: { params: tokenParam, query: versionQuery },
    responses: {
      200: { description: 'The photo', content: { 'image/jpeg': binary } },
      ...objectAnswers('image/jpeg'),
      ...problems(shareNotFound),
    },
  }),
  async (c) => sendPhoto(c.var.deps.bucket, await findPetPhoto(c.var.deps, c.req.valid('param').token), c.req.raw),
)

shareCardRoutes.openapi(
  createRoute({
    operationId: 'getSharedPhoto',
    summary: 'A photo on the page of a shared walk',
    description:
      "Only photos of that walk, and only while `share_page.photos` of its owner's settings is on. No photo says where or when it was taken.",
    tags: ['share cards'],
    method: 'get',
    path: '/s/{token}/photos/{name}',
    request: { params: photoParam },
    responses: {
      200: { description: 'The photo', content: { 'image/jpeg': binary, 'image/png': binary, 'image/webp': binary } },
      ...objectAnswers('image/jpeg', 'image/png', 'image/webp'),
      ...problems(shareNotFound),
    },
  }),
  async (c) => {
    const { token, name } = c.req.valid('param')
    return sendPhoto(c.var.deps.bucket, await findPhoto(c.var.deps, token, name), c.req.raw)
  },
)

async function sendPhoto(bucket: R2Bucket, { key, type }: { key: string; type: string }, request: Request): Promise<Response> {
  return found(await sendObject(bucket, key, request, { type, cache: CACHE }), shareNotFound)
}

let pagePolicy: string | undefined

/** Headers of the page. Its policy allows its pictures and its style only. */
async function pageHeaders(): Promise<Record<string, string>> {
  if (!pagePolicy) {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pageStyle()))
    const style = btoa(String.fromCharCode(...new Uint8Array(digest)))
    pagePolicy = `default-src 'none'; img-src 'self' data:; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  }
  // A page is made for one kind of device, so only the browser itself may keep it.
  return {
    'Content-Security-Policy': pagePolicy,
    'X-Robots-Tag': 'noindex',
    'Cache-Control': 'private, max-age=60',
    Vary: 'User-Agent, Accept',
  }
}
