import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'

/** Answers are private and may hold tokens. No cache may store one, unless its route sets `Cache-Control` itself. */
export const uncached = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
})
