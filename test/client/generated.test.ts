import { expect, it } from 'vitest'
import { sha256Hex } from '../../src/core/hash.ts'
import api from '../../client/src/generated/api.ts?raw'
import room from '../../client/src/generated/room.ts?raw'
import asyncapi from '../contract/asyncapi.snapshot.json?raw'
import openapi from '../contract/openapi.snapshot.json?raw'

it.each([
  ['the API', api, openapi],
  ['the live rooms', room, asyncapi],
])('the client’s types of %s are made from today’s document (`npm run client` makes them again)', async (_, types, document) => {
  expect(/sha256 (\w+)/.exec(types)?.[1]).toBe(await sha256Hex(document))
})
