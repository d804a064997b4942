import { createMiddleware } from 'hono/factory'
import { bodyTooLarge, malformedRequest, unsupportedMediaType } from '../problem.ts'
import type { AppEnv } from '../env.ts'

/**
 * Inflates gzip and counts what comes, while it comes: nothing is read before a handler asks for it, and a body over `maxBytes(path)` (after
 * inflation) is a 413 wherever it is noticed.
 */
export const readableBody = (maxBytes: (path: string) => number) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const { body, headers, method, url } = c.req.raw
    if (body) {
      const limit = maxBytes(c.req.path)
      const length = headers.get('Content-Length')
      if (Number(length ?? 0) > limit) throw bodyTooLarge()
      const encoding = headers.get('Content-Encoding')?.toLowerCase() ?? 'identity'
      if (encoding !== 'identity' && encoding !== 'gzip') throw unsupportedMediaType()
      // HTTP itself keeps such a body to its length.
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
