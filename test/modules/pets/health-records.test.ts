import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTestDeps, type Api } from '../../support/api.ts'
import { histories } from '../../support/histories.ts'
import { signUp } from '../../support/login.ts'
import { addPet, walk } from '../../support/walks.ts'

const now = () => new Date('2026-05-10T03:00:00Z')
const weight = (record_date: string, value_numeric: number) => ({ record_type: 'weight', record_date, value_numeric })

async function ownerWithPet() {
  const owner = { ...(await signUp()) }
  const pet = await addPet(owner, { weight_kg: 5 })
  return { owner: owner.with({ now }), userId: owner.user.user_id, pet, records: `/pets/${pet}/health-records` }
}
/** What one step of a history may say; each kind uses its own. */
interface Action {
  kind: 'add' | 'move' | 'correct' | 'delete' | 'say'
  which?: number
  day?: number
  kg?: number
}
const weightOf = async (owner: Api, pet: string) => (await owner.get(`/pets/${pet}`)).json.weight_kg

describe('records', () => {
  it('of each kind are kept, newest day first, page by page and kind by kind', async () => {
    const { owner, records } = await ownerWithPet()
    const bodies = [
      weight('2026-05-01', 5.2),
      { record_type: 'vaccination', record_date: '2026-05-03', title: '종합백신 5차', next_date: '2027-05-03' },
      { record_type: 'hospital_visit', record_date: '2026-05-02', memo: '귀 세척' },
      weight('2026-05-11', 5.3),
    ]
    for (const body of bodies) expect(await owner.post(records, body)).toMatchObject({ status: 201, json: body })
    const first = await owner.get(`${records}?limit=3`)
    const dates = (json: { items: { record_date: string }[] }) => json.items.map(({ record_date }) => record_date)
    expect(dates(first.json)).toEqual(['2026-05-11', '2026-05-03', '2026-05-02'])
    const second = await owner.get(`${records}?limit=3&cursor=${first.json.next_cursor}`)
    expect(dates(second.json)).toEqual(['2026-05-01'])
    expect(second.json.next_cursor).toBeNull()
    expect(dates((await owner.get(`${records}?type=weight`)).json)).toEqual(['2026-05-11', '2026-05-01'])
    expect((await owner.get(`${records}?cursor=nonsense`)).json.code).toBe('invalid_cursor')
  })

  it('of one day are each on one page', async () => {
    const { owner, records } = await ownerWithPet()
    for (let i = 0; i < 5; i++) await owner.post(records, weight('2026-05-01', 5 + i / 10))
    const seen: string[] = []
    for (let cursor = ''; ;) {
      const { json } = await owner.get(`${records}?limit=2${cursor && `&cursor=${cursor}`}`)
      seen.push(...json.items.map(({ id }: { id: string }) => id))
      if (!json.next_cursor) break
      cursor = json.next_cursor
    }
    expect(new Set(seen).size).toBe(5)
    expect(seen).toHaveLength(5)
  })

  it.each([
    [{ record_type: 'weight', record_date: '2026-05-01' }],
    [weight('2026-05-01', 0)],
    [weight('2026-05-01', 120.06)],
    [weight('2026-05-01', 121)],
    [{ record_type: 'vaccination', record_date: '2026-05-01' }],
    [{ record_type: 'vaccination', record_date: '2026-05-01', title: '광견병', next_date: '2026-04-30' }],
    [{ record_type: 'vaccination', record_date: '2026-05-01', title: '광견병', value_numeric: 5 }],
    [weight('0000-01-01', 5)],
    [{ record_type: 'walk', record_date: '2026-05-01' }],
    [{ ...weight('2026-05-01', 5), pet_id: crypto.randomUUID() }],
  ])('that make no sense are refused: %j', async (body) => {
    const { owner, records } = await ownerWithPet()
    expect(await owner.post(records, body)).toMatchObject({ status: 422, json: { code: 'validation_failed' } })
  })

  it.each([
    [8.399999618530273, 8.4],
    [5.55, 5.6],
    [0.30000000000000004, 0.3],
    [0.06, 0.1],
    [120.04, 120],
  ])('of %d kg is one of %d kg, because a phone has floats', async (value, kept) => {
    const { owner, records } = await ownerWithPet()
    expect(await owner.post(records, weight('2026-05-01', value))).toMatchObject({ status: 201, json: { value_numeric: kept } })
  })

  it('may lie a day ahead, for phones do, but no further', async () => {
    const { owner, records } = await ownerWithPet()
    expect((await owner.post(records, weight('2026-05-11', 5))).status).toBe(201)
    expect(await owner.post(records, weight('2026-05-12', 5))).toMatchObject({ status: 422, json: { code: 'health_record_invalid' } })
  })

  it('are one for one id, and a conflict for another body, pet or person', async () => {
    const [{ owner, records }, stranger] = await Promise.all([ownerWithPet(), ownerWithPet()])
    const body = { id: crypto.randomUUID(), ...weight('2026-05-01', 5.2) }
    const answers = await Promise.all([1, 2, 3].map(() => owner.post(records, body)))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    const conflict = { status: 409, json: { code: 'idempotency_conflict' } }
    expect(await owner.post(records, { ...body, value_numeric: 5.3 })).toMatchObject(conflict)
    expect(await owner.post(`/pets/${await addPet(owner)}/health-records`, body)).toMatchObject(conflict)
    expect(await stranger.owner.post(stranger.records, body)).toMatchObject(conflict)
    expect((await owner.get(records)).json.items).toHaveLength(1)
  })

  it('can be corrected, but not into nonsense', async () => {
    const { owner, records } = await ownerWithPet()
    const { json: record } = await owner.post(records, {
      record_type: 'vaccination',
      record_date: '2026-05-01',
      title: '광견병',
      next_date: '2027-05-01',
    })
    const at = `${records}/${record.id}`
    expect((await owner.patch(at, { memo: '왼쪽 다리', next_date: null })).json).toEqual({ ...record, memo: '왼쪽 다리', next_date: null })
    const invalid = { status: 422, json: { code: 'health_record_invalid' } }
    expect(await owner.patch(at, { title: null })).toMatchObject(invalid)
    expect(await owner.patch(at, { next_date: '2026-04-30' })).toMatchObject(invalid)
    expect(await owner.patch(at, { value_numeric: 5 })).toMatchObject(invalid)
    expect(await owner.patch(at, { record_date: '2026-05-12' })).toMatchObject(invalid)
    expect((await owner.patch(at, { record_type: 'weight' })).json.code).toBe('validation_failed')
  })

  it('are gone once deleted, which may be asked twice', async () => {
    const { owner, records } = await ownerWithPet()
    const { json: record } = await owner.post(records, weight('2026-05-01', 5.2))
    expect((await owner.delete(`${records}/${record.id}`)).status).toBe(204)
    expect((await owner.delete(`${records}/${record.id}`)).status).toBe(204)
    expect((await owner.get(records)).json.items).toEqual([])
    expect(await owner.patch(`${records}/${record.id}`, { memo: '?' })).toMatchObject({
      status: 404,
      json: { code: 'health_record_not_found' },
    })
  })
})

describe('the weight of a pet', () => {
  it('is what the newest record says', async () => {
    const { owner, pet, records } = await ownerWithPet()
    const { json: newest } = await owner.post(records, weight('2026-05-05', 5.5))
    expect(await weightOf(owner, pet)).toBe(5.5)
    const { json: older } = await owner.post(records, weight('2026-05-01', 4.8))
    expect(await weightOf(owner, pet)).toBe(5.5)
    await owner.patch(`${records}/${newest.id}`, { value_numeric: 5.7 })
    expect(await weightOf(owner, pet)).toBe(5.7)
    await owner.patch(`${records}/${older.id}`, { value_numeric: 4.9 })
    expect(await weightOf(owner, pet)).toBe(5.7)
    await owner.delete(`${records}/${newest.id}`)
    expect(await weightOf(owner, pet)).toBe(4.9)
  })

  it('is what its owner said later, whatever is repeated', async () => {
    const { owner, pet, records } = await ownerWithPet()
    const body = { id: crypto.randomUUID(), ...weight('2026-05-05', 5.5) }
    await owner.post(records, body)
    await owner.patch(`/pets/${pet}`, { weight_kg: 6 })
    await owner.post(records, body)
    expect(await weightOf(owner, pet)).toBe(6)
    await owner.delete(`${records}/${body.id}`)
    expect(await weightOf(owner, pet)).toBe(6)
  })

  it('follows a record that is moved to another day', async () => {
    const { owner, pet, records } = await ownerWithPet()
    await owner.post(records, weight('2026-05-03', 9))
    const { json: moved } = await owner.post(records, weight('2026-05-06', 10))
    await owner.patch(`${records}/${moved.id}`, { record_date: '2026-05-01' })
    expect(await weightOf(owner, pet)).toBe(9)
    await owner.patch(`${records}/${moved.id}`, { record_date: '2026-05-04' })
    expect(await weightOf(owner, pet)).toBe(10)
  })

  it('is again what its owner set on the pet when the last record is deleted', async () => {
    const { owner, pet, records } = await ownerWithPet()
    const { json: mistaken } = await owner.post(records, weight('2026-05-05', 55))
    expect(await weightOf(owner, pet)).toBe(55)
    await owner.delete(`${records}/${mistaken.id}`)
    expect(await weightOf(owner, pet)).toBe(5)
    await owner.patch(`/pets/${pet}`, { weight_kg: null })
    const { json: only } = await owner.post(records, weight('2026-05-05', 5.5))
    await owner.delete(`${records}/${only.id}`)
    expect(await weightOf(owner, pet)).toBeNull()
  })

  it('set on the pet outlives what happens to records that are not the newest weight', async () => {
    const { owner, pet, records } = await ownerWithPet()
    const { json: older } = await owner.post(records, weight('2026-05-01', 4.8))
    const { json: newest } = await owner.post(records, weight('2026-05-05', 5.5))
    await owner.patch(`/pets/${pet}`, { weight_kg: 6 })
    await owner.patch(`${records}/${older.id}`, { value_numeric: 4.9 })
    await owner.patch(`${records}/${newest.id}`, { memo: '아침' })
    await owner.post(records, weight('2026-05-02', 5))
    await owner.post(records, { record_type: 'hospital_visit', record_date: '2026-05-09', memo: '검진' })
    await owner.delete(`${records}/${older.id}`)
    expect(await weightOf(owner, pet)).toBe(6)
    await owner.delete(`${records}/${newest.id}`)
    expect(await weightOf(owner, pet)).toBe(5)
  })

  it('is what the newest record says after any history of records and words', async () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant('add' as const), day: fc.integer({ min: 1, max: 5 }), kg: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ kind: fc.constant('move' as const), which: fc.nat(9), day: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant('correct' as const), which: fc.nat(9), kg: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ kind: fc.constant('delete' as const), which: fc.nat(9) }),
      fc.record({ kind: fc.constant('say' as const), kg: fc.integer({ min: 1, max: 9 }) }),
    )
    const owner = await signUp()
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 10 }), async (actions) => {
        const pet = await addPet(owner, { weight_kg: 5 })
        const records = `/pets/${pet}/health-records`
        const model = { kept: [] as { id: string; day: number; kg: number; n: number }[], said: 5, weighs: 5 }
        const newest = () => model.kept.toSorted((a, b) => b.day - a.day || b.n - a.n)[0]
        for (const [n, { kind, which = 0, day = 0, kg = 0 }] of actions.map((it, i) => [i, it as Action] as const)) {
          const before = JSON.stringify(newest())
          // A clock that moves on, so that of one day the later record is the newer one.
          const then = owner.with({ now: () => new Date(now().getTime() + n * 1_000) })
          const record = model.kept[which % Math.max(1, model.kept.length)]
          if (kind === 'add') {
            const { json } = await then.post(records, weight(`2026-05-0${day}`, kg))
            model.kept.push({ id: json.id, day, kg, n })
          } else if (kind === 'say') {
            await then.patch(`/pets/${pet}`, { weight_kg: kg })
            model.said = model.weighs = kg
          } else if (record) {
            const at = `${records}/${record.id}`
            if (kind === 'move') await then.patch(at, { record_date: `2026-05-0${day}` })
            else if (kind === 'correct') await then.patch(at, { value_numeric: kg })
            else await then.delete(at)
            if (kind === 'delete') model.kept = model.kept.filter(({ id }) => id !== record.id)
            else Object.assign(record, kind === 'move' ? { day } : { kg })
          }
          const after = newest()
          const says = (it?: string) => it && (({ id, kg: value }) => `${id} ${value}`)(JSON.parse(it))
          if (says(before) !== says(JSON.stringify(after))) model.weighs = after?.kg ?? model.said
        }
        const weighs = await weightOf(owner, pet)
        await owner.delete(`/pets/${pet}`)
        expect(weighs).toBe(model.weighs)
      }),
      { numRuns: histories(20) },
    )
  })

  it('is what the newest record says, however many are written at once', async () => {
    const { owner, pet, records } = await ownerWithPet()
    for (let n = 0; n < 12; n++) {
      const days = n % 2 ? ['2026-05-09', '2026-05-04'] : ['2026-05-04', '2026-05-09']
      const written = await Promise.all(days.map((day, i) => owner.post(records, weight(day, 1 + n + (day === '2026-05-09' ? 0.5 : i)))))
      expect(await weightOf(owner, pet)).toBe(1.5 + n)
      await Promise.all(written.map(({ json }) => owner.delete(`${records}/${json.id}`)))
      expect(await weightOf(owner, pet)).toBe(5)
    }
  })
})

describe('GET /pets/{id}/health-report', () => {
  it('is premium', async () => {
    const { owner, pet } = await ownerWithPet()
    expect(await owner.get(`/pets/${pet}/health-report?month=2026-05`)).toMatchObject({ status: 403, json: { code: 'premium_required' } })
    expect((await owner.get(`/pets/${crypto.randomUUID()}/health-report?month=2026-05`)).status).toBe(404)
  })

  it('sums up a month of records and walks', async () => {
    const { owner, pet, records, userId } = await ownerWithPet()
    const { db } = createTestDeps()
    await db.execute(
      `INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) VALUES ('${userId}', 'toss', '2026-01-01', '2030-01-01')`,
    )
    for (const body of [
      weight('2026-03-20', 5),
      weight('2026-04-01', 5.2),
      weight('2026-04-30', 5.6),
      weight('2026-05-01', 6),
      { record_type: 'vaccination', record_date: '2025-04-15', title: '종합백신', next_date: '2026-04-15' },
      { record_type: 'vaccination', record_date: '2026-04-16', title: '종합백신', next_date: '2027-04-16' },
      { record_type: 'hospital_visit', record_date: '2026-04-20', memo: '검진' },
    ]) {
      await owner.post(records, body)
    }
    await db.execute(`INSERT INTO pet_days (pet_id, day, walk_count, distance_m, duration_sec, calories)
      VALUES ('${pet}', '2026-03-31', 9, 9, 9, 9), ('${pet}', '2026-04-01', 1, 1000, 900, 30), ('${pet}', '2026-04-30', 2, 2500, 2000, 70), ('${pet}', '2026-05-01', 9, 9, 9, 9)`)
    const { json } = await owner.get(`/pets/${pet}/health-report?month=2026-04`)
    expect(json).toMatchObject({
      month: '2026-04',
      weights: [weight('2026-04-01', 5.2), weight('2026-04-30', 5.6)],
      weight_begin_kg: 5,
      weight_end_kg: 5.6,
      weight_change_kg: 0.6,
      weight_graph: [
        { month: '2025-11', weight_kg: null },
        { month: '2025-12', weight_kg: null },
        { month: '2026-01', weight_kg: null },
        { month: '2026-02', weight_kg: null },
        { month: '2026-03', weight_kg: 5 },
        { month: '2026-04', weight_kg: 5.6 },
      ],
      due: [],
      last_hospital_visit: { memo: '검진' },
      vaccinations: [{ record_date: '2026-04-16' }],
      vaccinations_due: [{ next_date: '2026-04-15' }],
      hospital_visits: [{ memo: '검진' }],
      walks: { walk_count: 3, walked_days: 2, distance_m: 3500, duration_sec: 2900, calories: 100 },
      walks_before: { from: '2026-03-01', to: '2026-03-31', walk_count: 9, walked_days: 1, distance_m: 9 },
      distance_change_percent: 38_789,
    })
    expect((await owner.get(`/pets/${pet}/health-report?month=2026-02`)).json).toMatchObject({
      weights: [],
      weight_begin_kg: null,
      weight_end_kg: null,
      weight_change_kg: null,
      distance_change_percent: null,
      last_hospital_visit: null,
      walks: { walk_count: 0, distance_m: 0 },
    })
  })

  it('counts the walks that the app measured', async () => {
    const { owner, pet, userId } = await ownerWithPet()
    await createTestDeps().db.execute(
      `INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) VALUES ('${userId}', 'toss', '2026-01-01', '2030-01-01')`,
    )
    const { track } = await walk(owner.with({}), [pet])
    const month = new Date(Math.min(...track.time_ms) + 9 * 3_600_000).toISOString().slice(0, 7)
    expect((await owner.with({}).get(`/pets/${pet}/health-report?month=${month}`)).json.walks.walk_count).toBe(1)
  })

  it('says what is due, and compares a month that runs with as much of the one before', async () => {
    const { owner, pet, records, userId } = await ownerWithPet()
    const { db } = createTestDeps()
    await db.execute(
      `INSERT INTO premium_periods (user_id, provider, starts_at, ends_at) VALUES ('${userId}', 'toss', '2026-01-01', '2030-01-01')`,
    )
    for (const body of [
      { record_type: 'vaccination', record_date: '2025-04-15', title: '종합백신', next_date: '2026-04-15' },
      { record_type: 'vaccination', record_date: '2026-04-20', title: '종합백신', next_date: '2027-04-20' },
      { record_type: 'vaccination', record_date: '2025-05-01', title: '광견병', next_date: '2026-05-01' },
      { record_type: 'vaccination', record_date: '2026-01-01', title: '코로나', next_date: '2026-05-31' },
      { record_type: 'vaccination', record_date: '2026-01-01', title: '켄넬코프', next_date: '2026-06-01' },
      { record_type: 'hospital_visit', record_date: '2026-03-02', next_date: '2026-05-10' },
    ]) {
      await owner.post(records, body)
    }
    await db.execute(`INSERT INTO pet_days (pet_id, day, walk_count, distance_m, duration_sec, calories, imported_walk_count, imported_distance_m)
      VALUES ('${pet}', '2026-04-10', 1, 1000, 900, 30, 0, 0), ('${pet}', '2026-04-11', 1, 7000, 900, 30, 0, 0), ('${pet}', '2026-05-02', 1, 500, 900, 30, 2, 750)`)
    const then = owner.with({ now: () => new Date('2026-05-10T05:00:00Z') })
    const { json } = await then.get(`/pets/${pet}/health-report?month=2026-05`)
    expect(json.due.map(({ record, is_overdue }: any) => [record.title, record.next_date, is_overdue])).toEqual([
      ['광견병', '2026-05-01', true],
      [null, '2026-05-10', false],
      ['코로나', '2026-05-31', false],
    ])
    expect(json).toMatchObject({
      last_hospital_visit: { record_date: '2026-03-02' },
      walks: { walk_count: 3, walked_days: 1, distance_m: 1_250 },
      walks_before: { from: '2026-04-01', to: '2026-04-10', walk_count: 1, distance_m: 1_000 },
      distance_change_percent: 25,
    })
    expect(await then.get(`/pets/${pet}/health-report?month=2026-06`)).toMatchObject({ status: 422, json: { code: 'period_out_of_reach' } })
  })

  it.each(['2026-13', '2026-5', ''])('does not know the month %o', async (month) => {
    const { owner, pet } = await ownerWithPet()
    expect((await owner.get(`/pets/${pet}/health-report?month=${month}`)).status).toBe(422)
  })
})
