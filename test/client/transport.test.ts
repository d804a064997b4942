import { describe, expect, it } from 'vitest'
import { ApiProblem, Unreachable } from '../../client/src/index.ts'
import { signUp } from '../support/login.ts'
import { createPhone, type Network } from '../support/phone.ts'
import { makePhoto } from '../support/photos.ts'

const PET = { name: '초코', species: 'dog', weight_kg: 5 } as const

const problem = (status: number, headers: Record<string, string> = {}) =>
  new Response(
    JSON.stringify({ type: '/problems/x', title: 'x', status, detail: '잠시 후', code: 'temporarily_unavailable', request_id: '1' }),
    {
      status,
      headers: { 'Content-Type': 'application/problem+json', ...headers },
    },
  )

/** Fails the first requests in these ways, and lets the rest pass. */
const failing = (...ways: Network[]): Network => {
  const left = [...ways]
  return (sent, pass) => (left.shift() ?? ((_, go) => go()))(sent, pass)
}
const lost: Network = async (_, pass) => {
  await pass()
  throw new TypeError('Network request failed')
}

describe('a call', () => {
  it('that creates makes one thing, although its answer was lost twice', async () => {
    const phone = createPhone((await signUp()).user)
    phone.network = failing(lost, lost)
    const pet = await phone.client.post('/pets', { body: PET })
    expect(phone.sentTo('/pets')).toHaveLength(3)
    expect((await phone.client.get('/pets')).items.map(({ id }) => id)).toEqual([pet.id])
    await phone.client.post('/pets', { body: PET })
    expect((await phone.client.get('/pets')).items).toHaveLength(2)
  })

  it('waits as long as the server wants, in seconds or until a date', async () => {
    const phone = createPhone((await signUp()).user)
    const inTwo = new Date(Date.now() + 2_000).toUTCString()
    for (const [status, after, ms] of [
      [503, '1', 1_000],
      [429, inTwo, 0],
    ] as const) {
      const began = performance.now()
      phone.network = failing(async () => problem(status, { 'Retry-After': after }))
      await phone.client.get('/users/me')
      expect(performance.now() - began).toBeGreaterThanOrEqual(ms)
    }
    expect(phone.sent).toHaveLength(4)
    phone.network = failing(async () => problem(503, { 'Retry-After': '3600' }))
    await expect(phone.client.get('/users/me')).rejects.toMatchObject({ status: 503, retryAfterMs: 3_600_000 })
  })

  it.each<[string, Network]>([
    ['a portal’s page', async () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } })],
    ['a proxy’s refusal', async () => new Response('no', { status: 403 })],
    ['half an answer', async () => new Response('{"items": [', { headers: { 'Content-Type': 'application/json' } })],
    ['a silent server', () => new Promise(() => {})],
  ])('takes %s for no answer, and asks again', async (_, way) => {
    const phone = createPhone((await signUp()).user, { timeoutMs: 2_000 })
    phone.network = failing(way)
    expect((await phone.client.get('/pets')).items).toEqual([])
    phone.network = way
    await expect(phone.client.get('/pets', { retries: 0 })).rejects.toBeInstanceOf(Unreachable)
  })

  it('ends when the caller gives up, and is not sent again', async () => {
    const phone = createPhone((await signUp()).user)
    const ending = new AbortController()
    phone.network = async () => {
      ending.abort()
      throw new TypeError('Network request failed')
    }
    await expect(phone.client.get('/pets', { signal: ending.signal })).rejects.toBeInstanceOf(Error)
    expect(phone.sent).toHaveLength(1)
  })

  it('throws the problem that the API answers, and asks no second time', async () => {
    const phone = createPhone((await signUp()).user)
    const id = crypto.randomUUID()
    const error = await phone.client.get('/pets/{id}', { path: { id } }).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(ApiProblem)
    expect(error).toMatchObject({ code: 'pet_not_found', status: 404, detail: expect.stringMatching(/[가-힣]/), isPassing: false })
    expect(phone.sent.map(({ path }) => path)).toEqual([`/pets/${id}`])
    await expect(phone.client.get('/users/nickname-check', { query: { nickname: '초코 & 보리?' } })).resolves.toBeDefined()
    expect(await phone.client.get('/walks/active')).toBeUndefined()
  })

  it.each([
    ['ios', ['ios_iap']],
    ['android', ['google_play']],
    [undefined, ['toss']],
  ] as const)('from the build %s is offered the ways to pay of that build', async (channel, methods) => {
    const phone = createPhone((await signUp()).user, channel && { channel })
    expect((await phone.client.get('/subscription/plans')).methods).toEqual(methods)
  })

  it('uploads a picture with its fields', async () => {
    const person = await signUp()
    const phone = createPhone(person.user)
    const pet = await phone.client.post('/pets', { body: PET })
    phone.network = failing(lost)
    const file = new Blob([await makePhoto()], { type: 'image/jpeg' })
    const { photo_url } = await phone.client.upload('/upload/pet-profile/{pet_id}', { path: { pet_id: pet.id }, file })
    expect(phone.client.urlOf(photo_url)).toBe(`http://api.test${photo_url}`)
    expect((await phone.client.get('/pets/{id}', { path: { id: pet.id } })).photo_url).toBe(photo_url)
  })
})
