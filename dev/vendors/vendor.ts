import { randomBytes } from 'node:crypto'
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { z } from 'zod'

/** A simulated vendor: its own hosts, and the control routes under `/_sim` for tests and people. */
export interface Vendor {
  hosts: Record<string, Hono>
  control?: Hono
  /** Deletes users, codes and tokens. Keys stay, because Workers cache them. */
  reset?: () => void
  /** Lets happen what has fallen due since the clock was moved, oldest first, for the one whom `only` names or for all. Answers what happened. */
  advance?: (only?: string) => Promise<readonly object[]>
}

/** The vendor's own error answer. */
export class Refusal extends Error {
  readonly status: ContentfulStatusCode
  readonly body: unknown
  constructor(status: ContentfulStatusCode, body: unknown) {
    super(`refused with ${status}`)
    this.status = status
    this.body = body
  }
}

/** An app whose handlers may throw a `Refusal`. */
export function createHost(): Hono {
  const app = new Hono()
  app.onError((error, c) => {
    if (error instanceof Refusal) return c.json(error.body as object, error.status)
    throw error
  })
  return app
}

/** The fields of an urlencoded body. Any other body has none, as for a real OAuth endpoint. */
export async function readForm(c: Context): Promise<Record<string, string>> {
  if (!c.req.header('Content-Type')?.toLowerCase().startsWith('application/x-www-form-urlencoded')) return {}
  return Object.fromEntries(new URLSearchParams(await c.req.text()))
}

/** The part of the Authorization header after `scheme `. */
export function readAuthorization(c: Context, scheme: string): string | undefined {
  const header = c.req.header('Authorization') ?? ''
  return header.toLowerCase().startsWith(`${scheme.toLowerCase()} `) ? header.slice(scheme.length + 1).trim() : undefined
}

/** The body of a control request. Throws a 422 that says what is wrong. */
export async function readControl<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  const text = await c.req.text()
  let body: unknown
  try {
    body = text === '' ? {} : JSON.parse(text)
  } catch {
    throw new Refusal(422, { error: 'the body is not JSON' })
  }
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new Refusal(422, { error: 'invalid', issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) })
}

/** Sends a vendor's notice to the Worker as the vendor would, and answers how it was received. `status` 0 means no answer in time. */
export async function notify(request: Request, deadlineMs: number): Promise<{ status: number; body: string }> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(deadlineMs), redirect: 'manual' })
    return { status: response.status, body: await response.text() }
  } catch (error) {
    return { status: 0, body: String(error) }
  }
}

export const nowSeconds = () => Math.floor(Date.now() / 1000)

export const randomToken = (bytes = 32) => randomBytes(bytes).toString('base64url')
