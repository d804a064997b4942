import { DAY_MS, fromSeoulDate, seoulDate } from '../../core/time.ts'
import { EXAMPLES, FORMATS, type Named } from './example-values.ts'
import { COMPONENTS, type JsonSchema, mapValues } from './schemas.ts'

export type Components = Record<string, JsonSchema>

/**
 * An example of a schema: its own, or one made of the examples of its parts. A field without one has that of its name, and otherwise one of its type. A field
 * that may be null shows its value. `owner` is the component that the field is in.
 */
export function exampleOf(schema: JsonSchema, components: Components, name = '', owner = ''): unknown {
  const own = schema['example'] ?? schema['const']
  if (own !== undefined) return own
  const named = namedExample(name, owner)
  if (named !== undefined && fits(named, schema, components)) return named
  if (schema.$ref) {
    const component = schema.$ref.slice(COMPONENTS.length)
    return exampleOf(components[component] ?? {}, components, name, component)
  }
  if (schema.properties) return mapValues(schema.properties, (property, key) => exampleOf(property, components, key, owner))
  const [choice] = schema.anyOf ?? schema.oneOf ?? []
  if (choice) return exampleOf(choice, components, name, owner)
  if (schema.items) return exampleOfList(schema, components, name, owner)
  return exampleOfType(schema)
}

function exampleOfList(
  { prefixItems, items = {}, minItems = 1 }: JsonSchema,
  components: Components,
  name: string,
  owner: string,
): unknown[] {
  const members = prefixItems ?? Array.from({ length: Number(minItems) }, () => items)
  return members.map((member) => exampleOf(member, components, name, owner))
}

function exampleOfType(schema: JsonSchema): unknown {
  if (Array.isArray(schema['enum'])) return schema['enum'][0]
  switch ([schema.type].flat()[0]) {
    case 'integer':
    case 'number':
      return Math.max(1, Number(schema['minimum'] ?? 1))
    case 'boolean':
      return false
    case 'string':
      return FORMATS[String(schema['format'])] ?? 'text'
    case 'null':
      return null
    default:
      return {}
  }
}

/** The example of a field of that name in that component, or else in any. */
function namedExample(name: string, owner: string): unknown {
  const family = Object.keys(EXAMPLES).find((prefix) => prefix !== '' && owner.startsWith(prefix) && name in EXAMPLES[prefix]!)
  const values: Named = EXAMPLES[family ?? ''] ?? {}
  return values[name]
}

function fits(value: unknown, schema: JsonSchema, components: Components): boolean {
  const { $ref, anyOf, enum: words } = schema
  if ($ref) return fits(value, components[$ref.slice(COMPONENTS.length)] ?? {}, components)
  if (anyOf) return anyOf.some((one) => fits(value, one, components))
  if (Array.isArray(words)) return words.includes(value)
  const types = [schema.type].flat()
  if (schema.type === undefined) return schema.properties === undefined
  if (value === null) return types.includes('null')
  if (Array.isArray(value)) return types.includes('array') && value.every((item) => fits(item, schema.items ?? {}, components))
  if (typeof value === 'number') return types.includes('number') || (types.includes('integer') && Number.isInteger(value))
  const has = (key: string) => typeof value === 'object' && key in (value as object)
  return types.includes(typeof value) && (schema.required ?? []).every(has)
}

/** The day in Seoul of which examples are written, and how far from it their times lie at most. */
const WRITTEN_ON = '2026-11-29'
const WRITTEN_WITHIN_MS = 3 * DAY_MS
const INSTANT = /^\d{4}-\d\d-\d\dT/

/** A replacer of `JSON.stringify` that moves the times of examples, so that their day is yesterday and the server takes them whenever they are sent. */
export function examplesOf(now: Date): (key: string, value: unknown) => unknown {
  const written = fromSeoulDate(WRITTEN_ON).getTime()
  const by = fromSeoulDate(seoulDate(now)).getTime() - DAY_MS - written
  const isExample = (at: number) => Math.abs(at - written) < WRITTEN_WITHIN_MS
  return (_, value) => {
    if (typeof value === 'number') return isExample(value) ? value + by : value
    if (typeof value !== 'string' || !INSTANT.test(value) || !isExample(Date.parse(value))) return value
    // Whole days, so the time of day and the offset stay as they are written.
    return new Date(Date.parse(value.slice(0, 10)) + by).toISOString().slice(0, 10) + value.slice(10)
  }
}
