import { createRequire } from 'node:module'
import type { Redis as RedisClient } from 'ioredis'
import { z } from 'zod'
import { createFaults, type Faults } from './faults.ts'
import { embedRedis, type RedisServer } from './redis-embedded.ts'
import { json, serve } from './server.ts'

// require, because Vitest would resolve an import to the build for browsers.
const { Redis } = createRequire(import.meta.url)('ioredis') as { Redis: typeof RedisClient }

const commandSchema = z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).min(1)
const commandsSchema = z.array(commandSchema)
type Command = z.infer<typeof commandSchema>
type Answer = { result: unknown } | { error: string }

/** Commands that would change the one connection that all requests share. Upstash's REST endpoint has none of them either. */
const REFUSED = new Set(
  'subscribe psubscribe ssubscribe unsubscribe punsubscribe monitor quit hello auth select multi exec discard watch unwatch client shutdown'.split(
    ' ',
  ),
)

/** Upstash's REST protocol (`/`, `/pipeline`, `/multi-exec`, `/get/key`) over a Redis in this process, or the real one at `url`. */
export async function startRedisRest({ port = 0, url, faults = createFaults() }: { port?: number; url?: string; faults?: Faults } = {}) {
  const redis = url ? await connect(url) : embedRedis()

  async function answer([name, ...args]: Command): Promise<Answer> {
    const command = String(name).toLowerCase()
    try {
      if (REFUSED.has(command)) return { error: `ERR Command is not available: '${String(name)}'` }
      return { result: raw(await redis.run(command, args.map(String))) }
    } catch (error) {
      return { error: (error as Error).message }
    }
  }

  // One request at a time makes `/multi-exec` atomic.
  let last: Promise<unknown> = Promise.resolve()
  function exclusively<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work)
    last = next.catch(() => {})
    return next
  }

  async function handle(request: Request, body: string): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const encode = request.headers.get('Upstash-Encoding') === 'base64' ? base64 : (value: unknown) => value
    if (pathname === '/pipeline' || pathname === '/multi-exec') {
      const commands = commandsSchema.safeParse(parseJson(body))
      if (!commands.success) return json({ error: 'ERR failed to parse pipeline request' }, 400)
      const answers = await exclusively(async () => {
        const list: Answer[] = []
        for (const command of commands.data) list.push(await answer(command))
        return list
      })
      return json(answers.map((it) => ('result' in it ? { result: encode(it.result) } : it)))
    }
    const command = commandSchema.safeParse(pathname === '/' ? parseJson(body) : fromPath(pathname, searchParams, body))
    if (!command.success) return json({ error: 'ERR failed to parse command' }, 400)
    const one = await exclusively(() => answer(command.data))
    return 'result' in one ? json({ result: encode(one.result) }) : json(one, 400)
  }

  const server = await serve({
    port,
    handle,
    fault(request, body) {
      const { pathname, search } = new URL(request.url)
      const path = decodeURIComponent(pathname)
      return faults.take({ host: 'redis', path: pathname, statements: [body, path], texts: [body, path, search] })
    },
  })
  return {
    url: server.url,
    async stop() {
      await server.stop()
      redis.stop()
    },
  }
}

async function connect(url: string): Promise<RedisServer> {
  if (!/^rediss?:\/\//.test(url)) throw new Error('it does not begin with redis://')
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => (times > 20 ? null : 200),
  })
  redis.on('error', () => {})
  const refused = new Promise<never>((_, reject) => redis.once('error', reject))
  try {
    await Promise.race([redis.connect(), refused])
  } catch (error) {
    redis.disconnect()
    throw error
  }
  return { run: (name, args) => redis.call(name, ...args), stop: () => redis.disconnect() }
}

/** `/set/foo/bar?EX=100` is `SET foo bar EX 100`. A POST's body is one more argument, before the query's. */
function fromPath(pathname: string, query: URLSearchParams, body: string): string[] {
  const words = pathname.slice(1).split('/').map(decodeURIComponent)
  const options = [...query].filter(([name]) => name !== '_token').flatMap(([name, value]) => (value === '' ? [name] : [name, value]))
  return [...words, ...(body === '' ? [] : [body]), ...options]
}

/** Undoes what ioredis converts: a hash becomes a flat list again, and Lua's booleans become what Redis sends. */
function raw(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(raw)
  if (value === undefined || value === null || value === false) return null
  if (value === true) return 1
  return typeof value === 'object' ? Object.entries(value).flat().map(raw) : value
}

/** Encodes what the Upstash client decodes: every string of a result except the status `OK`. */
function base64(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(base64)
  return typeof value === 'string' && value !== 'OK' ? Buffer.from(value).toString('base64') : value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
