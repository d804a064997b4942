import type { components } from './generated/api.ts'

/** RFC 9457, as the API answers it. `detail` is Korean and fit to show, and `code` is stable. */
export type Problem = components['schemas']['Problem']
export type ProblemCode = Problem['code']

const TOO_MANY = 429
/** Nothing was decided: the service, or one that it depends on, could not be asked. */
const PASSING = [502, 503, 504, TOO_MANY]

/** The API has answered that it will not. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly problem: Problem
  readonly code: ProblemCode
  readonly status: number
  /** Fit to show. */
  readonly detail: string
  /** After how long the API wants to be asked again, where it says so. */
  readonly retryAfterMs: number | null

  constructor(problem: Problem, retryAfterMs: number | null = null) {
    super(`${problem.status} ${problem.code}: ${problem.title}`)
    this.problem = problem
    this.code = problem.code
    this.status = problem.status
    this.detail = problem.detail
    this.retryAfterMs = retryAfterMs
  }

  /** Whether the same request may well be taken later. A 500 is none of these: it may come from the request itself. */
  get isPassing(): boolean {
    return PASSING.includes(this.status)
  }
}

/** No answer of the API came: no network, too slow, cut off, or something between has answered in its place. Whether the request was heard is unknown. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
  readonly retryAfterMs: number | null

  constructor(message: string, { retryAfterMs = null, cause }: { retryAfterMs?: number | null; cause?: unknown } = {}) {
    super(message, { cause })
    this.retryAfterMs = retryAfterMs
  }
}

/** Whether asking again later makes sense. */
export function isPassing(error: unknown): error is ApiProblem | Unreachable {
  return error instanceof Unreachable || (error instanceof ApiProblem && error.isPassing)
}
