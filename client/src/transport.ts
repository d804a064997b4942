import { clearTimer, type Fetch, type HttpAnswer, platform, setTimer, type Signal, sleep } from './platform.ts'
import { ApiProblem, isPassing, type Problem, Unreachable } from './problems.ts'

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface Patience {
  /** How long one try may take. */
  readonly timeoutMs: number
  /** How many times a request is sent again when no answer came, or one that says: later. */
  readonly retries: number
  readonly signal?: Signal | undefined
}

const FIRST_PAUSE_MS = 500
/** A person waits no longer than this for a request to be sent again. Whoever can wait longer asks again themselves. */
const PAUSE_MAX_MS = 20_000

/**
 * Sends a request until it is answered. That is safe, because everything that creates carries an id or an Idempotency-Key. Answers the body's JSON, or its text
 * where it is none.
 */
export async function send(fetch: Fetch, request: HttpRequest, { timeoutMs, retries, signal }: Patience): Promise<unknown> {
  for (let failures = 0; ; failures++) {
    try {
      return await tryOnce(fetch, request, timeoutMs, signal)
    } catch (error) {
      const pauseMs = pauseAfter(error, failures)
      if (signal?.aborted || pauseMs === null || failures >= retries) throw error
      await sleep(pauseMs, signal)
    }
  }
}

/** How long to wait before the next try, or `null` when there should be none. Half of it is left to chance. */
function pauseAfter(error: unknown, failures: number): number | null {
  if (!isPassing(error)) return null
  const pauseMs = Math.max(error.retryAfterMs ?? 0, FIRST_PAUSE_MS * 2 ** failures * (0.5 + Math.random() / 2))
  return pauseMs <= PAUSE_MAX_MS ? pauseMs : null
}

async function tryOnce(fetch: Fetch, { url, ...init }: HttpRequest, timeoutMs: number, signal: Signal | undefined): Promise<unknown> {
  const ending = new platform.AbortController()
  let timer: unknown
  let onAbort = () => {}
  // Some platforms do not end a request that is aborted, so nothing waits for them.
  const cut = new Promise<never>((_, reject) => {
    const end = (why: string) => {
      reject(new Unreachable(why))
      ending.abort()
    }
    timer = setTimer(() => end(`no answer within ${timeoutMs} ms`), timeoutMs)
    onAbort = () => end('the caller gave up')
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) onAbort()
  })
  try {
    return await Promise.race([exchange(fetch, url, { ...init, signal: ending.signal }), cut])
  } finally {
    clearTimer(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

async function exchange(fetch: Fetch, url: string, init: object): Promise<unknown> {
  let answer: HttpAnswer
  let text: string
  try {
    answer = await fetch(url, init)
    text = await answer.text()
  } catch (cause) {
    throw new Unreachable('the network failed', { cause })
  }
  return read(answer, text)
}

function read({ status, headers }: HttpAnswer, text: string): unknown {
  const type = headers.get('Content-Type')?.split(';')[0]?.trim()
  const retryAfterMs = parseRetryAfter(headers.get('Retry-After'))
  if (type === 'application/problem+json') throw new ApiProblem(parse(text) as Problem, retryAfterMs)
  // Only the API's own problems are final. What else is no success comes from something between, such as a portal of a café.
  if (status < 200 || status > 299) throw new Unreachable(`answered ${status} without a problem`, { retryAfterMs })
  if (type === 'application/json') return parse(text)
  if (type === 'text/html') throw new Unreachable('a page was answered where the API should be')
  return text === '' ? undefined : text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Unreachable('the answer was cut off', { cause })
  }
}

/** Seconds, or the date at which to come again. */
function parseRetryAfter(value: string | null): number | null {
  if (value === null) return null
  const seconds = Number(value)
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1_000
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}
