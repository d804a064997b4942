import { registerSchema, validate } from '@hyperjump/json-schema/draft-2020-12'

export interface Schema {
  $ref?: string
  type?: string | string[]
  [keyword: string]: any
}

export interface Media {
  schema: Schema
  example?: unknown
  examples?: Record<string, { $ref?: string; value?: unknown }>
}

export interface Answer {
  $ref?: string
  description: string
  headers?: Record<string, { $ref: string }>
  content?: Record<string, Media>
}

export interface Operation {
  operationId: string
  summary: string
  description: string
  tags: string[]
  security: unknown[]
  parameters?: { name: string; in: string; description?: string; required: boolean; schema: Schema; example?: unknown }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, Answer>
}

export interface Document {
  info: { description: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    responses: Record<string, Answer>
    headers: object
    examples: Record<string, { value: any }>
  }
}

/** The document as it is served, with what tests ask of it. */
export async function readDocument(api: { get(path: string): Promise<{ json: unknown }> }) {
  const document = (await api.get('/openapi.json')).json as Document
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ at: `${method.toUpperCase()} ${path}`, method, path, ...operation })),
  )
  const base = register({ $defs: withDefinitions(document.components.schemas, '') })
  return {
    document,
    operations,
    /** The answer itself, where an operation refers to a shared one. */
    answerOf: ({ $ref, ...answer }: Answer): Answer => ($ref ? document.components.responses[$ref.split('/').at(-1)!]! : answer),
    /** Whether a value fits a schema of the document. */
    async isValid(schema: Schema, value: unknown): Promise<boolean> {
      return (await validate(register({ allOf: [withDefinitions(schema, base)] }), value as never)).valid
    },
  }
}

/** By `get /pets/{id}`: every `404 pet_not_found` that the document tells of. */
export function documentedCodes({ paths, components }: Document): Map<string, Set<string>> {
  const codesOf = ([status, { $ref, content }]: [string, Answer]) => {
    const said = $ref ? components.responses[$ref.split('/').at(-1)!]!.content : content
    return Object.keys(said?.['application/problem+json']?.examples ?? {}).map((code) => `${status} ${code}`)
  }
  return new Map(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(
        ([method, { responses }]) => [`${method} ${path}`, new Set(Object.entries(responses).flatMap(codesOf))] as const,
      ),
    ),
  )
}

let count = 0

/** Makes a schema known to the validator, under an address that it answers. */
function register(schema: object): string {
  const id = `https://document.test/${count++}`
  registerSchema({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema } as never, id)
  return id
}

/** References to components as references to `$defs` of the schema at `base`. */
function withDefinitions(value: unknown, base: string): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/components/schemas/', `"${base}#/$defs/`))
}
