import { z } from 'zod'

/** A JSON Schema of draft 2020-12, which is what OpenAPI 3.1 takes. */
export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  prefixItems?: JsonSchema[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  additionalProperties?: JsonSchema | boolean
  [keyword: string]: unknown
}

export const COMPONENTS = '#/components/schemas/'

/** What clients send (`input`, and in paths, queries and headers `parameters`) and what they get (`output`) differ: a field with a default may be left out of a request, and is always in an answer. */
type Direction = 'input' | 'output' | 'parameters'

/**
 * Turns many schemas into JSON Schema in one go, which is much faster than one by one. A schema with an `id` becomes a component, made of itself alone. A use of it
 * that may be null is `anyOf` of the reference and null, so no use changes the component.
 */
export function toJsonSchemas(
  roots: readonly z.ZodType[],
  io: Direction,
): { readonly schemas: JsonSchema[]; readonly components: Record<string, JsonSchema> } {
  const all = z.object(Object.fromEntries(roots.map((root, i) => [`root${i}`, root])))
  const { $defs = {}, properties = {} } = z.toJSONSchema(all, {
    io: io === 'output' ? 'output' : 'input',
    unrepresentable: 'any',
    override: mend,
  }) as JsonSchema & {
    $defs?: Record<string, JsonSchema>
  }
  const components = Object.fromEntries(
    Object.entries($defs).map(([id, schema]) => {
      const { id: _, ...rest } = schema
      return [id, tidy(rest, $defs, io)]
    }),
  )
  return { schemas: roots.map((_, i) => tidy(properties[`root${i}`] ?? {}, $defs, io)), components }
}

/** Takes back what zod writes that other engines read otherwise. */
function mend({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  // A pattern in a JSON Schema has no flags, so one that needs them would match something else. A format says more than its pattern.
  const checks = (zodSchema._zod.def.checks ?? []).map(({ _zod }) => _zod.def as { pattern?: RegExp })
  if (jsonSchema.format !== undefined || checks.some(({ pattern }) => pattern && pattern.flags !== '')) {
    delete jsonSchema.pattern
    delete jsonSchema.allOf
  }
  // An answer may get further members, and a client must not refuse it for that. A strict object says so itself.
  if (zodSchema._zod.def.type === 'object' && zodSchema._zod.def.catchall?._zod.def.type !== 'never') delete jsonSchema.additionalProperties
  // The bounds of every integer of JavaScript.
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}

type Definitions = Readonly<Record<string, JsonSchema>>

/** Writes each part as every generator reads it. */
function tidy(schema: JsonSchema, definitions: Definitions, io: Direction): JsonSchema {
  const each = (part: JsonSchema) => tidy(part, definitions, io)
  const { $ref, properties, items, prefixItems, anyOf, oneOf, allOf, additionalProperties, ...rest } = schema
  const result: JsonSchema = {
    ...($ref !== undefined && { $ref: $ref.replace('#/$defs/', COMPONENTS) }),
    ...rest,
    ...(properties && { properties: mapValues(properties, (one) => (io === 'input' ? withoutDefault(each(one)) : each(one))) }),
    ...(items && { items: each(items) }),
    ...(prefixItems && { prefixItems: prefixItems.map(each) }),
    ...(anyOf && { anyOf: anyOf.map(each) }),
    ...(oneOf && { oneOf: oneOf.map(each) }),
    ...(allOf && { allOf: allOf.map(each) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: typeof additionalProperties === 'object' ? each(additionalProperties) : additionalProperties,
    }),
  }
  return nullAsType(pairAsItems(recordAsObject(result, definitions)))
}

/** `type: [string, null]` instead of `anyOf: [{type: string}, {type: null}]`, where nothing else would be said of the null. */
function nullAsType(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema
  const [some, none, ...more] = anyOf ?? []
  if (!some || none?.type !== 'null' || more.length > 0 || Object.keys(none).length > 1) return schema
  if (typeof some.type !== 'string' || 'enum' in some || 'const' in some || some.type === 'object') return schema
  return { ...some, ...rest, type: [some.type, 'null'] }
}

/** A tuple whose members are all alike is a list of fixed length, for generators that know no tuples. */
function pairAsItems(schema: JsonSchema): JsonSchema {
  const { prefixItems, ...rest } = schema
  if (!prefixItems) return schema
  const kinds = new Set(prefixItems.map(({ type }) => JSON.stringify(type)))
  const [first] = prefixItems
  const length = { minItems: prefixItems.length, maxItems: prefixItems.length }
  if (kinds.size > 1 || first?.type === undefined) return { ...rest, prefixItems, items: { anyOf: prefixItems }, ...length }
  return { ...rest, items: { type: first.type }, ...length }
}

/** A record with known keys has them as properties, which generators give a type each. */
function recordAsObject(schema: JsonSchema, definitions: Definitions): JsonSchema {
  const { propertyNames, additionalProperties, ...rest } = schema as JsonSchema & { propertyNames?: JsonSchema }
  if (propertyNames === undefined) return schema
  const keys = definitions[propertyNames.$ref?.replace('#/$defs/', '') ?? '']?.['enum'] ?? propertyNames['enum']
  if (!Array.isArray(keys) || typeof additionalProperties !== 'object')
    return { ...rest, additionalProperties: additionalProperties ?? true }
  return { ...rest, properties: Object.fromEntries(keys.map((key) => [key, additionalProperties])) }
}

/** Generators take a property with a default for one that is always there, so a request says its default in words. */
function withoutDefault(schema: JsonSchema): JsonSchema {
  const { default: value, description, ...rest } = schema
  if (value === undefined) return schema
  return { ...rest, description: [description, `\`${JSON.stringify(value)}\` when it is left out`].filter(Boolean).join('. ') }
}

export const mapValues = <T, U>(of: Readonly<Record<string, T>>, map: (value: T, key: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, map(value, key)]))
