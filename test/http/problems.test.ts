import { describe, expect, it, vi } from 'vitest'
import { createApi } from '../support/api.ts'
import { signUp } from '../support/login.ts'

const PROBLEM = 'application/problem+json'

it('renders a validation failure as a problem that names the field, in Korean', async () => {
  const { status, headers, json } = await (await signUp()).post('/pets', { name: '', species: 'dragon' })
  expect(status).toBe(422)
  expect(headers.get('Content-Type')).toBe(PROBLEM)
  expect(json).toMatchObject({
    type: '/problems/validation_failed',
    code: 'validation_failed',
    status: 422,
    detail: expect.stringMatching(/[가-힣]/),
  })
  expect(json.errors.map(({ path }: { path: string }) => path)).toEqual(['body.name', 'body.species'])
  expect(json.errors[0].message).toMatch(/[가-힣]/)
})

it('logs the code of a problem and the names of the fields, and nothing that was sent', async () => {
  const person = await signUp()
  const log = vi.spyOn(console, 'log')
  try {
    await person.post('/pets', { name: '', species: 'dragon', 'at 37.5443': 1 })
    await person.get('/walks/00000000-0000-4000-8000-000000000000')
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>)
    expect(lines.map(({ status, code }) => [status, code])).toEqual([
      [422, 'validation_failed'],
      [404, 'walk_not_found'],
    ])
    expect(lines[0]?.['fields']).toEqual(expect.arrayContaining(['body.name', 'body.species']))
    expect(lines[1]).not.toHaveProperty('fields')
    expect(JSON.stringify(lines)).not.toMatch(/dragon|37\.5443/)
  } finally {
    log.mockRestore()
  }
})

it('asks who it is before it looks at the body', async () => {
  expect(await createApi().post('/pets', { name: 1 })).toMatchObject({ status: 401, json: { code: 'unauthenticated' } })
})

it.each([
  ['GET', '/nowhere', 404, 'not_found'],
  ['GET', '/walks/00000000-0000-4000-8000-000000000000/nowhere', 404, 'not_found'],
  ['PUT', '/health', 405, 'method_not_allowed'],
  ['DELETE', '/pets', 405, 'method_not_allowed'],
  ['POST', '/openapi.json', 405, 'method_not_allowed'],
])('%s %s is %i %s', async (method, path, status, code) => {
  const answer = await createApi().request(method, path)
  expect(answer).toMatchObject({ status, json: { code } })
  if (status === 405) expect(answer.headers.get('Allow')).toMatch(/GET|POST/)
})

describe('a body', () => {
  const gzip = async (text: string) => new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
  const jsonType = { 'Content-Type': 'application/json' }

  it.each([
    ['that is not JSON', '{"name":', jsonType, 400],
    ['of another type', 'name=x', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
    ['in an encoding nobody knows', '{}', { ...jsonType, 'Content-Encoding': 'br' }, 415],
    ['that claims to be gzip', '{}', { ...jsonType, 'Content-Encoding': 'gzip' }, 400],
    ['over the limit', JSON.stringify({ name: 'x'.repeat(2_200_000) }), jsonType, 413],
    ['nested ten thousand deep', '['.repeat(10_000) + ']'.repeat(10_000), jsonType, 422],
  ])('%s is a clear problem', async (_, raw, headers, status) => {
    const answer = await (await signUp()).post('/pets', undefined, { raw, headers })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('Content-Type')).toBe(PROBLEM)
  })

  it('that says it is over the limit is not even read', async () => {
    const headers = { ...jsonType, 'Content-Length': '3000000' }
    expect((await (await signUp()).post('/pets', undefined, { raw: '{}', headers })).status).toBe(413)
  })

  it('that inflates beyond the limit is cut off', async () => {
    const raw = await gzip(`{"name":"${'0'.repeat(50_000_000)}"}`)
    expect(raw.byteLength).toBeLessThan(100_000)
    expect((await (await signUp()).post('/pets', undefined, { raw, headers: { ...jsonType, 'Content-Encoding': 'gzip' } })).status).toBe(
      413,
    )
  })
})

it('says nothing of its insides when it fails', async () => {
  const broken = (await signUp()).with({ cache: undefined as never, kakaoLocal: undefined as never })
  const { status, text } = await broken.put('/users/me/location', { lat: 37.5, lng: 127 })
  expect(status).toBe(500)
  expect(text).not.toMatch(/undefined|TypeError|\.ts|SELECT/)
})

it('gives every answer a request id, and takes a client’s own', async () => {
  const { headers } = await createApi().get('/health', { headers: { 'X-Request-Id': 'abc-123' } })
  expect(headers.get('X-Request-Id')).toBe('abc-123')
})

it('refuses text that Postgres cannot hold, and never fails on it', async () => {
  const owner = await signUp()
  // Not in the test's name: half an emoji breaks the reporter's socket.
  for (const name of ['초\u0000코', '초\ud800코']) expect((await owner.post('/pets', { name, species: 'dog' })).status).toBe(422)
})
