import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { z } from 'zod'
import { createApp } from '../../src/app.ts'
import { createDeps, type Deps } from '../../src/deps.ts'
import { buildDocument } from '../../src/http/openapi/document.ts'
import { problemSchema } from '../../src/http/problem.ts'
import { testEnv } from './env.ts'
import { type Document, documentedCodes } from './document.ts'
import { assertNothingForbidden } from './forbidden.ts'

interface RouteDefinition {
  method: string
  path: string
  responses: Record<string, { content?: Record<string, { schema: z.ZodType }> }>
}

export interface SignedIn {
  access_token: string
  refresh_token: string
  user_id: string
}

export interface RequestOptions {
  headers?: Record<string, string>
  /** A body that is sent as it is, and not as JSON. */
  raw?: BodyInit
}

/** Parts that a test puts in place of the real ones: a fixed clock, a bucket that fails, … */
export type DepsOverrides = Partial<Deps> | ((deps: Deps) => Partial<Deps>)

/** Replaces deps of one request. */
const depsOf = new WeakMap<object, DepsOverrides>()

/** There is one app for all tests, because making one takes longer than most requests. */
const app = createApp((...of) => override(createDeps(...of), depsOf.get(of[1])))

const routes = app.openAPIRegistry.definitions
  .flatMap((definition) => (definition.type === 'route' ? [definition.route as unknown as RouteDefinition] : []))
  .map((route) => ({ ...route, pattern: new RegExp(`^${route.path.replaceAll(/\{.+?\}/g, '[^/]+')}$`) }))
  .toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)

/** The API as its clients see it. Every answer must match the schema that its route documents, have no other key, and hold nothing that must never leave. */
export function createApi({ deps = {}, user = null }: { deps?: DepsOverrides; user?: SignedIn | null } = {}) {
  async function request(method: string, path: string, body?: unknown, { headers = {}, raw }: RequestOptions = {}) {
    const ctx = createExecutionContext()
    depsOf.set(ctx, deps)
    const file = body instanceof Uint8Array ? body : undefined
    const content = raw ?? file ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await app.request(
      path,
      {
        method,
        headers: {
          ...(user && { Authorization: `Bearer ${user.access_token}` }),
          ...(content !== undefined && raw === undefined && { 'Content-Type': file ? 'image/jpeg' : 'application/json' }),
          ...headers,
        },
        ...(content !== undefined && { body: content }),
      },
      testEnv,
      ctx,
    )
    const bytes = new Uint8Array(await response.arrayBuffer())
    const text = new TextDecoder().decode(bytes)
    await waitOnExecutionContext(ctx)
    const isJson = /^application\/(problem\+)?json/.test(response.headers.get('Content-Type') ?? '')
    const json: unknown = isJson ? JSON.parse(text) : undefined
    if (isJson) {
      assertDocumented(method, path, response, json)
      assertNothingForbidden(json, path)
    }
    // A test reads the keys that it expects. The schema above has checked the answer already.
    return { status: response.status, headers: response.headers, bytes, text, json: json as any }
  }

  return {
    app,
    user,
    request,
    /** The same person with other deps, for example another clock. */
    with: (others: DepsOverrides) => createApi({ deps: others, user }),
    get: (path: string, options?: RequestOptions) => request('GET', path, undefined, options),
    post: (path: string, body?: unknown, options?: RequestOptions) => request('POST', path, body, options),
    put: (path: string, body?: unknown, options?: RequestOptions) => request('PUT', path, body, options),
    patch: (path: string, body?: unknown, options?: RequestOptions) => request('PATCH', path, body, options),
    delete: (path: string, body?: unknown, options?: RequestOptions) => request('DELETE', path, body, options),
  }
}

export type Api = ReturnType<typeof createApi>

/** Deps are made when they are first read, so they are replaced one by one and not spread. */
function override(deps: Deps, overrides: DepsOverrides = {}): Deps {
  const changed = typeof overrides === 'function' ? overrides(deps) : overrides
  return Object.create(deps, Object.getOwnPropertyDescriptors(changed)) as Deps
}

/** Requests of the app keep the product's deadline. A test that fills a table may take longer while the machine has much else to do. */
const DEADLINE_MS = 60_000

/** Deps of this run's cloud, for what has no route: crons, queues, and rows that a test writes itself. */
export function createTestDeps(overrides: DepsOverrides = {}): Deps {
  return override(createDeps(testEnv, createExecutionContext(), { deadlineMs: DEADLINE_MS }), overrides)
}

function assertDocumented(method: string, path: string, response: Response, json: unknown) {
  const type = response.headers.get('Content-Type')?.split(';')[0]
  const { pathname } = new URL(path, 'http://api')
  const route = routes.find((it) => it.method === method.toLowerCase() && it.pattern.test(pathname))
  if (type === 'application/problem+json') {
    const { code } = problemSchema.parse(json)
    if (route && !ANYWHERE.has(code) && !codesOf(route).has(`${response.status} ${code}`))
      throw new Error(`${method} ${path} answered ${code}, which it does not document`)
    return
  }
  if (!route) return
  const schema = route.responses[response.status]?.content?.['application/json']?.schema
  if (!schema) throw new Error(`${method} ${path} answered ${response.status}, which it does not document`)
  closed(schema).parse(json)
}

/** What is wrong with these requests is no matter of the route: a body where none belongs, for example. */
const ANYWHERE = new Set(['malformed_request', 'body_too_large', 'unsupported_media_type', 'internal'])

let codes: Map<string, Set<string>> | undefined

/** What can go wrong with a route by the document, as `404 pet_not_found`. */
function codesOf({ method, path }: RouteDefinition): Set<string> {
  codes ??= documentedCodes(buildDocument(app) as Document)
  return codes.get(`${method} ${path}`) ?? new Set()
}

const closedSchemas = new WeakMap<z.ZodType, z.ZodType>()

/** Closed schemas are kept, because zod compiles a schema when it first parses with it, and that takes too long for every answer. */
export function closed(schema: z.ZodType): z.ZodType {
  const known = closedSchemas.get(schema) ?? strict(schema)
  closedSchemas.set(schema, known)
  return known
}

/** The schema with every object closed, so that a column that slipped into a response fails the test. */
function strict(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) {
    return z.strictObject(Object.fromEntries(Object.entries(schema.shape).map(([key, value]) => [key, strict(value as z.ZodType)])))
  }
  if (schema instanceof z.ZodArray) return z.array(strict(schema.element as z.ZodType))
  if (schema instanceof z.ZodNullable) return strict(schema.unwrap() as z.ZodType).nullable()
  if (schema instanceof z.ZodOptional) return strict(schema.unwrap() as z.ZodType).optional()
  if (schema instanceof z.ZodUnion) return z.union(schema.options.map((option) => strict(option as z.ZodType)))
  return schema
}
