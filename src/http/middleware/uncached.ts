import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'

/** Answers are people's own, tokens among them, so nobody on the way keeps one that its route does not offer to everybody. */
export const uncached = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store')
})
