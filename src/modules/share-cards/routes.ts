import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { forUser } from '../../http/middleware/auth.ts'
import { optionalBody } from '../../http/middleware/optional-body.ts'
import { problems, userProblems } from '../../http/problem.ts'
import { empty, idParam, json, jsonBody, tagged } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { imageHeaders, isKnown } from '../../http/send-object.ts'
import { premiumRequired } from '../subscriptions/errors.ts'
import { walkNotFound } from '../walks/errors.ts'
import { shareNotFound } from './errors.ts'
import { lostPage, PAGE_STYLE, sharePage } from './page.ts'
import { createShareCardSchema, shareCardSchema, tokenParam } from './schema.ts'
import { getCard, readCard, sharePageUrl, shareWalk, unshareWalk } from './service.ts'

export const shareCardRoutes = createRouter()

shareCardRoutes.openapi(
  createRoute({
    ...forUser,
    middleware: [forUser.middleware, optionalBody],
    operationId: 'createShareCard',
    summary: 'Share a walk',
    description:
      'The page says nothing of whose walk it is, and shows of the way the sketch that others see. The same walk and theme have the same address until it is taken back. The card follows what it shows, such as the name of the pet.',
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
    description: 'Every link to the walk stops working. Copies that a chat has made of the preview stay there.',
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

shareCardRoutes.openapi(
  createRoute({
    operationId: 'getSharePage',
    summary: 'Open the page of a shared walk',
    description: 'Where there is none, a browser gets a page that says so.',
    tags: ['share cards'],
    method: 'get',
    path: '/s/{token}',
    request: { params: tokenParam },
    responses: { 200: { description: 'The page', content: html }, ...problems(shareNotFound) },
  }),
  async (c) => {
    const headers = { ...(await pageHeaders()), 'Cache-Control': 'public, max-age=60' }
    const { token } = c.req.valid('param')
    try {
      const { content } = await getCard(c.var.deps, token)
      const url = sharePageUrl(c.var.deps, token)
      return c.html(
        sharePage({ content, url, deep_link: `withbowwow://share/${token}`, app_store_id: c.var.deps.appStoreId }),
        200,
        headers,
      )
    } catch (error) {
      const isLost = error instanceof AppError && error.definition === shareNotFound.definition
      if (isLost && c.req.header('Accept')?.includes('text/html')) return c.html(lostPage(), 404, headers)
      throw error
    }
  },
)

shareCardRoutes.openapi(
  createRoute({
    operationId: 'getShareCard',
    summary: 'Download the card of a shared walk',
    description: 'A picture of 1080×1920, as shown on the page.',
    tags: ['share cards'],
    method: 'get',
    path: '/s/{token}/card.png',
    request: { params: tokenParam },
    responses: {
      200: {
        description: 'The card, 1080×1920',
        headers: tagged,
        content: { 'image/png': { schema: z.string().meta({ format: 'binary' }) } },
      },
      304: { description: 'As `If-None-Match` has it', headers: tagged },
      ...problems(shareNotFound),
    },
  }),
  async (c) => {
    const card = await getCard(c.var.deps, c.req.valid('param').token)
    // Short, because a link may be taken back and a card drawn again.
    const headers = { ...imageHeaders({ type: 'image/png', cache: 'public, max-age=300' }), ETag: `"${card.hash}"` }
    if (isKnown(c.req.raw, headers.ETag)) return new Response(null, { status: 304, headers })
    return new Response(await readCard(c.var.deps, card), { headers })
  },
)

let pagePolicy: string | undefined

/** Headers of the page. Its policy allows the card and the style only. */
async function pageHeaders(): Promise<Record<string, string>> {
  if (!pagePolicy) {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(PAGE_STYLE))
    const style = btoa(String.fromCharCode(...new Uint8Array(digest)))
    pagePolicy = `default-src 'none'; img-src 'self' data:; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  }
  return { 'Content-Security-Policy': pagePolicy, 'X-Robots-Tag': 'noindex' }
}
