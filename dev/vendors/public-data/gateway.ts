import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { z } from 'zod'
import { seoulDate } from '../../../src/core/time.ts'
import { workerVars } from '../../credentials.ts'
import type { Clock } from '../clock.ts'
import { createHost, readControl, type Vendor } from '../vendor.ts'
import { GENERATIONS, type Generation, refuse } from './refusals.ts'
import { toXml } from './to-xml.ts'

export const PUBLIC_DATA_CONTROLS = {
  'POST /_sim/public-data':
    'how data.go.kr behaves: {generation?: g1|g2|g3 of its errors, quota?: {operation: calls a day}, per_second?: {operation: calls}, latency_ms?}',
  'GET /_sim/public-data/calls': '{calls: {operation: calls of the day}, quota}; DELETE counts from 0 again',
}

/** An operation of a provider behind data.go.kr. */
export interface Operation {
  /** `apis.data.go.kr`, or `api.data.go.kr`. */
  host: string
  path: string
  /** The name under which calls are counted. */
  operation: string
  /** The parameter that asks for JSON. Without it the answer is `format_default`. */
  format: string
  format_default?: 'json' | 'xml'
  /** Calls a day of a development account. */
  quota: number
  /** The provider's answer, as the object that JSON would hold, or a whole answer of its own. Parameters are decoded. */
  answer(query: Readonly<Record<string, string>>): object | Response | Promise<object | Response>
}

/** A provider's simulator: its operations, and what a `Vendor` has beside hosts. */
export interface Provider extends Omit<Vendor, 'hosts'> {
  operations: Operation[]
}

const countSchema = z.record(z.string().min(1), z.int().min(0))
const settingsSchema = z.strictObject({
  generation: z.enum(GENERATIONS).optional(),
  quota: countSchema.optional(),
  per_second: countSchema.optional(),
  latency_ms: z.int().min(0).max(10_000).optional(),
})

/**
 * data.go.kr: what every provider there has in common. It checks in this order: the headers, the path, the key, the calls of the second, and those of the day.
 * The real limit of a second is not published, so there is none until somebody sets it.
 */
export function createPublicData({ clock, providers }: { clock: Clock; providers: readonly Provider[] }) {
  const operations = new Map(providers.flatMap((provider) => provider.operations).map((it) => [`${it.host}${it.path}`, it]))
  const initial = {
    generation: 'g3' as Generation,
    quota: {} as Record<string, number>,
    per_second: {} as Record<string, number>,
    latency_ms: 0,
  }
  let settings = initial
  let calls = new Map<string, { date: string; count: number; second: number; in_second: number }>()

  const quotaOf = ({ operation, quota }: Operation) => settings.quota[operation] ?? quota

  /** Counts the call, and says which limit it breaks. */
  function count(operation: Operation): '22' | '23' | undefined {
    const now = clock.now()
    const [date, second] = [seoulDate(now), Math.floor(now.getTime() / 1_000)]
    const last = calls.get(operation.operation)
    const of = { date, second, count: last?.date === date ? last.count : 0, in_second: last?.second === second ? last.in_second : 0 }
    calls.set(operation.operation, of)
    if (++of.in_second > (settings.per_second[operation.operation] ?? Infinity)) return '23'
    return ++of.count > quotaOf(operation) ? '22' : undefined
  }

  async function answer(host: string, request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const operation = operations.get(`${host}${pathname}`)
    const query = Object.fromEntries(searchParams)
    const isJson = (query[operation?.format ?? ''] ?? operation?.format_default ?? 'xml').toLowerCase() === 'json'
    const refusal = (code: Parameters<typeof refuse>[1]) => refuse(settings.generation, code, isJson)
    // The firewall takes the headers of tracing for an attack.
    if ([...request.headers.values()].some((value) => value.includes('environment='))) return refusal('10')
    if (!operation) return refusal('12')
    const key = query['serviceKey'] ?? query['ServiceKey']
    if (!key) return refusal('20')
    if (key !== workerVars.DATA_GO_KR_KEY) return refusal('30')
    const broken = count(operation)
    if (broken) return refusal(broken)
    if (settings.latency_ms > 0) await sleep(settings.latency_ms)
    const provided = await operation.answer(query)
    if (provided instanceof Response) return provided
    if (isJson) return Response.json(provided)
    return new Response(toXml(provided), { headers: { 'Content-Type': 'application/xml' } })
  }

  const control = createHost()
  control.post('/public-data', async (c) => {
    const { quota, per_second, ...others } = await readControl(c, settingsSchema)
    settings = {
      ...settings,
      ...Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined)),
      quota: { ...settings.quota, ...quota },
      per_second: { ...settings.per_second, ...per_second },
    }
    return c.json(settings)
  })
  control.get('/public-data/calls', (c) => {
    const today = seoulDate(clock.now())
    const all = [...operations.values()]
    return c.json({
      calls: Object.fromEntries([...calls].map(([name, { date, count: made }]) => [name, date === today ? made : 0])),
      quota: Object.fromEntries(all.map((operation) => [operation.operation, quotaOf(operation)])),
    })
  })
  control.delete('/public-data/calls', (c) => {
    calls = new Map()
    return c.body(null, 204)
  })
  for (const provider of providers) if (provider.control) control.route('/', provider.control)

  function reset() {
    settings = initial
    calls = new Map()
    for (const provider of providers) provider.reset?.()
  }

  const hostOf = (name: string) => new Hono().get('*', (c) => answer(name, c.req.raw))
  return {
    hosts: Object.fromEntries(['apis.data.go.kr', 'api.data.go.kr'].map((name) => [name, hostOf(name)])),
    control,
    reset,
  } satisfies Vendor
}
