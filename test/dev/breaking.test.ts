import { describe, expect, it } from 'vitest'
import accepted from '../../dev/contract/accepted-breaks.json'
import baseline from '../../dev/contract/baseline.json'
import { breaksBetween, type Contract, wireShape } from '../../dev/contract/breaking.ts'
import served from '../contract/openapi.snapshot.json'

const SCHEMAS = {
  Color: { type: 'string', enum: ['red', 'blue'] },
  NewThing: {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', maxLength: 10 },
      size: { type: ['number', 'null'] },
      color: { $ref: '#/components/schemas/Color' },
    },
    anyOf: [{ required: ['size'] }, { required: ['color'] }],
  },
  Thing: {
    type: 'object',
    required: ['id', 'color'],
    properties: {
      id: { type: 'string' },
      color: { $ref: '#/components/schemas/Color' },
      tags: { type: 'array', items: { type: 'string' } },
    },
  },
}

const before: Contract = {
  paths: {
    '/things': {
      post: {
        operationId: 'createThing',
        parameters: [{ name: 'dry', in: 'query', schema: { type: 'boolean' } }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NewThing' } } } },
        responses: {
          '201': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          '404': { $ref: '#/components/responses/Missing' },
        },
      },
    },
  },
  components: { schemas: SCHEMAS, responses: { Missing: { content: { 'application/problem+json': { schema: { type: 'object' } } } } } },
}

/** The contract after a change of its copy. */
function changed(change: (contract: any) => void): string[] {
  const after = structuredClone(before)
  change(after)
  return breaksBetween(before, after)
}
const operation = (contract: any) => contract.paths['/things'].post
const schemas = (contract: any) => contract.components.schemas

it('apps that were built against the baseline can use what is served, but for what was accepted with a reason', () => {
  const breaks = breaksBetween(baseline as unknown as Contract, wireShape(served as unknown as Contract))
  expect(breaks.filter((one) => !(accepted as Record<string, string>)[one])).toEqual([])
})

it('a contract does not break itself, nor by words', () => {
  expect(breaksBetween(before, before)).toEqual([])
  expect(breaksBetween(before, wireShape(before))).toEqual([])
  const withWords = wireShape({
    ...before,
    paths: { '/things': { post: { ...operation(before), description: 'Makes a thing' } as never } },
  })
  expect(JSON.stringify(withWords)).not.toContain('Makes')
})

it('a member that is named as a keyword stays', () => {
  const schema = { type: 'object', properties: { title: { type: 'string' }, example: { type: 'string' } } }
  expect(wireShape({ paths: {}, components: { schemas: { Book: schema } } }).components?.schemas?.['Book']).toEqual(schema)
})

describe('what breaks an app', () => {
  it.each<[what: string, change: (contract: any) => void, told: string | RegExp]>([
    ['a path that is gone', (it) => delete it.paths['/things'], 'POST /things: is gone'],
    ['an operation that is gone', (it) => delete it.paths['/things'].post, 'POST /things: is gone'],
    ['another operationId', (it) => (operation(it).operationId = 'makeThing'), /operationId createThing is now makeThing/],
    ['a login that is needed now', (it) => (operation(it).security = [{ bearer: [] }]), /must sign in/],
    ['a parameter that is gone', (it) => (operation(it).parameters = []), 'POST /things query dry: is gone'],
    ['a parameter that is required now', (it) => (operation(it).parameters[0].required = true), /query dry: is required now/],
    [
      'a new parameter that is required',
      (it) => operation(it).parameters.push({ name: 'x', in: 'query', required: true }),
      /query x: is new and required/,
    ],
    ['a parameter of another type', (it) => (operation(it).parameters[0].schema.type = 'integer'), /no longer takes boolean/],
    ['a body that is required now', (it) => (operation(it).requestBody.required = true), /the body is required/],
    ['a media type that is gone', (it) => (operation(it).requestBody.content = {}), /application\/json is gone/],
    ['an answer that is gone', (it) => delete operation(it).responses['404'], /no longer answers 404/],
    ['a schema that is gone', (it) => delete schemas(it).Color, /schema Color: is gone/],
    ['a field that is required now', (it) => schemas(it).NewThing.required.push('size'), 'NewThing (request).size: is required now'],
    ['a new field that is required', (it) => schemas(it).NewThing.required.push('x'), 'NewThing (request).x: is required now'],
    ['a field that is no longer taken', (it) => delete schemas(it).NewThing.properties.size, 'NewThing (request).size: is gone'],
    ['null that is no longer taken', (it) => (schemas(it).NewThing.properties.size.type = 'number'), /no longer takes null/],
    ['a value that is no longer taken', (it) => schemas(it).Color.enum.pop(), 'Color (request): blue is gone'],
    ['a shorter text', (it) => (schemas(it).NewThing.properties.name.maxLength = 5), /maxLength is 5 now/],
    ['a least length', (it) => (schemas(it).NewThing.properties.name.minLength = 1), /minLength is 1 now/],
    ['a pattern', (it) => (schemas(it).NewThing.properties.name.pattern = '^a'), /pattern has changed/],
    ['a body that refuses unknown members', (it) => (schemas(it).NewThing.additionalProperties = false), /refuses unknown members/],
    ['a form that is no longer taken', (it) => schemas(it).NewThing.anyOf.pop(), /anyOf has 1 forms and had 2/],
    ['a form that needs more', (it) => schemas(it).NewThing.anyOf[0].required.push('color'), /\(1\)\.color: is required now/],
    ['a member that is gone', (it) => delete schemas(it).Thing.properties.tags, 'Thing (answer).tags: is gone'],
    ['a member that may be missing', (it) => schemas(it).Thing.required.pop(), 'Thing (answer).color: may be missing now'],
    [
      'a member that may be null',
      (it) => (schemas(it).Thing.properties.id.type = ['string', 'null']),
      'Thing (answer).id: may be null now',
    ],
    ['a member of another type', (it) => (schemas(it).Thing.properties.id = { type: 'integer' }), 'Thing (answer).id: may be integer now'],
    [
      'items of another type',
      (it) => (schemas(it).Thing.properties.tags.items.type = 'number'),
      'Thing (answer).tags[]: may be number now',
    ],
    [
      'a shared answer of another media type',
      (it) => (it.components.responses.Missing.content = {}),
      /404: application\/problem\+json is gone/,
    ],
  ])('%s', (_, change, told) => {
    const breaks = changed(change)
    expect(breaks).toContainEqual(typeof told === 'string' ? told : expect.stringMatching(told))
  })
})

describe('what breaks none', () => {
  it.each<[what: string, change: (contract: any) => void]>([
    ['a new path', (it) => (it.paths['/more'] = { get: {} })],
    ['a new answer', (it) => (operation(it).responses['409'] = {})],
    ['a new parameter', (it) => operation(it).parameters.push({ name: 'x', in: 'query', schema: { type: 'string' } })],
    ['a new field', (it) => (schemas(it).NewThing.properties.note = { type: 'string' })],
    ['a field that is no longer required', (it) => (schemas(it).NewThing.required = [])],
    ['a longer text', (it) => (schemas(it).NewThing.properties.name.maxLength = 20)],
    ['a new value', (it) => schemas(it).Color.enum.push('green')],
    ['a new member', (it) => (schemas(it).Thing.properties.note = { type: 'string' })],
    ['a member that is always there now', (it) => schemas(it).Thing.required.push('tags')],
    ['a further form', (it) => schemas(it).NewThing.anyOf.push({ required: ['note'] })],
  ])('%s', (_, change) => {
    expect(changed(change)).toEqual([])
  })
})
