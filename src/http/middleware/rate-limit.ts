import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { tooManyRequests } from '../problem.ts'
import type { AppEnv } from '../env.ts'

/** Limits requests per address, in front of every route. `requireUser` limits them per person as well. */
export const limitByAddress = createMiddleware<AppEnv>(async (c, next) => {
  await take(c, addressOf(c))
  await next()
})

/** A knock at a live room without ticket or token wakes an object for a stranger, so an address has a tenth as many of them, in a budget of their own. */
const KNOCK_WEIGHT = 10

export async function limitKnocks(c: Context<AppEnv>): Promise<void> {
  for (let n = 0; n < KNOCK_WEIGHT; n++) await take(c, `knock ${addressOf(c)}`)
}

const addressOf = (c: Context<AppEnv>): string => c.req.header('CF-Connecting-IP') ?? 'unknown'

async function take(c: Context<AppEnv>, key: string): Promise<void> {
  const { success } = await c.env.RATE_LIMIT_ADDRESS.limit({ key })
  if (!success) throw tooManyRequests({ headers: { 'Retry-After': '60' } })
}
