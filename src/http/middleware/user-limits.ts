import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { tooManyRequests } from '../problem.ts'
import { forUser, requireUser } from './auth.ts'

/**
 * What people do to each other is limited per person and kind, more strictly than the person as a whole: who likes a lot can still comment. The limits are those of
 * production, where wrangler.toml holds requests to them (a test compares). They are told in the document.
 */
export const USER_LIMITS = {
  follow: { binding: 'RATE_LIMIT_FOLLOW', perMinute: 30 },
  like: { binding: 'RATE_LIMIT_LIKE', perMinute: 60 },
  comment: { binding: 'RATE_LIMIT_COMMENT', perMinute: 10 },
  search: { binding: 'RATE_LIMIT_SEARCH', perMinute: 30 },
  report: { binding: 'RATE_LIMIT_REPORT', perMinute: 5 },
  feed: { binding: 'RATE_LIMIT_FEED', perMinute: 60 },
  join: { binding: 'RATE_LIMIT_JOIN', perMinute: 20 },
  purchase: { binding: 'RATE_LIMIT_PURCHASE', perMinute: 60 },
  place_search: { binding: 'RATE_LIMIT_PLACES', perMinute: 10 },
} as const satisfies Record<string, { binding: keyof Env; perMinute: number }>

type LimitedKind = keyof typeof USER_LIMITS

const limitUserAt = (kind: LimitedKind) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const { success } = await c.env[USER_LIMITS[kind].binding].limit({ key: c.var.actor.user_id })
    if (!success) throw tooManyRequests()
    await next()
  })

/** `createRoute({ ...forUserAt('follow'), … })`: a route for signed-in people, of whom each may make so many requests of its kind a minute. */
export const forUserAt = (kind: LimitedKind) => ({
  ...forUser,
  middleware: [requireUser, limitUserAt(kind)],
  'x-requests-per-minute': USER_LIMITS[kind].perMinute,
})
