import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../src/core/time.ts'
import { purgePets } from '../../../src/modules/pets/jobs.ts'
import { createTestDeps } from '../../support/api.ts'
import { signUp } from '../../support/login.ts'
import { addPet, walk } from '../../support/walks.ts'

const AT = '2026-05-10T03:00:00Z'
const signUpThen = async () => (await signUp()).with({ now: () => new Date(AT) })
const primaryOf = async (api: Awaited<ReturnType<typeof signUpThen>>) =>
  (await api.get('/pets')).json.items.filter(({ is_primary }: { is_primary: boolean }) => is_primary).map(({ id }: { id: string }) => id)

describe('POST /pets', () => {
  it('registers a pet; the first one is primary', async () => {
    const owner = await signUpThen()
    const body = { name: '초코', species: 'dog', breed: 'dog_golden_retriever', birth_date: '2022-03-01', weight_kg: 28.4 }
    const { json, status } = await owner.post('/pets', body)
    expect(status).toBe(201)
    expect(json).toEqual({
      id: expect.any(String),
      name: '초코',
      species: 'dog',
      breed: { code: 'dog_golden_retriever', name: '골든 리트리버' },
      size: 'large',
      is_size_chosen: false,
      birth_date: '2022-03-01',
      is_birth_date_approximate: false,
      age: { years: 4, months: 2 },
      photo_url: null,
      thumbnail_url: null,
      weight_kg: 28.4,
      is_overweight: false,
      has_heart_or_lung_condition: false,
      is_placeholder: false,
      is_primary: true,
      created_at: '2026-05-10T03:00:00+00:00',
    })
    expect((await owner.get(`/pets/${json.id}`)).json).toEqual(json)
    const second = await owner.post('/pets', { name: '나비', species: 'cat' })
    expect(second.json).toMatchObject({ is_primary: false, breed: null, size: null, age: null, weight_kg: null, birth_date: null })
    expect((await owner.get('/pets')).json).toEqual({ items: [json, second.json], next_cursor: null })
  })

  it.each([
    ['a code', 'dog_maltese', { code: 'dog_maltese', name: '말티즈' }],
    ['the exact name of a breed', '말티즈', { code: 'dog_maltese', name: '말티즈' }],
    ['free text', '시골에서 온 말티즈 같은 개', { code: null, name: '시골에서 온 말티즈 같은 개' }],
    ['a breed of another species', '코리안 쇼트헤어', { code: null, name: '코리안 쇼트헤어' }],
  ])('takes %s for a breed', async (_, breed, shown) => {
    expect((await (await signUp()).post('/pets', { name: '초코', species: 'dog', breed })).json.breed).toEqual(shown)
  })

  it.each([
    [{ breed: 'dog_maltese', weight_kg: 30 }, 'small', 'the breed before the weight'],
    [{ breed: 'dog_maltese', size: 'large' }, 'large', "the owner's word before all"],
    [{ weight_kg: 9.9 }, 'small', 'under 10 kg'],
    [{ weight_kg: 10 }, 'medium', 'from 10 kg'],
    [{ weight_kg: 24.9 }, 'medium', 'under 25 kg'],
    [{ weight_kg: 25 }, 'large', 'from 25 kg'],
    [{}, null, 'nothing to go by'],
    [{ breed: 'dog_mixed', weight_kg: 30 }, 'large', 'a mix says nothing of it'],
  ] as [object, string | null, string][])('%o is %s: %s', async (body, size) => {
    expect((await (await signUp()).post('/pets', { name: '초코', species: 'dog', ...body })).json.size).toBe(size)
  })

  it('takes an age for an approximate birth date', async () => {
    const owner = await signUpThen()
    const { json } = await owner.post('/pets', { name: '초코', species: 'dog', age_years: 3, age_months: 4 })
    expect(json).toMatchObject({ birth_date: '2023-01-10', is_birth_date_approximate: true, age: { years: 3, months: 4 } })
    const later = owner.with({ now: () => new Date('2026-09-10T03:00:00Z') })
    expect((await later.get(`/pets/${json.id}`)).json.age).toEqual({ years: 3, months: 8 })
  })

  it('is one pet for one id, also at once, and a conflict for another body or another person', async () => {
    const [owner, stranger] = await Promise.all([signUp(), signUp()])
    const body = { id: crypto.randomUUID(), name: '초코', species: 'dog' }
    const answers = await Promise.all([1, 2, 3].map(() => owner.post('/pets', body)))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    const conflict = { status: 409, json: { code: 'idempotency_conflict' } }
    expect(await owner.post('/pets', { ...body, name: '보리' })).toMatchObject(conflict)
    expect(await stranger.post('/pets', body)).toMatchObject(conflict)
    expect((await stranger.get('/pets')).json.items).toEqual([])
  })

  it('has ten at most, also when they come at once', async () => {
    const owner = await signUp()
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => owner.post('/pets', { name: `초코${i}`, species: 'dog' })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10)
    expect(answers.filter(({ json }) => json.code === 'pet_limit_reached')).toHaveLength(2)
    expect(await primaryOf(owner)).toHaveLength(1)
    const [first] = (await owner.get('/pets')).json.items
    await owner.delete(`/pets/${first.id}`)
    expect((await owner.post('/pets', { name: '또', species: 'dog' })).status).toBe(201)
  })

  it.each([
    { name: '열한글자나되는이름이네요' },
    { name: ' ' },
    { name: '\u200b\u200b' },
    { name: '\u3164' },
    { name: '초\u0007코' },
    { name: '초\n코' },
    { name: '초코\u202egpj' },
    { breed: '\u2066말티즈' },
    { species: 'hamster' },
    { weight_kg: 0 },
    { weight_kg: 120.06 },
    { birth_date: '2026-02-30' },
    { birth_date: '2022-01-01', age_years: 4 },
    { age_months: 12 },
    { size: 'huge' },
    { is_primary: true },
    { user_id: crypto.randomUUID() },
  ])('says what is wrong with %o', async (body) => {
    const answer = await (await signUp()).post('/pets', { name: '초코', species: 'dog', ...body })
    expect(answer).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
  })

  it('takes no name or breed that others should not read, and the names that only sound so', async () => {
    const owner = await signUpThen()
    for (const [field, text] of [
      ['name', '씨1발'],
      ['name', 'ㅅㅂㅋㅋ'],
      ['breed', '병신견종 개새끼'],
    ] as const)
      expect(await owner.post('/pets', { name: '초코', species: 'dog', [field]: text })).toMatchObject({
        status: 422,
        json: { code: 'objectionable_text', errors: [{ path: `body.${field}`, code: 'custom' }] },
      })
    expect((await owner.get('/pets')).json.items).toEqual([])
    const { json } = await owner.post('/pets', { name: '시바', species: 'dog', breed: '시바견 새끼' })
    expect(json).toMatchObject({ name: '시바', breed: { name: '시바견 새끼' } })
    expect(await owner.patch(`/pets/${json.id}`, { name: '개.새.끼' })).toMatchObject({
      status: 422,
      json: { code: 'objectionable_text', errors: [{ path: 'body.name' }] },
    })
    expect((await owner.get(`/pets/${json.id}`)).json.name).toBe('시바')
  })

  it('takes no text that Postgres cannot keep', async () => {
    const owner = await signUp()
    for (const more of [{ name: '초\0코' }, { breed: '\ud83d' }]) {
      expect(await owner.post('/pets', { name: '초코', species: 'dog', ...more })).toMatchObject({
        status: 422,
        json: { code: 'validation_failed' },
      })
    }
  })

  it.each(['2026-05-11', '1986-05-09'])('nobody was born on %s', async (birth_date) => {
    const answer = await (await signUpThen()).post('/pets', { name: '초코', species: 'dog', birth_date })
    expect(answer).toMatchObject({ status: 422, json: { code: 'birth_date_invalid' } })
  })
})

describe('PATCH /pets/{id}', () => {
  it('changes what is sent, and nothing else', async () => {
    const owner = await signUpThen()
    const { json: pet } = await owner.post('/pets', {
      name: '초코',
      species: 'dog',
      breed: '말티즈',
      size: 'medium',
      age_years: 2,
      weight_kg: 4.1,
    })
    expect((await owner.patch(`/pets/${pet.id}`, {})).json).toEqual(pet)
    expect((await owner.patch(`/pets/${pet.id}`, { name: '보리' })).json).toEqual({ ...pet, name: '보리' })
    const { json } = await owner.patch(`/pets/${pet.id}`, { size: null, birth_date: '2024-05-10', weight_kg: null, breed: null })
    expect(json).toEqual({
      ...pet,
      name: '보리',
      breed: null,
      size: null,
      is_size_chosen: false,
      birth_date: '2024-05-10',
      is_birth_date_approximate: false,
      age: { years: 2, months: 0 },
      weight_kg: null,
    })
  })

  it('keeps what its owner says of its body, which nobody else sees', async () => {
    const owner = await signUp()
    const said = { is_overweight: true, has_heart_or_lung_condition: true }
    const { json: pet } = await owner.post('/pets', { name: '초코', species: 'dog', ...said })
    expect(pet).toMatchObject(said)
    expect((await owner.patch(`/pets/${pet.id}`, { weight_kg: 9 })).json).toMatchObject(said)
    const lighter = await owner.patch(`/pets/${pet.id}`, { is_overweight: false, has_heart_or_lung_condition: null })
    expect(lighter.json).toMatchObject({ is_overweight: false, has_heart_or_lung_condition: true })
    expect((await owner.patch(`/pets/${pet.id}`, { is_overweight: 'no' })).status).toBe(422)
    const stranger = await signUp()
    const { json: seen } = await stranger.get(`/users/${owner.user.user_id}`)
    expect(JSON.stringify(seen)).toContain(pet.id)
    expect(JSON.stringify(seen)).not.toMatch(/overweight|condition/)
  })

  it('a change of species drops the breed that came before it, and takes one that comes with it', async () => {
    const owner = await signUp()
    const pet = await addPet(owner, { breed: '말티즈' })
    expect((await owner.patch(`/pets/${pet}`, { species: 'dog' })).json.breed).toMatchObject({ code: 'dog_maltese' })
    expect((await owner.patch(`/pets/${pet}`, { species: 'other' })).json.breed).toBeNull()
    expect((await owner.patch(`/pets/${pet}`, { species: 'dog', breed: '시바견' })).json.breed).toEqual({
      code: 'dog_shiba_inu',
      name: '시바견',
    })
  })

  it('moves the primary one, so that there is always exactly one', async () => {
    const owner = await signUp()
    const [first, second, third] = [await addPet(owner), await addPet(owner), await addPet(owner)]
    expect(await primaryOf(owner)).toEqual([first])
    expect((await owner.patch(`/pets/${second}`, { is_primary: true })).json.is_primary).toBe(true)
    expect(await primaryOf(owner)).toEqual([second])
    await Promise.all([owner.patch(`/pets/${first}`, { is_primary: true }), owner.patch(`/pets/${third}`, { is_primary: true })])
    expect(await primaryOf(owner)).toHaveLength(1)
    expect((await owner.patch(`/pets/${first}`, { is_primary: false })).status).toBe(422)
  })

  it('a stranger who asks for it moves nothing', async () => {
    const [owner, stranger] = await Promise.all([signUp(), signUp()])
    const [theirs, mine] = [await addPet(owner), await addPet(stranger)]
    expect((await stranger.patch(`/pets/${theirs}`, { is_primary: true })).status).toBe(404)
    expect(await primaryOf(stranger)).toEqual([mine])
    expect(await primaryOf(owner)).toEqual([theirs])
  })

  it('a name makes a pet of a placeholder', async () => {
    const owner = await signUp()
    const pet = await addPet(owner, { is_placeholder: true })
    expect((await owner.patch(`/pets/${pet}`, { weight_kg: 4 })).json.is_placeholder).toBe(true)
    expect((await owner.patch(`/pets/${pet}`, { name: '초코' })).json.is_placeholder).toBe(false)
  })
})

describe('DELETE /pets/{id}', () => {
  it('promotes the oldest left when it was the primary one', async () => {
    const owner = await signUp()
    const [first, second, third] = [await addPet(owner), await addPet(owner), await addPet(owner)]
    expect((await owner.delete(`/pets/${first}`)).status).toBe(204)
    expect(await primaryOf(owner)).toEqual([second])
    await owner.delete(`/pets/${third}`)
    expect(await primaryOf(owner)).toEqual([second])
    expect((await owner.delete(`/pets/${first}`)).status).toBe(204)
    expect(await owner.get(`/pets/${first}`)).toMatchObject({ status: 404, json: { code: 'pet_not_found' } })
    expect((await owner.patch(`/pets/${first}`, { name: '초코' })).status).toBe(404)
    expect((await owner.get(`/pets/${first}/stats`)).status).toBe(404)
  })

  it('keeps a pet that has walked, for its walks, and destroys another after thirty days', async () => {
    const owner = await signUp()
    const [walked, idle] = [await addPet(owner), await addPet(owner)]
    const { id } = await walk(owner, [walked])
    // Long before any other test's pets were deleted, so that this purge finds only these.
    const deletedAt = new Date('2019-03-01T00:00:00Z')
    const then = owner.with({ now: () => deletedAt })
    await then.delete(`/pets/${walked}`)
    await then.delete(`/pets/${idle}`)
    await purgePets.run(createTestDeps(), new Date(deletedAt.getTime() + 30 * DAY_MS + 1))
    const { rows } = await createTestDeps().db.execute(`SELECT id FROM pets WHERE id IN ('${walked}', '${idle}')`)
    expect(rows).toEqual([{ id: walked }])
    expect((await owner.get(`/walks/${id}`)).json.pets).toMatchObject([{ id: walked }])
  })
})

it('GET /pets/{id}/stats adds up the walks of that pet alone', async () => {
  const owner = await signUp()
  const [walked, idle] = [await addPet(owner), await addPet(owner)]
  const { json } = await walk(owner, [walked])
  expect((await owner.get(`/pets/${walked}/stats`)).json).toEqual({
    distance_m: json.walk.distance_m,
    duration_sec: json.walk.duration_sec,
    walk_count: 1,
  })
  expect((await owner.get(`/pets/${idle}/stats`)).json).toEqual({ distance_m: 0, duration_sec: 0, walk_count: 0 })
})
