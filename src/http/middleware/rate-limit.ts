import { createMiddleware } from 'hono/factory'
import { tooManyRequests } from '../problem.ts'
import type { AppEnv } from '../env.ts'

/** Limits requests per address, in front of every route. `requireUser` limits them per person as well. */
export const limitByAddress = createMiddleware<AppEnv>(async (c, next) => {
  const { success } = await c.env.RATE_LIMIT_ADDRESS.limit({ key: c.req.header('CF-Connecting-IP') ?? 'unknown' })
  if (!success) throw tooManyRequests()
  await next()
})
