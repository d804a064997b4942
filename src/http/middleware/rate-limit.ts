import { createMiddleware } from 'hono/factory'
import { tooManyRequests } from '../problem.ts'
import type { AppEnv } from '../env.ts'

/** A ceiling per address, in front of everything; people who are signed in have one of their own (`requireUser`). */
export const limitByAddress = createMiddleware<AppEnv>(async (c, next) => {
  const { success } = await c.env.RATE_LIMIT_ADDRESS.limit({ key: c.req.header('CF-Connecting-IP') ?? 'unknown' })
  if (!success) throw tooManyRequests({ headers: { 'Retry-After': '60' } })
  await next()
})
