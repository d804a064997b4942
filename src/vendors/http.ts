import type { z } from 'zod'
import { defineError } from '../core/errors.ts'

export const vendorUnavailable = defineError({
  code: 'vendor_unavailable',
  status: 502,
  title: 'A partner service did not answer as expected',
  detail: '연결된 서비스가 응답하지 않아요. 잠시 후 다시 시도해 주세요.',
})

export interface FetchOptions {
  /** How long a whole answer may take. Most vendors answer at once, and a payment may take a minute. */
  readonly deadlineMs?: number | undefined
}

export type Fetch = (request: Request, options?: FetchOptions) => Promise<Response>

const DEADLINE_MS = 4_000

const vendorFetches = new Map<string | undefined, Fetch>()

/**
 * Every call to a vendor goes through here. It has a deadline, and with a gateway it goes to `{gateway}/{host}{path}` instead. An isolate keeps one such
 * function, because the vendors' keys are remembered by it.
 */
export function createVendorFetch(gateway?: string): Fetch {
  const made = vendorFetches.get(gateway) ?? vendorFetch(gateway)
  vendorFetches.set(gateway, made)
  return made
}

/** Where an address of a vendor is reached: with a gateway there, for calls and for browsers. */
export function vendorUrl(gateway: string | undefined, url: string | URL): string {
  const { href, host, pathname, search } = new URL(url)
  return gateway ? `${gateway}/${host}${pathname}${search}` : href
}

function vendorFetch(gateway?: string): Fetch {
  return async (request, { deadlineMs = DEADLINE_MS } = {}) => {
    const target = gateway ? new Request(vendorUrl(gateway, request.url), request) : request
    return fetch(target, { signal: AbortSignal.timeout(deadlineMs), redirect: 'manual' })
  }
}

export interface Answer {
  readonly status: number
  readonly text: string
  /** `undefined` when it is not JSON. */
  readonly body: unknown
  readonly headers: Headers
}

/** A vendor's answer, whatever its status. Throws `vendorUnavailable` when there is no answer. */
export async function exchange(fetch: Fetch, vendor: string, request: Request, options?: FetchOptions): Promise<Answer> {
  try {
    const response = await fetch(request, options)
    const text = await response.text()
    return { status: response.status, text, body: parseJson(text), headers: response.headers }
  } catch (cause) {
    throw vendorUnavailable({ cause: new Error(`${vendor} could not be reached`, { cause }) })
  }
}

/** Tries once more when the vendor says that its error will pass. Never after silence, because the first request may have worked. */
export async function exchangePatiently(
  fetch: Fetch,
  vendor: string,
  makeRequest: () => Request,
  isPassing: (answer: Answer) => boolean,
): Promise<Answer> {
  const answer = await exchange(fetch, vendor, makeRequest())
  return isPassing(answer) ? exchange(fetch, vendor, makeRequest()) : answer
}

/** An urlencoded POST, as OAuth endpoints want it. */
export function postForm(url: string, fields: Record<string, string>, headers: Record<string, string> = {}): Request {
  return new Request(url, { method: 'POST', headers, body: new URLSearchParams(fields) })
}

/** Parses a vendor's answer. Nothing unparsed leaves src/vendors. */
export function parseAnswer<T extends z.ZodType>(vendor: string, schema: T, { status, body }: Answer): z.infer<T> {
  const parsed = schema.safeParse(body)
  if (status >= 400 || !parsed.success) throw vendorUnavailable({ cause: new Error(`${vendor} answered ${status} in an unexpected shape`) })
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
