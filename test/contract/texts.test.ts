import { z } from 'zod'
import { expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { syncWalkSchema } from '../../src/modules/walks/schema.ts'

/** Text in a body that nobody but the program reads, and that may therefore hold anything. */
const UNREAD = [
  'PATCH /meetups/{id} recurrence_rule', // has a grammar
  'POST /admin/jobs job', // compared with the names of tasks
  'POST /auth/apple nonce', // hashed
  'POST /auth/kakao nonce', // compared
  'POST /auth/logout push_token', // compared
  'POST /auth/refresh refresh_token', // compared
  'POST /meetups recurrence_rule', // has a grammar
  'POST /payments/confirm payment_key', // compared
  'POST /payments/orders product', // compared
  'POST /payments/refunds order_id', // compared
  'POST /push-tokens device_id', // compared
  'POST /takedowns url', // compared with addresses of this service
  'POST /users/me/consents version', // compared
]

/** Each is unseen, or changes how other text is seen. All have letters besides, so that no rule about emptiness hides the fault. */
const HOSTILE = [
  '초\u0007코',
  '초코\u202egpj',
  '\u2066초코',
  '초\u3164코',
  '초\u200d코',
  '초\ue000코',
  '초\u{e0041}코',
  'a\u0301\u0302\u0303\u0304\u0305\u0306',
]

/** Every string that a body may hold, with the path at which it stands. */
function stringsOf(schema: unknown, path: string[] = []): [path: string, schema: z.ZodType][] {
  const inner = (one: unknown, key?: string) => stringsOf(one, key === undefined ? path : [...path, key])
  if (schema instanceof z.ZodObject) return Object.entries(schema.shape).flatMap(([key, field]) => inner(field, key))
  if (schema instanceof z.ZodArray) return inner(schema.element)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => inner(option))
  if (schema instanceof z.ZodTuple) return schema.def.items.flatMap((item) => inner(item))
  if (schema instanceof z.ZodRecord) return [...inner(schema.keyType), ...inner(schema.valueType)]
  if (schema instanceof z.ZodPipe) return [...inner(schema.in), ...inner(schema.out)]
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) return inner(schema.unwrap())
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat || schema instanceof z.ZodUnknown)
    return [[path.join('.'), schema as z.ZodType]]
  if (ATOMS.some((atom) => schema instanceof atom)) return []
  throw new Error(`${path.join('.')} is a schema that this test does not know`)
}
/** The custom ones are lists of numbers and times. */
const ATOMS = [z.ZodCustom, z.ZodNumber, z.ZodBoolean, z.ZodEnum, z.ZodLiteral, z.ZodNull, z.ZodTransform]

it('every text of a body that others may see refuses what is not seen', () => {
  const strings = createApp().openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return []
    const { method, path, request } = definition.route
    const content = request?.body?.content['application/json']
    const schema = content && 'schema' in content ? content.schema : undefined
    if (!schema) return []
    const name = `${method.toUpperCase()} ${path}`
    // The walks of a sync are parsed one by one, so its own schema leaves them open.
    const parts = name === 'POST /walks/sync' ? [syncWalkSchema] : [schema]
    return parts.flatMap((part) => stringsOf(part)).map(([at, one]) => [`${name} ${at}`.trim(), one] as const)
  })
  expect(strings.length).toBeGreaterThan(40)
  const open = strings.filter(([, schema]) => !(schema instanceof z.ZodUnknown) && HOSTILE.some((text) => schema.safeParse(text).success))
  expect([...new Set(open.map(([name]) => name))].toSorted()).toEqual(UNREAD)
  // What is taken as anything whatever is thrown away.
  expect([...new Set(strings.filter(([, schema]) => schema instanceof z.ZodUnknown).map(([name]) => name))]).toEqual([
    'POST /auth/apple full_name',
  ])
})
