import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { AppEnv } from '../env.ts'

/**
 * Logs one line a request. It names the route's pattern, never the query or body, because these hold coordinates and tokens. Of a problem it names the code and
 * the fields, without what they held. In development the answer also says what it cost.
 */
export const requestLog = createMiddleware<AppEnv>(async (c, next) => {
  const startedAt = performance.now()
  c.set('trips', [])
  await next()
  const { trips } = c.var
  const dbMs = trips.reduce((sum, ms) => sum + ms, 0)
  if (c.env.ENVIRONMENT !== 'production') {
    c.header('Server-Timing', `db;desc="${trips.length}";dur=${dbMs.toFixed(1)}, total;dur=${(performance.now() - startedAt).toFixed(1)}`)
  }
  console.log(
    JSON.stringify({
      level: 'info',
      request_id: c.var.requestId,
      method: c.req.method,
      // The route that answered. The last one that fits the path may be another: /users/:id fits /users/search.
      route: routePath(c),
      status: c.res.status,
      code: c.var.problem?.code,
      fields: c.var.problem?.fields.length ? c.var.problem.fields : undefined,
      user_id: c.var.actor?.user_id,
      db_trips: trips.length,
      db_ms: Math.round(dbMs),
      total_ms: Math.round(performance.now() - startedAt),
    }),
  )
})
