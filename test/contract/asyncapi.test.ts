import { expect, it } from 'vitest'
import { createApi } from '../support/api.ts'
import { heard, parseMessage, said, serverMessageSchema } from '../../src/modules/rooms/protocol.ts'

interface Message {
  name: string
  title?: string
  description?: string
  payload: { $ref: string }
  examples: { payload: unknown }[]
}

const api = createApi()
const { json: document, headers } = await api.get('/asyncapi.json')
const messages: Record<string, Message> = document.components.messages

it('is served beside the OpenAPI document', () => {
  expect(headers.get('Content-Type')).toContain('application/json')
  expect(document.asyncapi).toBe('3.0.0')
})

it('names every message of both directions, with words, a schema and examples', () => {
  const names = (action: string) =>
    Object.values<{ action: string; messages: { $ref: string }[] }>(document.operations)
      .filter((operation) => operation.action === action)
      .flatMap((operation) => operation.messages.map(({ $ref }) => messages[$ref.split('/').at(-1)!]!.name))
  expect(names('receive')).toEqual(Object.keys(said))
  expect(names('send')).toEqual(Object.keys(heard))
  for (const { title, description, payload, examples } of Object.values(messages)) {
    expect([title, description]).toEqual([expect.any(String), expect.any(String)])
    expect(document.components.schemas[payload.$ref.split('/').at(-1)!]).toBeDefined()
    expect(examples.length).toBeGreaterThan(0)
  }
})

it('every example is a message that the room takes or sends', () => {
  for (const [key, { name, examples }] of Object.entries(messages)) {
    for (const { payload } of examples) {
      if (key.startsWith('Say')) expect(parseMessage(JSON.stringify(payload))).toMatchObject({ type: name })
      else expect(serverMessageSchema.parse(payload)).toEqual(payload)
    }
  }
})

it('every reference leads somewhere', () => {
  for (const [, reference = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g))
    expect(
      reference.split('/').reduce<any>((at, key) => at?.[key], document),
      reference,
    ).toBeDefined()
})

it('is what was agreed on (`npm test -- -u` after a change that is meant)', async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('./asyncapi.snapshot.json')
})
