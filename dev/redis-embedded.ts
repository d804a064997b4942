import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import type { Redis as RedisClient } from 'ioredis'
import type RedisMock from 'ioredis-mock'

export interface RedisServer {
  run(name: string, args: string[]): Promise<unknown>
  stop(): void
}

// require, because Vitest would resolve imports of these two to their builds for browsers.
const require = createRequire(import.meta.url)

/** The first argument that may be an option, by command. The mock knows options in capitals only, and the Upstash client sends lower case. */
const OPTIONS_FROM: Record<string, number> = Object.fromEntries([
  ...['getex', 'zadd', 'scan'].map((name) => [name, 1]),
  ...['set', 'expire', 'pexpire', 'expireat', 'pexpireat', 'lpos', 'hscan', 'sscan', 'zscan'].map((name) => [name, 2]),
  ...['zrange', 'zrevrange', 'zrangebyscore', 'zrevrangebyscore'].map((name) => [name, 3]),
])
const OPTION =
  /^(nx|xx|gt|lt|ch|incr|ex|px|exat|pxat|keepttl|get|persist|withscores|limit|byscore|bylex|rev|match|count|type|rank|maxlen|novalues)$/i

/** An in-process Redis: ioredis-mock, and the commands of the Upstash client that it lacks. */
export function embedRedis(): RedisServer {
  const { Redis } = require('ioredis') as { Redis: typeof RedisClient }
  const Mock = require('ioredis-mock') as typeof RedisMock
  const redis = new Mock() as unknown as Record<string, (...args: string[]) => Promise<unknown>>
  const known = new Set(Redis.prototype.getBuiltinCommands.call(redis as never))
  const scripts = new Map<string, string>()

  function remember(script: string): string {
    const sha1 = createHash('sha1').update(script).digest('hex')
    scripts.set(sha1, script)
    return sha1
  }

  async function run(name: string, given: string[]): Promise<unknown> {
    const args = capitalize(name, given)
    if (name === 'script' && args[0]?.toLowerCase() === 'load') return remember(args[1] ?? '')
    if (name === 'evalsha') {
      const script = scripts.get(args[0]?.toLowerCase() ?? '')
      if (script === undefined) throw new Error('NOSCRIPT No matching script. Please use EVAL.')
      return run('eval', [script, ...args.slice(1)])
    }
    if (name === 'eval') {
      remember(args[0] ?? '')
      // The mock's Lua does not know the `#!lua` line that Redis 7 scripts may begin with.
      return redis.eval!((args[0] ?? '').replace(/^#!lua.*\n?/, ''), ...args.slice(1))
    }
    if (!known.has(name) || !redis[name]) throw new Error(`ERR unknown command '${name}'`)
    if (/^p?expire(at)?$/.test(name) && args[2] && !(await mayExpire(name, args))) return 0
    return redis[name](...args)
  }

  /** The condition of EXPIRE, which the mock ignores. */
  async function mayExpire(name: string, [key = '', time = '', condition]: string[]): Promise<boolean> {
    const left = Number(await redis.pttl!(key))
    const unit = name.startsWith('p') ? 1 : 1_000
    const next = Number(time) * unit - (name.endsWith('at') ? Date.now() : 0)
    if (condition === 'NX') return left === -1
    if (condition === 'XX') return left >= 0
    if (condition === 'GT') return left >= 0 && next > left
    return left === -1 || next < left
  }

  return { run, stop: () => void redis.disconnect?.() }
}

function capitalize(name: string, args: string[]): string[] {
  const from = OPTIONS_FROM[name]
  if (from === undefined) return args
  // A member of a sorted set may be called "count", and options all come before the first score.
  const to = name === 'zadd' ? args.findIndex((arg, i) => i >= from && !OPTION.test(arg)) : args.length
  return args.map((arg, i) => (i >= from && i < to && OPTION.test(arg) ? arg.toUpperCase() : arg))
}
