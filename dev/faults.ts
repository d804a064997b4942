import { z } from 'zod'

/** A fault for the next `times` requests that match. The names are those of the control routes. */
export const faultSchema = z
  .strictObject({
    host: z.string().min(1).meta({ description: 'neon, redis, or a vendor host such as kapi.kakao.com' }),
    path: z.string().startsWith('/').optional(),
    match: z.string().min(1).optional().meta({ description: 'part of any statement of the request (neon), or of its body' }),
    key: z.string().min(1).optional().meta({ description: 'part of any parameter or statement (neon), or of URL, headers or body' }),
    status: z.int().min(200).max(599).optional(),
    delay_ms: z.int().min(0).max(120_000).optional(),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    cut: z.enum(['before', 'after']).optional(),
    times: z.int().min(1).default(1),
  })
  .refine((fault) => fault.status !== undefined || fault.delay_ms !== undefined || fault.body !== undefined || fault.cut, {
    message: 'a fault needs at least one of status, body, delay_ms, cut',
  })
export type Fault = z.infer<typeof faultSchema>

/** What a fault is compared with: `match` with `statements`, `key` with `texts`. */
export interface Target {
  host: string
  path: string
  statements: readonly string[]
  texts: readonly string[]
}

export type Faults = ReturnType<typeof createFaults>

/** The faults that are set, shared by the database proxy, Redis and every vendor. */
export function createFaults() {
  let pending: Fault[] = []
  return {
    add: (fault: Fault) => void pending.push({ ...fault }),
    list: (): readonly Fault[] => pending,
    clear: () => void (pending = []),
    /** Takes the first fault that fits, and counts it down. A request meets at most one fault. */
    take(target: Target): Fault | undefined {
      const fault = pending.find((it) => fits(it, target))
      if (fault && --fault.times === 0) pending = pending.filter((it) => it !== fault)
      return fault
    },
  }
}

function fits({ host, path, match, key }: Fault, target: Target): boolean {
  if (host !== target.host || (path && !target.path.startsWith(path))) return false
  if (match && !target.statements.some((it) => it.includes(match))) return false
  return !key || target.texts.some((it) => it.includes(key))
}

/** The answer of a fault in place of the real one, if it has one. */
export function fakeAnswer({ status, body, headers }: Fault): Response | undefined {
  if (status === undefined && body === undefined) return undefined
  const text = body === undefined || body === null ? null : typeof body === 'string' ? body : JSON.stringify(body)
  const type = { 'Content-Type': typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json' }
  return new Response(text, { status: status ?? 200, headers: { ...(text !== null && type), ...headers } })
}
