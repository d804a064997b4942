import { expect, it } from 'vitest'
import { sha256Hex } from '../../src/core/hash.ts'

const texts = import.meta.glob(['../../client/src/generated/*.ts', '../contract/*.snapshot.json'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

it.each([
  ['api', 'openapi'],
  ['room', 'asyncapi'],
])('the client’s types of %s.ts are made from today’s document (`npm run client` makes them again)', async (types, document) => {
  const made = /sha256 (\w+)/.exec(texts[`../../client/src/generated/${types}.ts`] ?? '')?.[1]
  expect(made).toBe(await sha256Hex(texts[`../contract/${document}.snapshot.json`] ?? ''))
})
