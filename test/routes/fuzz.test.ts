import { describe, expect, it } from 'vitest'
import { type Random, randomFrom } from '../../dev/random.ts'
import type { Api } from '../support/api.ts'
import { drawSeed } from '../support/draws.ts'
import { signUp } from '../support/login.ts'
import { publicRoutes, userRoutes } from '../support/route-table.ts'

/** A route in the everyday run; ten thousand and more altogether with a larger one. */
const BODIES_A_ROUTE = 60
const PATHS_A_ROUTE = 12

const ODD = [
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  -1e308,
  2147483648,
  '',
  ' ',
  '\u0000',
  '가\u0000',
  '\ud800',
  'x'.repeat(5_000),
  '🐶'.repeat(300),
  "'; DROP TABLE users; --",
  '9999-99-99',
  '+275760-09-13T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '00000000-0000-0000-0000-000000000000',
  'NaN',
  [],
  [[]],
  {},
  { __proto__: null, constructor: 1 },
  Array.from({ length: 300 }, (_, i) => i),
] as const

/** One place of a valid body made odd: replaced, left out, doubled, or given company. */
function mutate(random: Random, value: unknown): unknown {
  if (random.chance(0.25) || value === null || typeof value !== 'object') return random.pick(ODD)
  if (Array.isArray(value)) {
    if (value.length === 0 || random.chance(0.2)) return [...value, random.pick(ODD)]
    const at = Math.floor(random.next() * value.length)
    return value.map((item: unknown, i) => (i === at ? mutate(random, item) : item))
  }
  const entries = Object.entries(value)
  const at = Math.floor(random.next() * (entries.length + 1))
  const entry = entries[at]
  if (!entry) return { ...value, [random.pick(['is_premium', 'user_id', '__proto__', 'id', 'x'.repeat(200)])]: random.pick(ODD) }
  if (random.chance(0.2)) return Object.fromEntries(entries.filter((_, i) => i !== at))
  return { ...value, [entry[0]]: mutate(random, entry[1]) }
}

/** A file made odd: bytes changed, cut off, or put behind it. */
function mutateFile(random: Random, file: Uint8Array): Uint8Array {
  const odd = file.slice(0, random.chance(0.2) ? Math.floor(random.next() * file.length) : file.length)
  for (let n = 0; n < 4; n++) odd[Math.floor(random.next() * Math.min(odd.length, 1_000))] = Math.floor(random.next() * 256)
  return random.chance(0.2) ? new Uint8Array([...odd, 0x50, 0x4b, 3, 4]) : odd
}

/** What may be answered to anything whatever: a success it is entitled to, or a clear problem. What is neither is said, with what was sent. */
async function failureOf(api: Api, method: string, path: string, body?: unknown): Promise<string | null> {
  const { status, headers } = await api.request(method, path, body)
  if (status < 400 || (status < 500 && headers.get('Content-Type') === 'application/problem+json')) return null
  return `${method} ${path} ${JSON.stringify(body)?.slice(0, 300)}: ${status}`
}

/** Logging out and leaving are not what is tried here. */
const routes = [...userRoutes, ...publicRoutes].filter(
  ({ method, route }) => !(route === '/auth/logout' || (route === '/users/me' && method === 'DELETE')),
)

describe.each(routes)('$method $route', ({ method, prepare }) => {
  it('answers whatever it is sent with a success or a problem', async () => {
    const random = randomFrom(drawSeed())
    const owner = await signUp()
    const { path, body } = await prepare(owner)
    const failures: (string | null)[] = []
    if (body !== undefined) {
      for (let n = 0; n < BODIES_A_ROUTE; n++) {
        const odd = body instanceof Uint8Array ? mutateFile(random, body) : mutate(random, body)
        failures.push(await failureOf(owner, method, path, odd))
      }
    }
    const [pathname = '', query = ''] = path.split('?')
    for (let n = 0; n < PATHS_A_ROUTE; n++) {
      const odd = encodeURIComponent(
        String(random.pick(['x', '..', '%', '\u0000', '가', '0', '-1', '00000000-0000-0000-0000-000000000000', 'x'.repeat(3_000)])),
      )
      const parts = pathname.split('/')
      const oddPath = parts.length > 2 ? parts.map((part, i) => (i === 2 ? odd : part)).join('/') : pathname
      const oddQuery = [...new URLSearchParams(query).keys(), 'cursor', 'limit', 'from'].map((key) => `${key}=${odd}`).join('&')
      failures.push(await failureOf(owner, method, random.chance(0.5) ? `${oddPath}?${query}` : `${pathname}?${oddQuery}`, body))
    }
    expect(failures.filter(Boolean)).toEqual([])
  })
})
