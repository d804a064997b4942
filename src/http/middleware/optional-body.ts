import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'

/** For routes whose body may be left out: a JSON type with nothing behind it, as many clients send it, is no body. */
export const optionalBody = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.header('Content-Type') && (await c.req.text()) === '') {
    const headers = new Headers(c.req.raw.headers)
    headers.delete('Content-Type')
    c.req.raw = new Request(c.req.raw.url, { method: c.req.method, headers })
  }
  await next()
})
