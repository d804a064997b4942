import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { problems } from '../../http/problem.ts'
import { json } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { isKnown } from '../../http/send-object.ts'
import { legalDocumentNotFound } from './errors.ts'
import { LEGAL_STYLE, missingPage } from './page.ts'
import { legalDocumentSchema, legalParam, legalQuery } from './schema.ts'
import { etagOf, getDocument, renderPage } from './service.ts'

export const legalRoutes = createRouter()

legalRoutes.openapi(
  createRoute({
    operationId: 'getLegalDocument',
    summary: 'Terms, privacy policy, location terms, marketing consents, business details or contact',
    description:
      'JSON with the text as Markdown, or a page for a browser: where `Accept` names `text/html`, and at `/legal/{doc}.html`. Consents name its `version`.',
    tags: ['app'],
    method: 'get',
    path: '/legal/{doc}',
    request: { params: legalParam, query: legalQuery },
    responses: {
      200: {
        ...json(legalDocumentSchema, 'The document'),
        content: { ...json(legalDocumentSchema, '').content, 'text/html': { schema: z.string() } },
      },
      304: { description: 'As `If-None-Match` has it' },
      ...problems(legalDocumentNotFound),
    },
  }),
  async (c) => {
    const { doc } = c.req.valid('param')
    const isPage = doc.endsWith('.html') || (c.req.header('Accept')?.includes('text/html') ?? false)
    try {
      const document = await getDocument(c.var.deps, doc.replace(/\.html$/, ''), c.req.valid('query').version)
      const body = isPage ? await renderPage(document) : JSON.stringify(document)
      const known = { ETag: await etagOf(body), 'Cache-Control': 'public, max-age=300', Vary: 'Accept' }
      if (isKnown(c.req.raw, known.ETag)) return new Response(null, { status: 304, headers: known })
      return new Response(body, { headers: { ...(await headersOf(isPage)), ...known } })
    } catch (error) {
      const isMissing = error instanceof AppError && error.definition === legalDocumentNotFound.definition
      if (isMissing && isPage) return c.html(missingPage(), 404, await headersOf(true))
      throw error
    }
  },
)

/** A page may load nothing but its own style. */
async function headersOf(isPage: boolean): Promise<Record<string, string>> {
  if (!isPage) return { 'Content-Type': 'application/json; charset=utf-8' }
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(LEGAL_STYLE))
  const style = btoa(String.fromCharCode(...new Uint8Array(digest)))
  return {
    'Content-Type': 'text/html; charset=UTF-8',
    'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  }
}
