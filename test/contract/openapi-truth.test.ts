import { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { definedErrors } from '../../src/core/errors.ts'
import { notificationTypeSchema } from '../../src/modules/notifications/schema.ts'
import { wordsOf } from '../../src/modules/notifications/catalogue.ts'
import { createPetSchema } from '../../src/modules/pets/schema.ts'
import { createHealthRecordSchema } from '../../src/modules/pets/health-records/schema.ts'
import { inviteSchema } from '../../src/modules/invitations/schema.ts'
import { completeWalkSchema, startWalkSchema, syncWalkSchema } from '../../src/modules/walks/schema.ts'
import { closed, createApi } from '../support/api.ts'
import { type Media, readDocument, type Schema } from '../support/document.ts'

const api = createApi()
const { document, operations, answerOf, isValid } = await readDocument(api)
const { schemas } = document.components

/** Every schema in the document, with where it stands. */
function* schemasIn(value: unknown, at: string): Generator<[at: string, schema: Schema]> {
  if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* schemasIn(item, `${at}/${i}`)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return
  yield [at, value as Schema]
  for (const [key, item] of Object.entries(value)) if (key !== 'example' && key !== 'examples') yield* schemasIn(item, `${at}/${key}`)
}
const everySchema = [...schemasIn(document.paths, ''), ...schemasIn(schemas, '')]
const breaking = (rule: (schema: Schema) => boolean) => everySchema.filter(([, schema]) => !rule(schema)).map(([at]) => at)

describe('what generators make of it', () => {
  it('no component may be null: a use of it may', () => {
    const isNull = ({ type, anyOf = [] }: Schema) => [type].flat().includes('null') || anyOf.some((one: Schema) => one.type === 'null')
    expect(Object.entries(schemas).filter(([, schema]) => isNull(schema))).toEqual([])
    expect(schemas['Walk']!['properties'].region).toEqual({ anyOf: [{ $ref: '#/components/schemas/Region' }, { type: 'null' }] })
  })

  it('a pattern means the same in every engine', () => {
    const isPlain = ({ pattern }: Schema) =>
      typeof pattern !== 'string' ||
      (!/\\p|\/[a-z]*$/.test(pattern) && ['', 'u'].every((flags) => new RegExp(pattern, flags).flags === flags))
    expect(breaking(isPlain)).toEqual([])
    expect(everySchema.some(([, { pattern }]) => typeof pattern === 'string')).toBe(true)
  })

  it('a list says what is in it', () => {
    expect(breaking(({ type, items }) => ![type].flat().includes('array') || (items !== undefined && items !== false))).toEqual([])
  })

  it('a list of words has a name when it stands more than once', () => {
    const inline = everySchema
      .filter(([at, { enum: words }]) => Array.isArray(words) && !/^\/\w+$/.test(at))
      .map(([, { enum: words }]) => String(words))
    expect(inline.filter((words, i) => inline.indexOf(words) !== i)).toEqual([])
  })

  it('a member of a request with a default is not taken for one that is always there', () => {
    const inBodies = [...schemasIn(schemas, '')].filter(([at, schema]) => at.includes('/properties/') && 'default' in schema)
    expect(inBodies).toEqual([])
  })

  it('an object that stands more than once has a name', () => {
    const shapes = everySchema
      .filter(([at, { type, properties }]) => type === 'object' && properties && !/^\/\w+$|multipart/.test(at))
      .map(([at, schema]) => [at, JSON.stringify(schema)] as const)
    const twice = shapes.filter(([, shape]) => shapes.filter(([, other]) => other === shape).length > 1)
    expect(twice.map(([at]) => at)).toEqual([])
  })
})

describe('words', () => {
  it('every parameter has some', () => {
    const silent = operations.flatMap(({ at, parameters = [] }) =>
      parameters.filter(({ description }) => !description).map(({ name }) => `${at} ${name}`),
    )
    expect(silent).toEqual([])
  })

  it('every tag is explained, and every explained tag is used', () => {
    expect(new Set(operations.flatMap(({ tags }) => tags))).toEqual(new Set(document.tags.map(({ name }) => name)))
  })

  it('an operation without a login says so', () => {
    expect(operations.filter(({ security }) => !Array.isArray(security)).map(({ at }) => at)).toEqual([])
    expect(operations.find(({ operationId }) => operationId === 'logInWithKakao')?.security).toEqual([])
  })

  it('every link that a notification may hold, and that of a shared walk, is in the introduction', () => {
    const id = '0f8b6f3e-6a3d-4c1e-9b6a-2f1d7c5e8a40'
    const people = { user_id: id, likers: [id], invitation_id: id, starts_at: '2026-11-29T08:30:00Z' }
    const walks = {
      walk_id: id,
      preview: '와',
      badge_id: id,
      badge: '첫 산책',
      metric: 'distance_m',
      remaining: 1,
      days: 1,
      pet_name: '초코',
    }
    const moderated = { action_id: id, action: 'warn', reason: 'spam', target_type: 'walk' }
    const paid = { price_won: 3_900, amount_won: 3_900, ends_at: people.starts_at, charge_at: people.starts_at, card: null }
    const stands = { starts_at: people.starts_at, location_name: '서울숲' }
    const met = { meetup_id: id, joined: [id], status: 'going', before: stands, after: stands, dates: 1 }
    const facts = {
      ...people,
      ...walks,
      ...moderated,
      ...paid,
      ...met,
      export_id: id,
      rank: 1,
      region: '서초구',
      title: '공지',
      body: '공지',
      link: null,
    }
    const links = notificationTypeSchema.options.map((type) => wordsOf(type, facts, '초코아빠')!.link)
    const patterns = links.flatMap((link) => (link === null ? [] : [link.split('/').slice(0, 3).join('/')]))
    expect(patterns.length).toBeGreaterThan(10)
    for (const pattern of [...patterns, 'withbowwow://share']) expect(document.info.description).toContain(`\`${pattern}`)
  })
})

describe('errors', () => {
  it('the list of codes is that of the defined errors', () => {
    expect(schemas['ProblemCode']!['enum']).toEqual([...definedErrors.keys()].toSorted())
    expect(schemas['Problem']!['properties'].code).toEqual({ $ref: '#/components/schemas/ProblemCode' })
  })

  it('what an error says beside the usual has a type', () => {
    const members = [...definedErrors.values()].flatMap((error) => Object.keys(error.members ?? {}))
    expect(members).toContain('walk_id')
    expect(Object.keys(schemas['Problem']!['properties'])).toEqual(expect.arrayContaining(members))
  })

  it('every body can be unreadable, too large or of another type, and every answer can be one of ours too many', () => {
    const lacking = (statuses: string[]) => (one: (typeof operations)[number]) => statuses.some((status) => !one.responses[status])
    expect(operations.filter(lacking(['429', '500', '503'])).map(({ at }) => at)).toEqual([])
    expect(
      operations
        .filter(({ requestBody }) => requestBody)
        .filter(lacking(['400', '413', '415', '422']))
        .map(({ at }) => at),
    ).toEqual([])
  })

  it('every answer names the headers that it has', () => {
    const headersOf = (status: string) =>
      operations.flatMap(({ responses }) => (responses[status] ? [Object.keys(answerOf(responses[status]).headers ?? {})] : []))
    for (const headers of [...headersOf('200'), ...headersOf('422')]) expect(headers).toContain('X-Request-Id')
    for (const headers of headersOf('429')) expect(headers).toContain('Retry-After')
    for (const headers of headersOf('401')) expect(headers).toContain('WWW-Authenticate')
  })

  it('every code has a page that explains it', async () => {
    for (const [code, { status, title, detail }] of definedErrors) {
      expect(await api.get(`/problems/${code}`)).toMatchObject({ status: 200, json: { code, status, title, detail } })
    }
    expect(await api.get('/problems/nothing_such')).toMatchObject({ status: 404, json: { code: 'not_found' } })
  })

  it('the address of the API says where to read on', async () => {
    const { json } = await api.get('/')
    expect((await api.get(json.docs)).status).toBe(200)
    expect((await api.get(json.openapi)).status).toBe(200)
  })
})

describe('examples', () => {
  type Contract = { request?: { body?: { content: Contents } }; responses: Record<string, { content?: Contents }> }
  type Contents = Record<string, { schema: unknown }>
  const contracts = new Map<string, Contract>(
    api.app.openAPIRegistry.definitions.flatMap((definition) =>
      definition.type === 'route'
        ? [[`${definition.route.method} ${definition.route.path}`, definition.route as unknown as Contract] as const]
        : [],
    ),
  )
  const ofJson = (content: Record<string, Media> = {}) => Object.entries(content).filter(([type]) => type === 'application/json')

  it('every body has one, which the server takes', async () => {
    const wrong: unknown[] = []
    let count = 0
    for (const { at, method, path, requestBody } of operations) {
      for (const [type, { schema, example }] of ofJson(requestBody?.content)) {
        count++
        const parsed = (contracts.get(`${method} ${path}`)!.request!.body!.content[type]!.schema as z.ZodType).safeParse(example)
        if (!parsed.success || !(await isValid(schema, example))) wrong.push([at, parsed.error?.issues])
      }
    }
    expect(wrong).toEqual([])
    expect(count).toBeGreaterThan(20)
    expect(syncWalkSchema.safeParse(schemas['SyncWalk']!['example']).error).toBeUndefined()
  })

  it('every answer has one, which the server could give', async () => {
    const wrong: unknown[] = []
    let count = 0
    for (const { at, method, path, responses } of operations) {
      for (const [status, answer] of Object.entries(responses)) {
        for (const [type, { schema, example }] of ofJson(answer.content)) {
          count++
          const parsed = closed(contracts.get(`${method} ${path}`)!.responses[status]!.content![type]!.schema as z.ZodType).safeParse(
            example,
          )
          if (!parsed.success || !(await isValid(schema, example))) wrong.push([at, status, parsed.error?.issues])
        }
      }
    }
    expect(wrong).toEqual([])
    expect(count).toBeGreaterThan(60)
  })

  it('every problem has one', async () => {
    for (const { value } of Object.values(document.components.examples)) {
      expect(await isValid({ $ref: '#/components/schemas/Problem' }, value)).toBe(true)
      expect(definedErrors.get(value.code)).toMatchObject({ title: value.title, status: value.status })
    }
  })

  it('every required parameter has one', async () => {
    const wrong: string[] = []
    for (const { at, parameters = [] } of operations) {
      for (const { name, required, schema, example } of parameters)
        if (required && !(await isValid(schema, example))) wrong.push(`${at} ${name}`)
    }
    expect(wrong).toEqual([])
  })
})

describe('the schema refuses what the server refuses', () => {
  const PET = '0f8b6f3e-6a3d-4c1e-9b6a-2f1d7c5e8a40'
  const start = { started_at: '2026-11-29T08:00:00Z' }
  const pet = { name: '초코', species: 'dog' }
  const record = { record_date: '2026-11-29' }
  const invite = { invitee_ids: [PET], scheduled_at: '2026-11-30T08:00:00Z' }
  const track = { ended_at: '2026-11-29T08:00:00Z', route_geojson: { type: 'LineString', coordinates: [[127, 37]] }, coord_times: [1] }

  it.each<[component: string, schema: z.ZodType, takes: boolean, body: object]>([
    ['StartWalk', startWalkSchema, false, {}],
    ['StartWalk', startWalkSchema, false, { pet_id: null, pet_ids: null }],
    ['StartWalk', startWalkSchema, false, { pet_id: PET, pet_ids: [PET] }],
    ['StartWalk', startWalkSchema, true, { pet_id: PET, pet_ids: null }],
    ['StartWalk', startWalkSchema, true, { ...start, pet_ids: [PET] }],
    ['SyncWalk', syncWalkSchema, false, { id: PET, ...start, ...track }],
    ['SyncWalk', syncWalkSchema, true, { id: PET, pet_id: PET, ...start, ...track }],
    ['CreatePet', createPetSchema, true, pet],
    ['CreatePet', createPetSchema, true, { ...pet, birth_date: null, age_years: 3 }],
    ['CreatePet', createPetSchema, true, { ...pet, birth_date: '2022-03-01', age_years: null }],
    ['CreatePet', createPetSchema, false, { ...pet, birth_date: '2022-03-01', age_years: 3 }],
    ['CreatePet', createPetSchema, false, { ...pet, birth_date: '2022-03-01', age_months: 3 }],
    ['CreateHealthRecord', createHealthRecordSchema, true, { ...record, record_type: 'weight', value_numeric: 4.2 }],
    ['CreateHealthRecord', createHealthRecordSchema, false, { ...record, record_type: 'weight' }],
    ['CreateHealthRecord', createHealthRecordSchema, false, { ...record, record_type: 'vaccination' }],
    ['CreateHealthRecord', createHealthRecordSchema, false, { ...record, record_type: 'hospital_visit', value_numeric: 4.2 }],
    ['CreateHealthRecord', createHealthRecordSchema, false, { ...record, record_type: 'vaccination', title: '광견병', value_numeric: 4.2 }],
    ['CreateHealthRecord', createHealthRecordSchema, true, { ...record, record_type: 'hospital_visit', value_numeric: null }],
    ['Invite', inviteSchema, true, invite],
    ['Invite', inviteSchema, true, { ...invite, lat: null, lng: null }],
    ['Invite', inviteSchema, true, { ...invite, lat: 37.5, lng: 127 }],
    ['Invite', inviteSchema, false, { ...invite, lat: 37.5 }],
    ['Invite', inviteSchema, false, { ...invite, lng: 127, lat: null }],
    ['CompleteWalk', completeWalkSchema, true, { ...track, accuracies: [null] }],
    ['CompleteWalk', completeWalkSchema, false, { ...track, ended_at: null }],
    ['CompleteWalk', completeWalkSchema, true, { ...track, route_geojson: null, coord_times: null }],
  ])('%s %#', async (component, schema, takes, body) => {
    expect(schema.safeParse(body).success).toBe(takes)
    expect(await isValid({ $ref: `#/components/schemas/${component}` }, body)).toBe(takes)
  })
})
