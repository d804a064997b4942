import { describe, expect, it } from 'vitest'
import { createApi } from '../support/api.ts'
import { signUp } from '../support/login.ts'
import { addPet } from '../support/walks.ts'
import { type SampleRoute, publicRoutes, userRoutes } from '../support/route-table.ts'

interface Schema {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
}

const { json: document } = await createApi().get('/openapi.json')

function resolve({ $ref, ...schema }: Schema): Schema {
  return $ref ? resolve(document.components.schemas[$ref.split('/').at(-1)!]) : schema
}

const takesNull = (schema: Schema): boolean =>
  // Anything whatever.
  !Object.keys(schema).some((key) => ['$ref', 'type', 'anyOf', 'allOf', 'enum'].includes(key)) ||
  [schema.type].flat().includes('null') ||
  (schema.anyOf ?? []).some(takesNull)

interface Field {
  readonly path: readonly (string | number)[]
  readonly schema: Schema
}

/** The fields that a value leaves out, and may: of its own form, or of another one that its schema allows. */
function absentFields(given: Schema, value: unknown, path: Field['path'] = []): Field[] {
  const schema = resolve(given)
  if (Array.isArray(value)) return value.flatMap((item, i) => absentFields(schema.items ?? {}, item, [...path, i]))
  if (typeof value !== 'object' || value === null) return []
  const forms = [schema, ...(schema.anyOf ?? []).map(resolve)]
  const fields = Object.assign({}, ...forms.map(({ properties = {} }) => properties)) as Record<string, Schema>
  return Object.entries(fields).flatMap(([key, field]) =>
    key in value ? absentFields(field, (value as Record<string, unknown>)[key], [...path, key]) : [{ path: [...path, key], schema: field }],
  )
}

function withNull(value: any, [key, ...rest]: Field['path']): unknown {
  if (key === undefined) return null
  const copy = Array.isArray(value) ? [...value] : { ...value }
  copy[key] = withNull(copy[key], rest)
  return copy
}

const bodyOf = ({ method, route }: SampleRoute): Schema | undefined =>
  document.paths[route][method.toLowerCase()].requestBody?.content['application/json']?.schema

const routes = [...userRoutes, ...publicRoutes].filter((route) => (route.method === 'POST' || route.method === 'PUT') && bodyOf(route))
/** Their answer is another one each time, or their request works only once. */
const UNLIKE = /^\/(auth|ws)\//
const KEYED = { headers: { 'Idempotency-Key': 'once' } }

describe.each(routes)('$method $route', (route) => {
  const { method, route: name, prepare } = route

  it('takes null for a field that is left out, one by one and for all of them together', async () => {
    const schema = bodyOf(route)!
    const tryWith = async (choose: (fields: Field[]) => Field[]) => {
      const owner = await signUp()
      const { path, body } = await prepare(owner)
      const fields = absentFields(schema, body)
      const chosen = choose(fields)
      if (chosen.length === 0) return fields
      const plain = UNLIKE.test(name) ? null : await owner.request(method, path, body, KEYED)
      const nulled = chosen.reduce<unknown>((given, field) => withNull(given, field.path), body)
      const { status, json, text } = await owner.request(method, path, nulled, KEYED)
      expect([chosen.map((field) => field.path.join('.')), status, json?.errors ?? null]).toEqual([
        chosen.map((field) => field.path.join('.')),
        plain?.status ?? (name === '/auth/logout' ? 204 : 200),
        null,
      ])
      const comparable = (of: string) => of.replaceAll(/expires=\d+&signature=[\w-]+/g, '')
      if (plain) expect(comparable(text)).toBe(comparable(plain.text))
      return fields
    }
    const fields = await tryWith((all) => all)
    for (let n = 0; fields.length > 1 && n < fields.length; n++) await tryWith((all) => all.slice(n, n + 1))
  })
})

/** Every object of a body's schema, however deep. */
function objectsOf(given: Schema, name: string): [string, Schema][] {
  const schema = resolve(given)
  const inner = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])].flatMap((one) => objectsOf(one, name))
  const fields = Object.entries(schema.properties ?? {}).flatMap(([key, field]) => objectsOf(field, `${name}.${key}`))
  return [...(schema.properties ? [[name, schema] as [string, Schema]] : []), ...inner, ...fields]
}

it('the document says so: what may be left out may be null', () => {
  const wrong = routes.flatMap((route) =>
    objectsOf(bodyOf(route)!, `${route.method} ${route.route}`).flatMap(([name, { properties = {}, required = [] }]) =>
      Object.entries(properties).flatMap(([key, schema]) => (required.includes(key) || takesNull(schema) ? [] : [`${name}.${key}`])),
    ),
  )
  expect(wrong).toEqual([])
  expect(routes.length).toBeGreaterThan(12)
})

it('nested fields may be null as well, and what is wrong in a field that may be null is still said of that field', async () => {
  const owner = await signUp()
  const pet_id = await addPet(owner)
  const wrong = await owner.post('/walks', { pet_id, goal: { distance_m: 5, duration_sec: null } })
  expect(wrong).toMatchObject({ status: 422, json: { errors: [{ path: 'body.goal.distance_m', code: 'too_small' }] } })
  expect((await owner.post('/walks', { pet_id, goal: 5 })).json.errors).toMatchObject([{ path: 'body.goal' }])
  expect((await owner.post('/walks', { pet_id, goal: { distance_m: 500, duration_sec: null } })).json).toMatchObject({
    goal: { distance_m: 500, duration_sec: null },
  })
  const device = { name: null, platform: null }
  const login = await createApi().post('/auth/kakao', { code: null, access_token: 'x', device })
  expect(login).toMatchObject({ status: 401, json: { code: 'social_login_rejected' } })
  const { json } = await createApi().post('/auth/apple', { identity_token: 'x', device: { name: 5 } })
  expect(json.errors).toMatchObject([{ path: 'body.device.name' }])
})

it('a change is cleared by null where the field can be empty, and is none where it cannot', async () => {
  const owner = await signUp()
  const pet = await addPet(owner)
  await owner.patch(`/pets/${pet}`, { breed: '말티즈', size: 'small', birth_date: '2020-01-01', weight_kg: 4 })
  const cleared = await owner.patch(`/pets/${pet}`, { breed: null, size: null, birth_date: null, weight_kg: null })
  expect(cleared.json).toMatchObject({ breed: null, size: null, is_size_chosen: false, birth_date: null, weight_kg: null })
  const nulls = { name: null, species: null, is_primary: null, is_placeholder: null, age_years: null, age_months: null }
  expect(await owner.patch(`/pets/${pet}`, nulls)).toMatchObject({ status: 200, json: cleared.json })
  const before = (await owner.patch('/users/me', {})).json
  for (const field of ['nickname', 'weekly_goal_km', 'walk_unit'])
    expect(await owner.patch('/users/me', { [field]: null })).toMatchObject({ status: 200, json: before })
  expect(await owner.patch('/users/me', { representative_badge_id: null })).toMatchObject({ status: 200 })
})

it('null for a part of the settings leaves that part as it is, at any depth', async () => {
  const owner = await signUp()
  const changed = await owner.patch('/users/me/settings', {
    notifications: { like: false },
    quiet_hours: { start: '23:00' },
    reminder: { weekdays: [1, 2] },
    auto_share: true,
  })
  expect(changed.status).toBe(200)
  const nulls = [
    {
      notifications: null,
      quiet_hours: null,
      reminder: null,
      auto_share: null,
      hide_walk_times: null,
      searchable: null,
      recommendable: null,
      contribute_to_heatmap: null,
      voice_guidance: null,
    },
    { notifications: { like: null, follow: null }, quiet_hours: { enabled: null, start: null, end: null } },
    { reminder: { enabled: null, time: null, weekdays: null } },
  ]
  for (const body of nulls) expect(await owner.patch('/users/me/settings', body)).toMatchObject({ status: 200, json: changed.json })
  expect((await owner.get('/users/me/settings')).json).toEqual(changed.json)
})

it('a placeholder that gets a name is none, also when its other fields come as null', async () => {
  const owner = await signUp()
  const { json } = await owner.post('/pets', { name: '우리 아이', species: 'dog', is_placeholder: true })
  const named = await owner.patch(`/pets/${json.id}`, { name: '초코', is_placeholder: null, is_primary: null })
  expect(named.json).toMatchObject({ name: '초코', is_placeholder: false })
})

it('the document says of changes, too, that what may be left out may be null', () => {
  const changes = userRoutes.filter((route) => route.method === 'PATCH' && bodyOf(route))
  const wrong = changes.flatMap((route) =>
    objectsOf(bodyOf(route)!, `${route.method} ${route.route}`).flatMap(([name, { properties = {}, required = [] }]) =>
      Object.entries(properties).flatMap(([key, schema]) => (required.includes(key) || takesNull(schema) ? [] : [`${name}.${key}`])),
    ),
  )
  expect(wrong).toEqual([])
  expect(changes.length).toBeGreaterThan(4)
})
