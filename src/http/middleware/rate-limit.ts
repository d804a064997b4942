import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { tooManyRequests } from '../problem.ts'
import type { AppEnv } from '../env.ts'

const addressOf = (c: Context<AppEnv>) => c.req.header('CF-Connecting-IP') ?? 'unknown'

/** Limits requests per address, in front of every route. `requireUser` limits them per person as well. */
export const limitByAddress = createMiddleware<AppEnv>(async (c, next) => {
  const { success } = await c.env.RATE_LIMIT_ADDRESS.limit({ key: addressOf(c) })
  if (!success) throw tooManyRequests()
  await next()
})

/** Limits per address, and more strictly, what costs something before anybody is known. */
export async function limitAnonymous(c: Context<AppEnv>, what: 'login' | 'room' | 'takedown'): Promise<void> {
  const { success } = await c.env.RATE_LIMIT_ANONYMOUS.limit({ key: `${what} ${addressOf(c)}` })
  if (!success) throw tooManyRequests()
}

/** A login asks a provider, whose quota belongs to all users. */
export const limitLogins = createMiddleware<AppEnv>(async (c, next) => {
  await limitAnonymous(c, 'login')
  await next()
})

/** Each demand waits for a person who looks at it. */
export const limitTakedowns = createMiddleware<AppEnv>(async (c, next) => {
  await limitAnonymous(c, 'takedown')
  await next()
})
