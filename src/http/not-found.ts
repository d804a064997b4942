import type { Context, Hono } from 'hono'
import { methodNotAllowed, notFound } from './problem.ts'
import type { AppEnv } from './env.ts'

/** An unknown path is a 404. A known path with another method is a 405 that names the methods. */
export function answerUnknown(app: Hono<AppEnv>): (c: Context<AppEnv>) => never {
  let known: { pattern: RegExp; method: string }[] | undefined
  return (c) => {
    known ??= app.routes
      .filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
      .map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`) }))
    const methods = new Set(known.filter(({ pattern }) => pattern.test(c.req.path)).map(({ method }) => method))
    if (methods.size === 0) throw notFound()
    throw methodNotAllowed({ headers: { Allow: [...methods].toSorted().join(', ') } })
  }
}
