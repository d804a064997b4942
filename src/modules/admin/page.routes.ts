import { zValidator } from '@hono/zod-validator'
import { found } from '../../core/errors.ts'
import { notFound } from '../../http/problem.ts'
import { createRouter, refuseInvalid } from '../../http/router.ts'
import { findLogin, findPageFile } from './page.service.ts'
import { adminLoginQuery } from './schema.ts'

/** The admins' page. It holds no data: what it shows it asks the API, which answers admins alone. */
export const adminPageRoutes = createRouter()

/** The page is its own files and this API, and nothing can be put into it from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const PAGE = `<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>멍이랑 운영</title>
<link rel="icon" href="/admin/assets/icon.svg">
<link rel="stylesheet" href="/admin/assets/base.css">
<link rel="stylesheet" href="/admin/assets/frame.css">
<link rel="stylesheet" href="/admin/assets/parts.css">
<link rel="stylesheet" href="/admin/assets/forms.css">
<script type="module" src="/admin/assets/app.js"></script>
</head>
<body>
<div id="app"></div>
<noscript><p>이 페이지를 쓰려면 자바스크립트를 켜 주세요.</p></noscript>
</body>
</html>
`

adminPageRoutes.get('/admin', (c) => c.html(PAGE, 200, { 'Content-Security-Policy': POLICY }))

adminPageRoutes.get('/admin/login', zValidator('query', adminLoginQuery, refuseInvalid), (c) =>
  c.redirect(findLogin(c.var.deps, c.req.valid('query').state)),
)

adminPageRoutes.get('/admin/assets/:file', async (c) => {
  const { body, headers, status } = found(await findPageFile(c.var.deps, c.req.param('file'), c.req.header('If-None-Match')), notFound)
  // The answer is copied, because headers cannot be added to a binding's answer.
  return new Response(body, { status, headers })
})
