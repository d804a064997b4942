import { parse } from 'smol-toml'
import { expect, it, onTestFinished, vi } from 'vitest'
import config from '../../wrangler.toml?raw'
import { USER_LIMITS } from '../../src/http/middleware/user-limits.ts'
import { DESCRIPTION } from '../../src/http/openapi/info.ts'
import { isDue, startCrons } from '../../dev/crons.ts'
import { schedule, tasks } from '../../src/schedule.ts'

interface Environment {
  triggers?: { crons?: string[] }
  queues?: {
    producers?: { queue: string; binding: string }[]
    consumers?: { queue: string; dead_letter_queue?: string; max_batch_size?: number }[]
  }
  [section: string]: unknown
}

// wrangler itself holds the file to its schema whenever it starts.
const { env, ...local } = parse(config) as unknown as Environment & { env: { production: Environment } }
const environments: [string, Environment][] = [
  ['the top level', local],
  ['env.production', env.production],
]

/** Keys that wrangler hands down to an environment, or that say nothing about bindings. */
const INHERITED = new Set(['main', 'compatibility_date', 'compatibility_flags', 'name', 'migrations'])

/** `section: binding` of everything an environment declares, and the sections that bind nothing, e.g. `triggers`. */
function listBindings(environment: Environment): string[] {
  return Object.entries(environment)
    .filter(([section]) => !INHERITED.has(section))
    .flatMap(([section, value]) => {
      const names = namesIn(section, value)
      return names.length > 0 ? names.map((name) => `${section}: ${name}`) : [section]
    })
    .toSorted()
}

/** A binding is named by `binding`, or by `name` (rate limits, Durable Objects); a variable by its key. */
function namesIn(section: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(section, item))
  if (value === null || typeof value !== 'object') return []
  if (section === 'vars') return Object.keys(value)
  const { binding, name } = value as Record<string, unknown>
  if (typeof binding === 'string') return [binding]
  if (typeof name === 'string') return [name]
  return Object.values(value).flatMap((item) => namesIn(section, item))
}

it.each(environments)('the crons of %s are those that have tasks', (_, { triggers }) => {
  expect(triggers?.crons?.toSorted()).toEqual(Object.keys(schedule).toSorted())
})

it.each(environments)('%s gives each of crons’ tasks an invocation of its own', (_, { queues = {} }) => {
  const written = queues.producers?.find(({ binding }) => binding === 'TASKS')?.queue
  expect(written).toMatch(/tasks$/)
  expect(queues.consumers?.find(({ queue }) => queue === written)).toMatchObject({ max_batch_size: 1 })
})

it('tasks are known by their names', () => {
  const names = tasks.map(({ name }) => name)
  expect(names.toSorted()).toEqual([...new Set(names)].toSorted())
})

it('the local cloud fires each cron in its minute, and no other', () => {
  const firing = (at: string) => Object.keys(schedule).filter((cron) => isDue(cron, new Date(at)))
  expect(firing('2026-11-29T07:00:00Z')).toEqual(['0 * * * *'])
  expect(firing('2026-11-29T19:03:00Z')).toEqual(['3 19 * * *'])
  expect(firing('2026-11-29T19:04:00Z')).toEqual([])
  expect(() => isDue('*/10 * * * *', new Date())).toThrow(/cron's language/)
})

it('and at the full minute, once, with the time that it stands for', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-29T18:59:30Z') })
  const fired: string[] = []
  vi.stubGlobal('fetch', async (url: string) => {
    const { pathname, searchParams } = new URL(url)
    fired.push(`${pathname} ${searchParams.get('cron')} ${new Date(Number(searchParams.get('time'))).toISOString()}`)
    return new Response()
  })
  const stop = startCrons('http://127.0.0.1:8787', () => {})
  onTestFinished(() => {
    stop()
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })
  await vi.advanceTimersByTimeAsync(5 * 60_000)
  expect(fired).toEqual([
    '/cdn-cgi/local/scheduled 0 * * * * 2026-11-29T19:00:00.000Z',
    '/cdn-cgi/local/scheduled 3 19 * * * 2026-11-29T19:03:00.000Z',
  ])
})

it('production has everything that the top level binds', () => {
  const production = new Set(listBindings(env.production))
  expect(listBindings(local).filter((binding) => !production.has(binding))).toEqual([])
})

it.each(environments)('every queue that %s writes to has a consumer, and so has every dead-letter queue', (_, { queues = {} }) => {
  const { producers = [], consumers = [] } = queues
  const written = [...producers.map(({ queue }) => queue), ...consumers.flatMap(({ dead_letter_queue }) => dead_letter_queue ?? [])]
  expect(consumers.map(({ queue }) => queue).toSorted()).toEqual([...new Set(written)].toSorted())
})

it.each(environments)('every queue of %s that does work has a dead-letter queue, named as the consumer expects', (_, { queues = {} }) => {
  const letters = queues.consumers?.filter(({ queue }) => !queue.endsWith('-dead')).map(({ dead_letter_queue }) => dead_letter_queue)
  expect(letters).not.toHaveLength(0)
  for (const queue of letters ?? []) expect(queue).toMatch(/-dead$/)
})

/** How many requests a minute an environment allows, by the name of the binding. Two with one namespace would count together. */
function limitsPerMinute(environment: Environment): Record<string, number> {
  const limits = environment['ratelimits'] as { name: string; namespace_id: string; simple: { limit: number; period: number } }[]
  expect(new Set(limits.map(({ namespace_id }) => namespace_id)).size).toBe(limits.length)
  return Object.fromEntries(limits.map(({ name, simple }) => [name, (simple.limit * 60) / simple.period]))
}

it('each kind of request has the limit that the document tells, in production', () => {
  const perMinute = limitsPerMinute(env.production)
  for (const { binding, perMinute: told } of Object.values(USER_LIMITS)) expect([binding, perMinute[binding]]).toEqual([binding, told])
})

it('nobody who develops meets a limit', () => {
  for (const limit of Object.values(limitsPerMinute(local))) expect(limit).toBeGreaterThanOrEqual(100_000)
})

it('the introduction of the document names the limits of production', () => {
  const perMinute = limitsPerMinute(env.production)
  expect(DESCRIPTION).toContain(
    `${perMinute['RATE_LIMIT_USER']} requests a minute and person, ${perMinute['RATE_LIMIT_ADDRESS']} a minute and address`,
  )
})
