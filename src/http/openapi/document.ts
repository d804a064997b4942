import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi'
import { z } from 'zod'
import { unauthenticated } from '../../core/actor.ts'
import { type DefinedError, definedErrors } from '../../core/errors.ts'
import type { AppEnv } from '../env.ts'
import { PROBLEMS, problemSchema } from '../problem.ts'
import { PARTS } from '../responses.ts'
import { exampleOf, type Components } from './examples.ts'
import { DESCRIPTION, TAGS, VERSION } from './info.ts'
import { COMMON_HEADERS, problemAnswers, RESPONSE_HEADERS } from './problems.ts'
import { type JsonSchema, toJsonSchemas } from './schemas.ts'

/** Makes the OpenAPI document of the routes. Nothing of it is made before it is asked for, because that would slow every start. */
export function buildDocument(app: OpenAPIHono<AppEnv>): object {
  const routes = app.openAPIRegistry.definitions.flatMap((definition) => (definition.type === 'route' ? [definition.route] : []))
  const { schemaOf, components } = convert(routes)
  const answers = problemAnswers(components)
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    paths[route.path] ??= {}
    paths[route.path]![route.method] = operationOf(route, { schemaOf, components, answers })
  }
  return {
    openapi: '3.1.0',
    info: {
      title: '멍이랑 (withbowwow)',
      version: VERSION,
      summary: 'Dog walks, measured',
      description: DESCRIPTION,
      contact: { name: 'withbowwow' },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The server that gave you this document' }],
    tags: TAGS,
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(components).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      responses: answers.shared,
      examples: answers.examples,
      headers: RESPONSE_HEADERS,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `access_token` of a login or a refresh' },
      },
    },
  }
}

type Route = RouteConfig & { readonly responses: Record<string, Answer> }
interface Answer {
  readonly description?: string
  readonly headers?: object
  readonly content?: Record<string, Media>
  readonly errors?: readonly DefinedError[]
}
interface Media {
  readonly schema?: z.ZodType | JsonSchema
  readonly example?: unknown
}

interface Body {
  readonly content: Record<string, Media>
  readonly [PARTS]?: readonly z.ZodType[]
}

type SchemaOf = (schema: z.ZodType | JsonSchema | undefined, of: 'input' | 'output' | 'parameters') => JsonSchema

/** Converts the schemas of all routes at once, those of requests and of answers apart. */
function convert(routes: readonly RouteConfig[]): { schemaOf: SchemaOf; components: Components } {
  const isZod = (schema: unknown): schema is z.ZodType => schema instanceof z.ZodType
  const media = (content: Record<string, Media> | undefined) => Object.values(content ?? {}).flatMap(({ schema }) => schema ?? [])
  const members = z.object(Object.assign({}, ...[...definedErrors.values()].map((error) => error.members ?? {})))
  const roots = {
    parameters: routes.flatMap(({ request = {} }) => [request.params, request.query, request.headers].flat()).filter(isZod),
    input: routes
      .flatMap(({ request }) => [
        ...media((request?.body as Body | undefined)?.content),
        ...((request?.body as Body | undefined)?.[PARTS] ?? []),
      ])
      .filter(isZod),
    output: [
      problemSchema,
      members,
      ...routes
        .flatMap(({ responses }) => Object.values(responses as Route['responses']).flatMap((one) => media(one.content)))
        .filter(isZod),
    ],
  }
  const components: Components = {}
  const found = new Map<string, Map<unknown, JsonSchema>>()
  for (const [of, list] of Object.entries(roots)) {
    const unique = [...new Set(list)]
    const { schemas, components: named } = toJsonSchemas(unique, of as keyof typeof roots)
    found.set(of, new Map(unique.map((schema, i) => [schema, schemas[i]!])))
    for (const [id, schema] of Object.entries(named)) {
      const known = components[id]
      if (known && JSON.stringify(known) !== JSON.stringify(schema)) throw new Error(`${id} is not the same in requests and in answers`)
      components[id] = schema
    }
  }
  const problem = components['Problem']!
  problem.properties = { ...problem.properties, ...found.get('output')!.get(members)!.properties }
  components['ProblemCode']!['enum'] = [...definedErrors.keys()].toSorted()
  return { components, schemaOf: (schema, of) => (isZod(schema) ? found.get(of)!.get(schema)! : (schema ?? {})) }
}

interface Around {
  readonly schemaOf: SchemaOf
  readonly components: Components
  readonly answers: ReturnType<typeof problemAnswers>
}

function operationOf(route: RouteConfig, around: Around): object {
  const { method: _, path, request, responses, middleware: __, security = [], ...said } = route
  const { schemaOf, components, answers } = around
  const parametersIn = (schema: unknown, place: string) => {
    const { properties = {}, required = [] } = schemaOf(schema as z.ZodType, 'parameters')
    return Object.entries(properties).map(([name, property]) => {
      const { description, ...rest } = property
      return {
        name,
        in: place,
        required: required.includes(name),
        description: description ?? `The id of the ${ownerOf(path, name)}`,
        schema: rest,
        ...(required.includes(name) && { example: exampleOf(property, components, name) }),
      }
    })
  }
  const parameters = [
    ...parametersIn(request?.params, 'path'),
    ...parametersIn(request?.query, 'query'),
    ...parametersIn(request?.headers, 'header'),
  ]
  const { [PROBLEMS]: problems, ...good } = responses as Route['responses']
  const errors = new Set(problems?.errors)
  return {
    ...said,
    security,
    ...(parameters.length > 0 && { parameters }),
    ...(request?.body && {
      requestBody: bodyOf(request.body as Body, around),
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(good).map(([status, { content, headers, ...rest }]) => [
          status,
          {
            ...rest,
            headers: { ...COMMON_HEADERS, ...headers },
            ...(content && { content: contentOf(content, 'output', around) }),
          },
        ]),
      ),
      ...answers.of([...(security.length > 0 ? [unauthenticated] : []), ...errors], {
        hasBody: request?.body !== undefined,
        hasInput: request !== undefined,
        isPaged: parameters.some(({ name }) => name === 'cursor'),
        given: Object.keys(good),
      }),
    },
  }
}

function bodyOf(given: Body, around: Around): object {
  const { [PARTS]: _, content, ...body } = given
  return { ...body, content: contentOf(content, 'input', around) }
}

function contentOf(content: Record<string, Media>, io: 'input' | 'output', { schemaOf, components }: Around): object {
  return Object.fromEntries(
    Object.entries(content).map(([type, { schema, example, ...rest }]) => {
      const json = schemaOf(schema, io)
      const isText = json['format'] === 'binary' || !type.includes('json')
      return [
        type,
        { ...rest, schema: json, ...(example !== undefined ? { example } : !isText && { example: exampleOf(json, components) }) },
      ]
    }),
  )
}

/** Whose id a parameter of a path is: of `/pets/{id}` the pet. */
function ownerOf(path: string, name: string): string {
  const before = /([\w-]+)\/$/.exec(path.slice(0, path.indexOf(`{${name}}`)))?.[1] ?? ''
  return (name === 'id' ? before : name.replace(/_id$/, '')).replace(/s$/, '').replaceAll(/[-_]/g, ' ')
}
