import { z } from 'zod'

/** An error that the API promises to its clients: a stable code, a status, a title for developers, and a Korean detail fit to show. */
export interface ErrorDefinition {
  readonly code: string
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 422 | 426 | 429 | 451 | 500 | 502 | 503
  readonly title: string
  readonly detail: string
  /** What `extensions` hold, for clients that act on them. */
  readonly members?: Readonly<Record<string, z.ZodType>>
}

export interface ErrorOptions {
  readonly detail?: string
  /** Further members of the problem, for example the id of the active walk. */
  readonly extensions?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

export class AppError extends Error {
  override readonly name = 'AppError'
  readonly definition: ErrorDefinition
  readonly detail: string
  readonly extensions: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(definition: ErrorDefinition, { detail = definition.detail, extensions = {}, headers = {}, cause }: ErrorOptions = {}) {
    super(definition.title, { cause })
    this.definition = definition
    this.detail = detail
    this.extensions = extensions
    this.headers = headers
  }
}

const definitions = new Map<string, ErrorDefinition>()

/**
 * Declares an error once. The result is both what services throw and what routes document:
 * `throw walkNotFound()` and `responses: { ...problems(walkNotFound) }`.
 */
export function defineError<const D extends ErrorDefinition>(definition: D) {
  const create = (options?: ErrorOptions) => new AppError(definition, options)
  if (definitions.has(definition.code)) throw new Error(`${definition.code} is defined twice`)
  definitions.set(definition.code, definition)
  return Object.assign(create, { definition })
}

/** Every error there is, by its code. Modules define theirs while they load, so ask only after that. */
export const definedErrors: ReadonlyMap<string, ErrorDefinition> = definitions

/** The code of a problem. The document lists all of them, from `definedErrors`. */
export const problemCodeSchema = z
  .string()
  .refine((code) => definedErrors.has(code))
  .meta({ id: 'ProblemCode', description: 'What went wrong. Codes are stable, and new ones may come' })

/** The error for a dependency that is down. */
export const temporarilyUnavailable = defineError({
  code: 'temporarily_unavailable',
  status: 503,
  title: 'A service we depend on did not answer; asking again is safe',
  detail: '잠시 후 다시 시도해 주세요.',
})

export type DefinedError = ReturnType<typeof defineError>

/** The row that a query found, or the error that says there is none. */
export function found<T>(row: T | null | undefined, missing: () => AppError): T {
  if (row === null || row === undefined) throw missing()
  return row
}
