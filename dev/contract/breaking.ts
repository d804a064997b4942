/** Compares two versions of the API's contract, as an app that was built against the first meets the second. */

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly additionalProperties?: Schema | boolean
  readonly [keyword: string]: unknown
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema?: Schema
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>
interface Answer {
  readonly $ref?: string
  readonly content?: Content
}

interface Operation {
  readonly operationId?: string
  readonly security?: readonly unknown[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required?: boolean; readonly content?: Content }
  readonly responses?: Readonly<Record<string, Answer>>
}

export interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>>; readonly responses?: Readonly<Record<string, Answer>> }
}

type Direction = 'request' | 'answer'

/** What of `before` no longer holds in `after`. Additions break nothing: clients ignore members and values that they do not know. */
export function breaksBetween(before: Contract, after: Contract): string[] {
  const found = new Set<string>()
  const compare = new Comparison(before, after, (place, what) => found.add(`${place}: ${what}`))
  for (const [path, item] of Object.entries(before.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const place = `${method.toUpperCase()} ${path}`
      const now = after.paths[path]?.[method]
      if (now) compare.operations(place, operation, now)
      else found.add(`${place}: is gone`)
    }
  }
  for (const name of Object.keys(before.components?.schemas ?? {})) {
    if (!after.components?.schemas?.[name]) found.add(`schema ${name}: is gone, and with it a type of generated clients`)
  }
  return [...found]
}

/** Bounds of a request that may only become wider. `-1` are those that may only fall. */
const BOUNDS: Readonly<Record<string, 1 | -1>> = {
  maxLength: 1,
  maximum: 1,
  maxItems: 1,
  minLength: -1,
  minimum: -1,
  minItems: -1,
}
const FIXED = ['pattern', 'format', 'multipleOf', 'const'] as const

class Comparison {
  private readonly before: Contract
  private readonly after: Contract
  private readonly report: (place: string, what: string) => void
  private readonly seen = new Set<string>()

  constructor(before: Contract, after: Contract, report: (place: string, what: string) => void) {
    this.before = before
    this.after = after
    this.report = report
  }

  operations(place: string, was: Operation, is: Operation): void {
    if (was.operationId !== is.operationId) this.report(place, `operationId ${was.operationId} is now ${is.operationId}`)
    if (!was.security?.length && is.security?.length) this.report(place, 'one must sign in now')
    this.parameters(place, was.parameters ?? [], is.parameters ?? [])
    if (is.requestBody?.required && !was.requestBody?.required) this.report(place, 'the body is required now')
    this.contents(`${place} body`, was.requestBody?.content ?? {}, is.requestBody?.content ?? {}, 'request')
    for (const [status, answer] of Object.entries(was.responses ?? {})) {
      const now = is.responses?.[status]
      if (!now) this.report(place, `no longer answers ${status}`)
      else this.contents(`${place} ${status}`, this.answer(this.before, answer), this.answer(this.after, now), 'answer')
    }
  }

  private answer({ components }: Contract, { $ref, content }: Answer): Content {
    return ($ref ? components?.responses?.[$ref.split('/').at(-1)!]?.content : content) ?? {}
  }

  private parameters(place: string, was: readonly Parameter[], is: readonly Parameter[]): void {
    const same = (one: Parameter) => (other: Parameter) => one.name === other.name && one.in === other.in
    for (const one of was) {
      const now = is.find(same(one))
      const at = `${place} ${one.in} ${one.name}`
      if (!now) this.report(at, 'is gone')
      else if (now.required && !one.required) this.report(at, 'is required now')
      if (now) this.schemas(at, one.schema ?? {}, now.schema ?? {}, 'request')
    }
    for (const one of is) {
      if (one.required && !was.some(same(one))) this.report(`${place} ${one.in} ${one.name}`, 'is new and required')
    }
  }

  private contents(place: string, was: Content, is: Content, to: Direction): void {
    for (const [type, { schema }] of Object.entries(was)) {
      const now = is[type]
      if (!now) this.report(place, `${type} is gone`)
      else this.schemas(place, schema ?? {}, now.schema ?? {}, to)
    }
  }

  private schemas(place: string, given: Schema, taken: Schema, to: Direction): void {
    if (given.$ref && taken.$ref) {
      // A component is told of by its own name, once for each direction.
      const name = given.$ref.split('/').at(-1)!
      if (given.$ref !== taken.$ref) this.report(place, `${name} is now ${taken.$ref.split('/').at(-1)}`)
      const pair = `${to} ${given.$ref} ${taken.$ref}`
      if (this.seen.has(pair)) return
      this.seen.add(pair)
      return this.schemas(`${name} (${to})`, this.resolve(this.before, given), this.resolve(this.after, taken), to)
    }
    const [was, wasNullable] = withoutNull(given)
    const [is, isNullable] = withoutNull(taken)
    if (to === 'request' && wasNullable && !isNullable) this.report(place, 'no longer takes null')
    if (to === 'answer' && isNullable && !wasNullable) this.report(place, 'may be null now')
    if (was !== given || is !== taken) return this.schemas(place, was, is, to)
    this.present(place, this.resolve(this.before, given), this.resolve(this.after, taken), to)
  }

  private present(place: string, was: Schema, is: Schema, to: Direction): void {
    this.types(place, was, is, to)
    this.values(place, was, is, to)
    this.properties(place, was, is, to)
    if (was.items && is.items) this.schemas(`${place}[]`, was.items, is.items, to)
    if (typeof was.additionalProperties === 'object' && typeof is.additionalProperties === 'object') {
      this.schemas(`${place}{}`, was.additionalProperties, is.additionalProperties, to)
    }
    for (const key of ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const) this.choices(place, was, is, key, to)
  }

  private resolve({ components }: Contract, schema: Schema): Schema {
    return schema.$ref ? (components?.schemas?.[schema.$ref.split('/').at(-1)!] ?? {}) : schema
  }

  /** A request may take more types than before, and an answer fewer. */
  private types(place: string, was: Schema, is: Schema, to: Direction): void {
    const before = typesOf(was)
    const after = typesOf(is)
    if (!before || !after) {
      if (before !== after && (to === 'request' ? after : before)) this.report(place, 'has another type')
      return
    }
    for (const type of to === 'request' ? before : after) {
      const others = to === 'request' ? after : before
      if (others.includes(type) || (type === 'integer' && others.includes('number'))) continue
      this.report(place, to === 'request' ? `no longer takes ${type}` : `may be ${type} now`)
    }
  }

  private values(place: string, was: Schema, is: Schema, to: Direction): void {
    for (const value of was.enum ?? []) if (is.enum && !is.enum.includes(value)) this.report(place, `${String(value)} is gone`)
    if (to === 'answer') {
      if (was.const !== is.const) this.report(place, 'const has changed')
      return
    }
    if (is.enum && !was.enum && was.const === undefined) this.report(place, 'takes only certain values now')
    for (const [bound, wider] of Object.entries(BOUNDS)) {
      const now = is[bound]
      const before = was[bound]
      if (typeof now === 'number' && (typeof before !== 'number' || wider * (now - before) < 0))
        this.report(place, `${bound} is ${now} now`)
    }
    for (const key of FIXED) if (is[key] !== undefined && is[key] !== was[key]) this.report(place, `${key} has changed`)
    if (is.additionalProperties === false && was.additionalProperties !== false) this.report(place, 'refuses unknown members now')
  }

  private properties(place: string, was: Schema, is: Schema, to: Direction): void {
    for (const [name, property] of Object.entries(was.properties ?? {})) {
      const now = is.properties?.[name]
      if (!now) this.report(`${place}.${name}`, 'is gone')
      else this.schemas(`${place}.${name}`, property, now, to)
    }
    const [least, most] = to === 'request' ? [was, is] : [is, was]
    for (const name of most.required ?? []) {
      if (least.required?.includes(name) || (to === 'answer' && !is.properties?.[name])) continue
      this.report(`${place}.${name}`, to === 'request' ? 'is required now' : 'may be missing now')
    }
  }

  private choices(place: string, was: Schema, is: Schema, key: 'anyOf' | 'oneOf' | 'allOf' | 'prefixItems', to: Direction): void {
    const before = was[key] ?? []
    const after = is[key] ?? []
    const isNarrower = key === 'anyOf' || key === 'oneOf' ? before.length > after.length : before.length < after.length
    const isWider = before.length !== after.length && !isNarrower
    if (to === 'request' ? isNarrower : isWider) this.report(place, `${key} has ${after.length} forms and had ${before.length}`)
    for (const [i, form] of before.entries()) if (after[i]) this.schemas(`${place}(${i + 1})`, form, after[i], to)
  }
}

/** A schema that takes null, however that is written, as the schema of what else it takes. */
function withoutNull(schema: Schema): [schema: Schema, isNullable: boolean] {
  const others = schema.anyOf?.filter(({ type }) => type !== 'null')
  if (others?.length === 1 && schema.anyOf?.length === 2) return [others[0]!, true]
  const { type } = schema
  if (!Array.isArray(type) || !type.includes('null')) return [schema, false]
  const left = type.filter((one) => one !== 'null')
  return [{ ...schema, type: left.length === 1 ? left[0]! : left }, true]
}

function typesOf({ type }: Schema): readonly string[] | undefined {
  return typeof type === 'string' ? [type] : type
}

const WORDS = new Set(['description', 'summary', 'example', 'examples', 'tags', 'headers', 'title'])

/** What clients depend on: without words and examples, keys in alphabetical order. */
export function wireShape(document: Contract): Contract {
  const { paths, components } = document
  return strip({ paths, components: { schemas: components?.schemas, responses: components?.responses } }, false) as Contract
}

/** `isNamed`: the keys are names of ours, such as properties, and none of OpenAPI's. */
function strip(value: unknown, isNamed: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => strip(item, false))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([key]) => isNamed || !WORDS.has(key))
  return Object.fromEntries(
    entries
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, strip(item, !isNamed && ['properties', 'schemas', 'responses', 'paths'].includes(key))]),
  )
}
