import { invalidCursor } from '../../core/cursor.ts'
import { type DefinedError, type ErrorDefinition, temporarilyUnavailable } from '../../core/errors.ts'
import { bodyTooLarge, internal, malformedRequest, tooManyRequests, unsupportedMediaType, validationFailed } from '../problem.ts'
import { type Components, exampleOf } from './examples.ts'
import { COMPONENTS } from './schemas.ts'

const header = (schema: object, description: string) => ({ description, schema })
const refTo = (name: string) => ({ $ref: `#/components/headers/${name}` })

export const RESPONSE_HEADERS = {
  RequestId: header({ type: 'string' }, 'The id of this request in our logs. Name it when you report a fault'),
  RetryAfter: header({ type: 'integer', minimum: 1 }, 'Seconds to wait before the same request is sent again'),
  Authenticate: header({ type: 'string' }, '`Bearer`, with `error="invalid_token"` when the session has ended'),
  ETag: header({ type: 'string' }, 'Sent back as `If-None-Match`, it saves the download'),
}

export const COMMON_HEADERS = { 'X-Request-Id': refTo('RequestId') }
const HEADERS_OF: Readonly<Record<number, object>> = {
  401: { 'WWW-Authenticate': refTo('Authenticate') },
  429: { 'Retry-After': refTo('RetryAfter') },
  503: { 'Retry-After': refTo('RetryAfter') },
}

interface Asked {
  readonly hasBody: boolean
  readonly hasInput: boolean
  readonly isPaged: boolean
  /** Statuses that the route answers itself. */
  readonly given: readonly string[]
}

/** The answers of errors. One that is the only one of its status stands among the components, and operations refer to it. */
export function problemAnswers(components: Components) {
  const shared: Record<string, object> = {}
  const examples: Record<string, object> = {}

  function answer(status: number, errors: readonly ErrorDefinition[]): object {
    return {
      description: errors.map(({ code, title }) => `\`${code}\`: ${title}`).join('\n\n'),
      headers: { ...COMMON_HEADERS, ...HEADERS_OF[status] },
      content: {
        'application/problem+json': {
          schema: { $ref: `${COMPONENTS}Problem` },
          examples: Object.fromEntries(errors.map((error) => [error.code, exampleRef(error)])),
        },
      },
    }
  }

  function exampleRef(error: ErrorDefinition): object {
    examples[error.code] ??= { summary: error.title, value: problemExample(error, components) }
    return { $ref: `#/components/examples/${error.code}` }
  }

  function refer(status: number, error: ErrorDefinition): object {
    const name = error.code.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
    shared[name] ??= answer(status, [error])
    return { $ref: `#/components/responses/${name}` }
  }

  return {
    shared,
    examples,
    /** What an operation may answer when something is wrong: its own errors, and those of any. */
    of(errors: readonly DefinedError[], { hasBody, hasInput, isPaged, given }: Asked): Record<string, object> {
      const all = new Set([
        ...errors,
        ...(hasBody ? [malformedRequest, bodyTooLarge, unsupportedMediaType] : []),
        ...(hasInput ? [validationFailed] : []),
        ...(isPaged ? [invalidCursor] : []),
        tooManyRequests,
        internal,
        temporarilyUnavailable,
      ])
      const byStatus = Object.groupBy(
        [...all].map(({ definition }) => definition),
        ({ status }) => status,
      )
      return Object.fromEntries(
        Object.entries(byStatus)
          .filter(([status]) => !given.includes(status))
          .map(([status, [first, ...more]]) => [
            status,
            more.length === 0 ? refer(Number(status), first!) : answer(Number(status), [first!, ...more]),
          ]),
      )
    },
  }
}

function problemExample({ code, title, status, detail, members = {} }: ErrorDefinition, components: Components): object {
  const { properties = {} } = components['Problem'] ?? {}
  const given = [...Object.keys(members), ...(code === validationFailed.definition.code ? ['errors'] : [])]
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail,
    code,
    request_id: exampleOf({}, components, 'request_id'),
    ...Object.fromEntries(given.map((name) => [name, exampleOf(properties[name] ?? {}, components, name)])),
  }
}
