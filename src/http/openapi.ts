import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from './env.ts'
import { seoulDate } from '../core/time.ts'
import { buildDocument } from './openapi/document.ts'
import { examplesOf } from './openapi/examples.ts'

/** Serves `GET /openapi.json`, which is built once an isolate and day from the schemas that validate, and `GET /docs`, Swagger UI over it from the Worker's own assets. */
export function serveDocument(app: OpenAPIHono<AppEnv>): void {
  let held: { day: string; text: string } | undefined
  app.get('/openapi.json', (c) => {
    const now = c.var.deps.now()
    const day = seoulDate(now)
    if (held?.day !== day) held = { day, text: JSON.stringify(buildDocument(app), examplesOf(now)) }
    return c.body(held.text, 200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'public, max-age=300' })
  })
  app.get('/docs', (c) =>
    c.html(DOCS_PAGE, 200, {
      'Content-Security-Policy': "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
    }),
  )
  app.get('/docs/live', (c) => c.html(LIVE_PAGE, 200, { 'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'" }))
  app.get('/docs/start.js', (c) =>
    c.body(docsScript({ keepsToken: c.env.ENVIRONMENT === 'development' }), 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  )
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png', 'live.css', 'live.js']) {
    app.get(`/docs/${file}`, async (c) => {
      const { body, headers, status } = await c.env.ASSETS.fetch(new URL(`/docs/${file}`, c.req.url))
      // The answer is copied, because headers cannot be added to a binding's answer.
      return new Response(body, { status, headers })
    })
  }
}

const DOCS_PAGE = `<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>멍이랑 API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<p class="swagger-ui"><a class="link wrapper" href="/docs/live">Live rooms (WebSocket)</a></p>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

/** Draws `/asyncapi.json`, which the domain of the rooms serves. */
const LIVE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>멍이랑 live rooms</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/live.css">
</head>
<body>
<nav><a href="/docs">API</a><a href="/asyncapi.json">AsyncAPI 3</a></nav>
<main id="live"></main>
<script src="/docs/live.js"></script>
</body>
</html>
`

/** A token in the browser's storage outlives the visit, so only development keeps one. */
const docsScript = ({ keepsToken }: { keepsToken: boolean }) =>
  `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, persistAuthorization: ${keepsToken}, defaultModelsExpandDepth: 0, docExpansion: 'list' })
`
