import { expect, it } from 'vitest'
import { sha256Hex } from '../../src/core/hash.ts'
import { createKeyedIds, identifyCreation } from '../../src/core/idempotency.ts'

const keyedIds = createKeyedIds('a secret that is long enough to sign')
const request = {
  user_id: crypto.randomUUID(),
  route: 'POST /pets',
  idempotency_key: 'key-1',
  body: { name: '초코' } as { id?: string; name: string },
}
const idOf = async (more: object = {}, ids = keyedIds) => (await identifyCreation({ keyedIds: ids }, { ...request, ...more })).id

it('an id follows from the key, the user and the route, and from nothing else of the request', async () => {
  const id = await idOf()
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(await idOf({ body: { name: '보리' } })).toBe(id)
  const others = [{ user_id: crypto.randomUUID() }, { route: 'POST /walks' }, { idempotency_key: 'key-2' }, { idempotency_key: undefined }]
  for (const other of others) expect(await idOf(other)).not.toBe(id)
  // The parts cannot be cut elsewhere.
  expect(await idOf({ route: 'POST /pets\nkey', idempotency_key: '1' })).not.toBe(
    await idOf({ route: 'POST /pets', idempotency_key: 'key\n1' }),
  )
})

it('nobody can predict it who does not know the secret', async () => {
  const { user_id, route, idempotency_key } = request
  const id = await idOf()
  expect(await idOf({}, createKeyedIds('another secret that is long enough to sign'))).not.toBe(id)
  const plain = await Promise.all(
    [`${user_id}\n${route}\n${idempotency_key}`, JSON.stringify([user_id, route, idempotency_key])].map((text) => sha256Hex(text)),
  )
  for (const hash of plain) expect(id.slice(0, 8)).not.toBe(hash.slice(0, 8))
})

it("the client's own id comes before the key, and is no part of the hash", async () => {
  const id = crypto.randomUUID()
  const own = await identifyCreation({ keyedIds }, { ...request, body: { ...request.body, id } })
  expect(own.id).toBe(id)
  expect(own.request_hash).toBe((await identifyCreation({ keyedIds }, request)).request_hash)
})
