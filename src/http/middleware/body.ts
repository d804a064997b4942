import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import { bodyTooLarge, malformedRequest, unsupportedMediaType } from '../problem.ts'
import { MAX_BYTES } from '../responses.ts'
import type { AppEnv } from '../env.ts'

/** The limit of vendors’ notices, and of paths that do not exist. */
const UNSAID_MAX_BYTES = 65_536

/** How large a body the matched route takes, by its contract. A route without a contract takes very little. */
export function limitsOf(app: OpenAPIHono<AppEnv>): (c: Context<AppEnv>) => number {
  let limits: Map<string, number> | undefined
  return (c) => {
    limits ??= new Map(
      app.openAPIRegistry.definitions.flatMap((definition) => {
        if (definition.type !== 'route') return []
        const { method, path, request } = definition.route
        const limit = request?.body && MAX_BYTES in request.body ? Number(request.body[MAX_BYTES]) : UNSAID_MAX_BYTES
        return [[`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, limit] as const]
      }),
    )
    return limits.get(`${c.req.method} ${routePath(c, -1)}`) ?? UNSAID_MAX_BYTES
  }
}

/**
 * Inflates gzip and counts bytes while they come. Nothing is read before a handler asks for it. A body over its limit, after inflation, is a 413 wherever that is
 * noticed.
 */
export const readableBody = (maxBytesOf: (c: Context<AppEnv>) => number) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const { body, headers, method, url } = c.req.raw
    if (body) {
      const limit = maxBytesOf(c)
      const length = headers.get('Content-Length')
      if (Number(length ?? 0) > limit) throw bodyTooLarge()
      const encoding = headers.get('Content-Encoding')?.toLowerCase() ?? 'identity'
      if (encoding !== 'identity' && encoding !== 'gzip') throw unsupportedMediaType()
      // HTTP itself does not let such a body exceed its Content-Length.
      if (encoding === 'identity' && length !== null) return next()
      const fail = (failure: Error) => {
        c.set('bodyFailure', failure)
        return failure
      }
      c.req.raw = new Request(url, { method, headers, body: count(encoding === 'gzip' ? inflate(body, fail) : body, limit, fail) })
    }
    await next()
  })

function count(body: ReadableStream<Uint8Array>, limit: number, fail: (failure: Error) => Error): ReadableStream<Uint8Array> {
  let bytes = 0
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength
        if (bytes > limit) controller.error(fail(bodyTooLarge()))
        else controller.enqueue(chunk)
      },
    }),
  )
}

/** A body that is not the gzip it claims to be ends the stream with the reason. */
function inflate(body: ReadableStream<Uint8Array>, fail: (failure: Error) => Error): ReadableStream<Uint8Array> {
  const reader = body.pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>).getReader()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (cause) {
        controller.error(fail(malformedRequest({ cause })))
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
