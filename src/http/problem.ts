import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { accountBanned, unauthenticated } from '../core/actor.ts'
import { AppError, type DefinedError, defineError, problemCodeSchema, temporarilyUnavailable } from '../core/errors.ts'
import { fieldErrorSchema } from '../core/issues.ts'
import type { AppEnv } from './env.ts'

export const validationFailed = defineError({
  code: 'validation_failed',
  status: 422,
  title: 'The request is not valid',
  detail: '입력한 내용을 확인해 주세요.',
})
export const malformedRequest = defineError({
  code: 'malformed_request',
  status: 400,
  title: 'The request could not be read',
  detail: '요청을 읽을 수 없어요.',
})
export const unsupportedMediaType = defineError({
  code: 'unsupported_media_type',
  status: 415,
  title: 'The media type or encoding is not supported',
  detail: '지원하지 않는 형식이에요.',
})
export const bodyTooLarge = defineError({
  code: 'body_too_large',
  status: 413,
  title: 'The body is larger than this endpoint takes',
  detail: '보낸 내용이 너무 커요.',
})
export const notFound = defineError({ code: 'not_found', status: 404, title: 'No such path', detail: '찾을 수 없는 주소예요.' })
export const methodNotAllowed = defineError({
  code: 'method_not_allowed',
  status: 405,
  title: 'The path exists, but not with this method',
  detail: '지원하지 않는 요청이에요.',
})
export const tooManyRequests = defineError({
  code: 'too_many_requests',
  status: 429,
  title: 'Too many requests',
  detail: '요청이 너무 많아요. 잠시 후 다시 시도해 주세요.',
})
export const internal = defineError({
  code: 'internal',
  status: 500,
  title: 'Something went wrong on our side',
  detail: '문제가 생겼어요. 잠시 후 다시 시도해 주세요.',
})

export const problemSchema = z
  .looseObject({
    type: z.string().meta({ description: 'A path of this API that explains the code' }),
    title: z.string().meta({ description: 'English, for developers' }),
    status: z.int().meta({ description: 'The status of the answer once more' }),
    detail: z.string().meta({ description: 'Korean, and fit to show' }),
    code: problemCodeSchema,
    request_id: z.string().meta({ description: 'As in the header `X-Request-Id`. Name it when you report a fault' }),
    errors: z.array(fieldErrorSchema).optional().meta({ description: 'Of `validation_failed`: the first fifty fields that are wrong' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details, as `application/problem+json`' })
export type Problem = z.infer<typeof problemSchema>

/** The key under which a route's contract lists its errors. */
export const PROBLEMS = 'x-problems'

/** The errors of a route beside those that every route may give. The document makes its answers of them. */
export const problems = (...errors: DefinedError[]): Record<string, { description: string; errors: readonly DefinedError[] }> => ({
  [PROBLEMS]: { description: '', errors },
})

/** `problems` of a route that only a signed-in user may call. */
export const userProblems = (...errors: DefinedError[]) => problems(unauthenticated, accountBanned, ...errors)

/** How long a client should wait, where the error itself does not say. */
const RETRY_AFTER_SEC: Readonly<Record<number, string>> = { 429: '60', 503: '1' }

function render(c: Context<AppEnv>, { definition, detail, extensions, headers }: AppError): Response {
  const { code, status, title } = definition
  c.set('problem', { code, fields: fieldsOf(extensions) })
  const body: Problem = { type: `/problems/${code}`, title, status, detail, code, request_id: c.get('requestId'), ...extensions }
  const retryAfter = RETRY_AFTER_SEC[status]
  return c.body(JSON.stringify(body), status, {
    ...(retryAfter !== undefined && { 'Retry-After': retryAfter }),
    ...headers,
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  })
}

const LOGGED_FIELDS_MAX = 5
/** Names of fields and positions in lists. A key that a client has made up may hold anything. */
const FIELD_PATH = /^[a-z_]{1,30}(\.([a-z_]{1,30}|\d{1,6}))*$/

/** Which fields were wrong, without what they held. */
function fieldsOf({ errors }: AppError['extensions']): string[] {
  if (!Array.isArray(errors)) return []
  const paths = (errors as NonNullable<Problem['errors']>).map(({ path }) => (FIELD_PATH.test(path) ? path : '?'))
  return [...new Set(paths)].slice(0, LOGGED_FIELDS_MAX)
}

export function onError(error: Error, c: Context<AppEnv>): Response {
  const failure = asAppError(c.get('bodyFailure') ?? error)
  if (failure.definition.status >= 500) logFailure(c, error)
  return render(c, failure)
}

function asAppError(error: Error): AppError {
  if (error instanceof AppError) return error
  // Thrown by Hono itself: malformed JSON (400), unsupported media type (415).
  if (error instanceof HTTPException)
    return error.status === 415 ? unsupportedMediaType({ cause: error }) : malformedRequest({ cause: error })
  if (isOutOfReach(error)) return temporarilyUnavailable({ cause: error })
  // A value that Postgres cannot hold (class 22, for example text with U+0000) is the sender's fault, even if the schema let it pass.
  if (sqlState(error)?.startsWith('22')) return validationFailed({ cause: error })
  return internal({ cause: error })
}

function sqlState(error: Error): string | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'NeonDbError' && 'code' in cause && typeof cause.code === 'string') return cause.code
  }
  return undefined
}

/** True when the database's proxy did not answer, or answered that it cannot now. The statement may or may not have run. */
function isOutOfReach(error: Error): boolean {
  for (
    let cause: unknown = error;
    cause instanceof Error;
    cause = 'sourceError' in cause && cause.sourceError ? cause.sourceError : cause.cause
  ) {
    if (cause.name === 'TimeoutError' || cause.name === 'AbortError' || cause.name === 'UnreadableAnswer') return true
    if (cause.name === 'NeonDbError') {
      const { code, sourceError } = cause as Error & { code?: string; sourceError?: Error }
      // Without an SQLSTATE the answer did not come from Postgres. 08 connection, 40 serialization and deadlock, 53 resources, 55P03 lock, 57 operator.
      if (!code || sourceError || /^(08|40|53|55P03|57)/.test(code)) return true
    }
  }
  return false
}

/** Logs the chain of causes without parameters, because the message and the stack of a failed statement hold coordinates and tokens. */
function logFailure(c: Context<AppEnv>, error: Error): void {
  const causes: { name: string; message: string; code: unknown; stack: string[] | undefined }[] = []
  for (let cause: unknown = error; cause instanceof Error && causes.length < 5; cause = cause.cause) {
    const message = cause.message.startsWith('Failed query') ? 'Failed query' : cause.message
    const stack = cause.stack?.split('\n').filter((line) => /^\s+at /.test(line))
    causes.push({ name: cause.name, message, code: 'code' in cause ? cause.code : undefined, stack: stack?.slice(0, 8) })
  }
  console.error(JSON.stringify({ level: 'error', request_id: c.get('requestId'), method: c.req.method, causes }))
}
