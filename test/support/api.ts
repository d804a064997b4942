import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { z } from 'zod'
import { createApp } from '../../src/app.ts'
import { createDeps, type Deps } from '../../src/deps.ts'
import { problemSchema } from '../../src/http/problem.ts'
import { testEnv } from './env.ts'
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
  /** Sent as it is, instead of JSON. */
  raw?: BodyInit
}

/** What a test puts in place of the real thing: a fixed clock, a bucket that fails, … */
export type DepsOverrides = Partial<Deps> | ((deps: Deps) => Partial<Deps>)

/** Deps of one request in place of the app's own. */
const depsOf = new WeakMap<object, DepsOverrides>()

/** One for all tests, because to make one takes longer than most requests do. */
const app = createApp((...of) => override(createDeps(...of), depsOf.get(of[1])))

const routes = app.openAPIRegistry.definitions
  .flatMap((definition) => (definition.type === 'route' ? [definition.route as unknown as RouteDefinition] : []))
  .map((route) => ({ ...route, pattern: new RegExp(`^${route.path.replaceAll(/\{.+?\}/g, '[^/]+')}$`) }))
  .toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)

/** The API as its clients see it. Every answer is held to what its own route documents, closed, and searched for what must never leave. */
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
    // Tests read what they expect; the schema above has already held the answer to its type.
    return { status: response.status, headers: response.headers, bytes, text, json: json as any }
  }

  return {
    app,
    user,
    request,
    /** The same person with other dependencies, e.g. a clock that stands elsewhere. */
    with: (others: DepsOverrides) => createApi({ deps: others, user }),
    get: (path: string, options?: RequestOptions) => request('GET', path, undefined, options),
    post: (path: string, body?: unknown, options?: RequestOptions) => request('POST', path, body, options),
    put: (path: string, body?: unknown, options?: RequestOptions) => request('PUT', path, body, options),
    patch: (path: string, body?: unknown, options?: RequestOptions) => request('PATCH', path, body, options),
    delete: (path: string, body?: unknown, options?: RequestOptions) => request('DELETE', path, body, options),
  }
}

export type Api = ReturnType<typeof createApi>

/** Deps come into being when they are read, so they are shadowed one by one rather than spread. */
function override(deps: Deps, overrides: DepsOverrides = {}): Deps {
  const changed = typeof overrides === 'function' ? overrides(deps) : overrides
  return Object.create(deps, Object.getOwnPropertyDescriptors(changed)) as Deps
}

/** Deps of this run's cloud, for what has no route: crons, queues, rows a test puts there itself. */
export function createTestDeps(overrides: DepsOverrides = {}): Deps {
  return override(createDeps(testEnv, createExecutionContext()), overrides)
}

function assertDocumented(method: string, path: string, response: Response, json: unknown) {
  const type = response.headers.get('Content-Type')?.split(';')[0]
  if (type === 'application/problem+json') return void problemSchema.parse(json)
  const { pathname } = new URL(path, 'http://api')
  const route = routes.find((it) => it.method === method.toLowerCase() && it.pattern.test(pathname))
  if (!route) return
  const schema = route.responses[response.status]?.content?.['application/json']?.schema
  if (!schema) throw new Error(`${method} ${path} answered ${response.status}, which it does not document`)
  closed(schema).parse(json)
}

const closedSchemas = new WeakMap<z.ZodType, z.ZodType>()

/** zod compiles a schema when it first parses with it, which is too dear for every answer. */
function closed(schema: z.ZodType): z.ZodType {
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
