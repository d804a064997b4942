import { COMPONENTS, type JsonSchema, mapValues } from './schemas.ts'

export type Components = Record<string, JsonSchema>

/**
 * An example of a schema: its own, or one made of the examples of its parts. A field without one has that of its name, and otherwise one of its type. A field
 * that may be null shows its value.
 */
export function exampleOf(schema: JsonSchema, components: Components, name = ''): unknown {
  const own = schema['example'] ?? schema['const']
  if (own !== undefined) return own
  if (schema.$ref) return exampleOf(components[schema.$ref.slice(COMPONENTS.length)] ?? {}, components, name)
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, components, name)))
  if (schema.properties) return mapValues(schema.properties, (property, key) => exampleOf(property, components, key))
  const [choice] = schema.anyOf ?? schema.oneOf ?? []
  if (choice) return exampleOf(choice, components, name)
  if (schema.items) {
    const items = schema.prefixItems ?? [schema.items]
    const [named] = [BY_NAME[name]].flat()
    const count = schema.prefixItems ? 1 : Math.max(1, Number(schema['minItems'] ?? 1))
    return items.flatMap((item) => Array.from({ length: count }, () => named ?? exampleOf(item, components, name)))
  }
  return scalarOf(schema, name)
}

function scalarOf(schema: JsonSchema, name: string): unknown {
  if (Array.isArray(schema['enum'])) return schema['enum'][0]
  const [type] = [schema.type].flat()
  const named = BY_NAME[name]
  if (named !== undefined && fits(named, schema)) return named
  switch (type) {
    case 'integer':
    case 'number':
      return Math.max(1, Number(schema['minimum'] ?? 1))
    case 'boolean':
      return true
    case 'object':
      return {}
    case 'string':
      return BY_FORMAT[String(schema['format'])] ?? '초코'
    default:
      return null
  }
}

function fits(value: unknown, schema: JsonSchema): boolean {
  const types = [schema.type].flat()
  if (typeof value === 'number') return types.includes('number') || (types.includes('integer') && Number.isInteger(value))
  return types.includes(typeof value as string)
}

const AT = '2026-11-29T08:30:00.000Z'

const BY_FORMAT: Readonly<Record<string, unknown>> = {
  uuid: '0f8b6f3e-6a3d-4c1e-9b6a-2f1d7c5e8a40',
  'date-time': AT,
  date: '2026-11-29',
  uri: 'https://api.example.com/s/3q2-7w',
}

/** Fields of one name mean one thing everywhere, so their examples stand here once. */
const BY_NAME: Readonly<Record<string, unknown>> = {
}
