import { validate } from '@hyperjump/json-schema/openapi-3-1'
import { expect, it } from 'vitest'
import { unauthenticated } from '../../src/core/actor.ts'
import { createApi } from '../support/api.ts'
import { type Operation, readDocument } from '../support/document.ts'

/** The documents themselves and their pages, and what only vendors call. */
const UNDOCUMENTED = [
  'GET /',
  'GET /admin',
  'GET /admin/assets/{file}',
  'GET /admin/login',
  'GET /asyncapi.json',
  'GET /docs',
  'GET /docs/favicon-32x32.png',
  'GET /docs/live',
  'GET /docs/live.css',
  'GET /docs/live.js',
  'GET /docs/start.js',
  'GET /docs/swagger-ui-bundle.js',
  'GET /docs/swagger-ui.css',
  'GET /openapi.json',
  'GET /auth/kakao/unlink',
  'POST /auth/apple/notifications',
  'POST /auth/kakao/unlink',
  'POST /payments/webhook/apple',
  'POST /payments/webhook/google',
  'POST /payments/webhook/toss',
]

/** Examples move with the day, so the snapshot has one of its own. */
const api = createApi({ deps: { now: () => new Date('2026-11-30T03:00:00Z') } })
const { document, operations, answerOf } = await readDocument(api)

/** Where those operations stand that break a rule. */
function breaking(rule: (operation: Operation) => boolean): string[] {
  return operations.filter((operation) => !rule(operation)).map(({ at }) => at)
}

/** Keys in alphabetical order, so that moving a route moves nothing in the snapshot. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]))
}

it('the document is OpenAPI 3.1', async () => {
  const result = await validate('https://spec.openapis.org/oas/3.1/schema-base', document as never, 'BASIC')
  const broken = result.valid ? [] : (result.errors ?? [])
  expect(broken.map(({ instanceLocation, absoluteKeywordLocation }) => `${instanceLocation} breaks ${absoluteKeywordLocation}`)).toEqual([])
  expect(result.valid).toBe(true)
})

it('every reference leads to a component', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '')
  const { components } = document
  const known = Object.entries(components).flatMap(([kind, items]) => Object.keys(items).map((name) => `#/components/${kind}/${name}`))
  expect([...new Set(references)].filter((reference) => !known.includes(reference))).toEqual([])
})

it('every parameter of a query says what it is', () => {
  const vague = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods as Record<string, { parameters?: { in: string; name: string; description?: string }[] }>).flatMap(
      ({ parameters = [] }) =>
        parameters.filter((it) => it.in === 'query' && /^$|^The id of the/.test(it.description ?? '')).map(({ name }) => `${path} ${name}`),
    ),
  )
  expect(vague).toEqual([])
})

it('every operation has an id of its own, a summary, a description and a tag', () => {
  const isNamed = ({ operationId, summary, description, tags }: Operation) =>
    Boolean(operationId && summary && description && tags.length === 1)
  expect(breaking(isNamed)).toEqual([])
  const ids = operations.map(({ operationId }) => operationId)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})

it('every operation says what it answers when all is well: with a schema, or with nothing', () => {
  const hasAnswer = ({ responses }: Operation) => {
    const good = Object.entries(responses).filter(([status]) => status.startsWith('2') || status === '101')
    const isSaid = ([status, { content }]: (typeof good)[number]) =>
      status === '204' || status === '101' ? !content : Object.values(content ?? {}).some(({ schema }) => schema)
    return good.length > 0 && good.every(isSaid)
  }
  expect(breaking(hasAnswer)).toEqual([])
})

it('an operation documents that one must sign in exactly where it is guarded', () => {
  const saysSo = ({ responses }: Operation) =>
    responses['401'] !== undefined && answerOf(responses['401']).description.includes(`\`${unauthenticated.definition.code}\``)
  expect(breaking((operation) => saysSo(operation) === Boolean(operation.security?.length))).toEqual([])
})

it('what the app routes is what the document says', () => {
  const routed = api.app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`)
  expect([...new Set(routed)].toSorted()).toEqual([...operations.map(({ at }) => at), ...UNDOCUMENTED].toSorted())
})

it('the API is the one that was agreed on (`npm test -- -u` after a change that is meant)', async () => {
  await expect(`${JSON.stringify(sortKeys(document), null, 2)}\n`).toMatchFileSnapshot('./openapi.snapshot.json')
})
