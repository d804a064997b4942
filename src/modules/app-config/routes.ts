import { createRoute } from '@hono/zod-openapi'
import { problems } from '../../http/problem.ts'
import { json } from '../../http/responses.ts'
import { createRouter } from '../../http/router.ts'
import { isKnown } from '../../http/send-object.ts'
import { notConfigured } from './errors.ts'
import { appConfigQuery, appConfigSchema, appleAssociationSchema, assetLinksSchema } from './schema.ts'
import { etagOf, getAppConfig, getAppleAssociation, getAssetLinks } from './service.ts'

export const appConfigRoutes = createRouter()

appConfigRoutes.openapi(
  createRoute({
    operationId: 'getAppConfig',
    summary: 'What an app asks when it starts',
    description:
      'Whether it must be updated, which features this server has, the legal documents and their versions, stores, support, links, and limits to hold before sending. It needs no token. Ask again with `If-None-Match`.',
    tags: ['app'],
    method: 'get',
    path: '/app-config',
    request: { query: appConfigQuery },
    responses: { 200: json(appConfigSchema, 'The configuration'), 304: { description: 'As `If-None-Match` has it' }, ...problems() },
  }),
  async (c) => {
    const config = getAppConfig(c.var.deps, c.req.valid('query'))
    const headers = { ETag: await etagOf(config), 'Cache-Control': 'public, max-age=300' }
    if (isKnown(c.req.raw, headers.ETag)) return new Response(null, { status: 304, headers })
    return c.json(config, 200, headers)
  },
)

/** Apple and Google keep these for a day or more themselves. */
const ASSOCIATION = { 'Cache-Control': 'public, max-age=3600' }

appConfigRoutes.openapi(
  createRoute({
    operationId: 'getAppleAppSiteAssociation',
    summary: 'Which iOS apps may open links of this origin',
    description: 'Universal links: iOS reads it when the app is installed. A 404 where no app is configured.',
    tags: ['app'],
    method: 'get',
    path: '/.well-known/apple-app-site-association',
    responses: { 200: json(appleAssociationSchema, 'The apps and their paths'), ...problems(notConfigured) },
  }),
  (c) => c.json(getAppleAssociation(c.var.deps), 200, ASSOCIATION),
)

appConfigRoutes.openapi(
  createRoute({
    operationId: 'getAssetLinks',
    summary: 'Which Android apps may open links of this origin',
    description: 'App links: Android reads it when the app is installed. A 404 where no app is configured.',
    tags: ['app'],
    method: 'get',
    path: '/.well-known/assetlinks.json',
    responses: { 200: json(assetLinksSchema, 'The apps'), ...problems(notConfigured) },
  }),
  (c) => c.json(getAssetLinks(c.var.deps), 200, ASSOCIATION),
)
