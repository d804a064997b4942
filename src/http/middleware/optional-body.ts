import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'

/** For routes whose body is optional. Many clients send a JSON content type with an empty body, which counts as no body. */
export const optionalBody = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.header('Content-Type') && (await c.req.text()) === '') {
    const headers = new Headers(c.req.raw.headers)
    headers.delete('Content-Type')
    c.req.raw = new Request(c.req.raw.url, { method: c.req.method, headers })
  }
  await next()
})
