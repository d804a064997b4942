import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { toKmaCell } from '../../../../src/core/kma-grid.ts'
import { readCells } from '../../../../src/modules/weather/cells/service.ts'
import { REQUEST_CELLS_MAX } from '../../../../src/modules/weather/sources/share.ts'
import { createApi, createTestDeps } from '../../../support/api.ts'
import type { Person } from '../../../support/rooms.ts'
import { signUp } from '../../../support/login.ts'
import { addPet } from '../../../support/walks.ts'
import { fakeAirKorea, fakeKma, forgetWeather, freshCell, seoul } from '../../../support/weather.ts'

let person: Person
beforeEach(forgetWeather)
beforeEach(async () => void (person = await signUp()))
afterEach(forgetWeather)

const { airKorea } = fakeAirKorea()
const now = seoul('2026-10-02 14:12:30')
const calm = (kma = fakeKma().kma) => person.with({ now: () => now, kma, airKorea })
const here = ({ lat, lng }: { lat: number; lng: number }) => `/weather?lat=${lat}&lng=${lng}`

describe('GET /weather', () => {
  it('tells what is measured and expected at a place, in the sigungu that is nearest', async () => {
    const { kma, calls } = fakeKma(undefined, { temp: 21, pop: 30, wind_ms: 3 })
    await addPet(person)
    const { status, json } = await calm(kma).get('/weather?lat=37.5172&lng=127.0473')
    expect(status).toBe(200)
    expect(json).toMatchObject({
      region: { code: '1168000000', sigungu: '강남구' },
      weather: { temp: 21, feels_like: 21, humidity: 50, pty: 'none', sky: 'clear', rn1: 0, wind_ms: 3 },
      air_quality: null,
      suitability: { level: 'moderate', reasons: [] },
      best_hours_message: null,
      outlook: null,
      warnings: [],
      observed_at: '2026-10-02T05:00:00.000Z',
      stale: false,
      sources: [{ name: '기상청' }],
    })
    expect(json.hours).toHaveLength(12)
    expect(json.hours[0]).toMatchObject({ at: '2026-10-02T06:00:00.000Z', temp: 21, pop: 30, paw_level: 0 })
    expect(json.best_hours).toHaveLength(2)
    expect(json.paw_index.parts[0]).toMatchObject({ part: 'pavement', unit: '°C' })
    expect(calls.toSorted()).toEqual(['days 1400', 'hours 1330', 'observation 1400'])
  })

  it('is the same for a sido, a sigungu and a dong', async () => {
    const { db } = createTestDeps()
    await db.execute(sql`
      INSERT INTO regions (code, level, parent_code, sido, sigungu, dong, center)
      VALUES ('1168099900', 'dong', '1168000000', '서울특별시', '강남구', '시험동', ST_SetSRID(ST_MakePoint(127.1, 37.48), 4326)) ON CONFLICT DO NOTHING`)
    for (const [code, cell] of [
      ['1100000000', { nx: 60, ny: 127 }],
      ['1168000000', { nx: 61, ny: 126 }],
      ['1168099900', toKmaCell({ lat: 37.48, lng: 127.1 })!],
    ] as const) {
      const { status, json } = await calm().get(`/weather?region_code=${code}`)
      expect([code, status, json.region?.code]).toEqual([code, 200, code])
      const { rows } = await db.execute(sql`SELECT nx, ny FROM weather_cells WHERE nx = ${cell.nx} AND ny = ${cell.ny}`)
      expect([code, rows]).toEqual([code, [cell]])
    }
    await db.execute(`DELETE FROM regions WHERE code = '1168099900'`)
  })

  it.each([
    ['', 422, 'validation_failed'],
    ['?lat=37.5', 422, 'validation_failed'],
    ['?lng=127', 422, 'validation_failed'],
    ['?lat=37.5&lng=127&region_code=1168000000', 422, 'validation_failed'],
    ['?lat=91&lng=127', 422, 'validation_failed'],
    ['?lat=abc&lng=127', 422, 'validation_failed'],
    ['?lat=&lng=', 422, 'validation_failed'],
    ['?lat=0x25&lng=127', 422, 'validation_failed'],
    ['?region_code=강남', 422, 'validation_failed'],
    ['?region_code=9999999999', 404, 'region_not_found'],
    ['?lat=35.6812&lng=139.7671', 422, 'place_outside_korea'],
    ['?lat=33.59&lng=130.4', 422, 'place_outside_korea'],
    ['?lat=0&lng=0', 422, 'place_outside_korea'],
    ['?lat=-90&lng=180', 422, 'place_outside_korea'],
  ])('refuses %s with %i %s, and asks nobody', async (query, status, code) => {
    const { kma, calls } = fakeKma()
    const answer = await calm(kma).get(`/weather${query}`)
    expect([answer.status, answer.json.code, calls]).toEqual([status, code, []])
    const { rows } = await createTestDeps().db.execute('SELECT 1 FROM weather_cells')
    expect(rows).toEqual([])
  })

  it('is for people who are signed in', async () => {
    expect((await createApi().get('/weather?lat=37.5&lng=127')).status).toBe(401)
  })

  it('reaches the islands', async () => {
    for (const place of [
      { lat: 37.967, lng: 124.63 },
      { lat: 37.24, lng: 131.866 },
      { lat: 33.25, lng: 126.56 },
    ])
      expect((await calm().get(here(place))).status).toBe(200)
  })

  it('knows nothing of a cell at sea, where the precipitation is said to be none', async () => {
    const { kma } = fakeKma((product) => (product === 'observation' ? 'sea' : 'well'))
    const { status, json } = await calm(kma).get(here(freshCell()))
    expect(status).toBe(200)
    expect(json).toMatchObject({ weather: null, suitability: { level: null, message: null, color: null }, stale: false })
    const { rows } = await createTestDeps().db.execute('SELECT 1 FROM weather_hours')
    expect(rows).toEqual([])
  })

  it('says null for what is missing, and never 0', async () => {
    const { kma } = fakeKma(undefined, { humidity: null, rn1: null, pty: null, wind_ms: null, sky: null, pop: null })
    const { json } = await calm(kma).get(here(freshCell()))
    expect(json.weather).toEqual({ temp: 18, feels_like: 18, humidity: null, pty: null, sky: null, rn1: null, wind_ms: null })
    expect(json.hours[0]).toMatchObject({ pty: null, sky: null, pop: null })
  })

  it('keeps the lowest and the highest temperature that only the first bases of the day tell', async () => {
    const cell = freshCell()
    const { kma } = fakeKma()
    for (const clock of ['02:20', '06:20', '11:20', '15:20', '20:20']) {
      const at = seoul(`2026-10-02 ${clock}`)
      const { json } = await person.with({ now: () => at, kma, airKorea }).get(here(cell))
      expect([clock, json.extremes]).toEqual([clock, { min: 9.5, max: 24.5 }])
    }
  })

  it('works out the extremes of what was measured and is expected where nobody has told them', async () => {
    const cell = freshCell()
    await createTestDeps().db.execute(
      sql`SELECT store_observations(${JSON.stringify([
        { ...cell, hour: seoul('2026-10-02 05:00').toISOString(), temp: 7.5 },
        { ...cell, hour: seoul('2026-10-01 23:00').toISOString(), temp: 2 },
      ])}::jsonb, ${now.toISOString()})`,
    )
    const { json } = await calm().get(here(cell))
    expect(json.extremes).toEqual({ min: 7.5, max: 18 })
  })

  it('asks across midnight for the hour of the day before', async () => {
    const { kma, calls } = fakeKma()
    const midnight = seoul('2026-01-01 00:05')
    const { json } = await person.with({ now: () => midnight, kma, airKorea }).get(here(freshCell()))
    expect(calls.toSorted()).toEqual(['days 2300', 'hours 2330', 'observation 2300'].map((call) => call))
    expect(json.observed_at).toBe('2025-12-31T14:00:00.000Z')
    expect(json.stale).toBe(false)
  })

  it('warns of what is in force', async () => {
    const { db } = createTestDeps()
    await db.execute(sql`
      INSERT INTO warnings_in_force (area_code, kind, area_name, level, started_at, issued_at, seq)
      SELECT code, 'typhoon', name, 'warning', ${seoul('2026-10-02 10:00').toISOString()}, ${seoul('2026-10-02 09:00').toISOString()}, 1
      FROM warning_zones WHERE '1168000000' = ANY (sigungu_codes) OR (cardinality(sigungu_codes) = 0 AND sido LIKE '서울%') LIMIT 1`)
    await addPet(person)
    const { json } = await calm().get('/weather?lat=37.5172&lng=127.0473')
    await db.execute('DELETE FROM warnings_in_force')
    expect(json.warnings).toMatchObject([{ kind: 'typhoon', level: 'warning' }])
    expect(json.suitability).toMatchObject({ level: 'caution', reasons: ['warning'] })
    expect(json.paw_index.level).toBe(3)
    expect(json.best_hours).toEqual([])
    expect(json.best_hours_message).toBe('앞으로 12시간은 특보 때문에 쉬는 게 좋아요')
  })
})

describe('GET /pets/{id}/paw-index', () => {
  it('tells each coming hour for one pet, here or in the region of its owner', async () => {
    const id = await addPet(person)
    const cell = freshCell()
    const { status, json } = await calm().get(`/pets/${id}/paw-index?hours=24&lat=${cell.lat}&lng=${cell.lng}`)
    expect(status).toBe(200)
    expect(json).toMatchObject({ pet_id: id, stale: false, observed_at: '2026-10-02T05:00:00.000Z' })
    expect(json.hours).toHaveLength(24)
    expect(json.hours[0].at).toBe('2026-10-02T05:00:00.000Z')
    expect(json.hours[0].index.level).toBe(0)
    await createTestDeps().db.execute(sql`UPDATE users SET region_code = '1168000000' WHERE id = ${person.user.user_id}`)
    const own = await calm().get(`/pets/${id}/paw-index`)
    expect([own.json.region.code, own.json.hours.length]).toEqual(['1168000000', 12])
  })

  it('knows the breed', async () => {
    const [pug, other] = [await addPet(person, { breed: '퍼그', weight_kg: 8 }), await addPet(person, { weight_kg: 8 })]
    const { kma } = fakeKma(undefined, { temp: 24, humidity: 55, sky: 'overcast' })
    const summer = person.with({ now: () => seoul('2026-07-20 21:12:30'), kma, airKorea })
    const cell = freshCell()
    const levelOf = async (id: string) =>
      (await summer.get(`/pets/${id}/paw-index?hours=1&lat=${cell.lat}&lng=${cell.lng}`)).json.hours[0].index.level
    expect([await levelOf(pug), await levelOf(other)]).toEqual([2, 1])
  })

  it('is about own pets alone, and needs a place', async () => {
    const id = await addPet(person)
    const stranger = (await signUp()).with({ now: () => now, kma: fakeKma().kma, airKorea })
    expect((await stranger.get(`/pets/${id}/paw-index?region_code=1168000000`)).json.code).toBe('pet_not_found')
    expect((await calm().get(`/pets/${crypto.randomUUID()}/paw-index?region_code=1168000000`)).status).toBe(404)
    expect((await calm().get(`/pets/${id}/paw-index`)).json.code).toBe('place_unknown')
    for (const query of ['hours=0', 'hours=25', 'hours=1.5', 'hours=x', 'lat=37.5'])
      expect([query, (await calm().get(`/pets/${id}/paw-index?${query}`)).status]).toEqual([query, 422])
    await person.delete(`/pets/${id}`)
    expect((await calm().get(`/pets/${id}/paw-index?region_code=1168000000`)).status).toBe(404)
  })
})

it('the database works out the cell of a place as the Worker does', async () => {
  const places = Array.from({ length: 400 }, (_, k) => ({ lat: 33 + ((k * 0.618_034) % 1) * 5.6, lng: 124.6 + ((k * 0.414_214) % 1) * 7 }))
  const { rows } = await createTestDeps().db.execute<{ nx: number; ny: number }>(sql`
    SELECT its.nx, its.ny FROM jsonb_to_recordset(${JSON.stringify(places)}::jsonb) AS given (lat float8, lng float8)
    CROSS JOIN LATERAL kma_cell(given.lat, given.lng) AS its`)
  expect(rows).toHaveLength(400)
  expect(new Set(rows.map(({ nx, ny }) => `${nx} ${ny}`))).toEqual(
    new Set(places.map((place) => `${toKmaCell(place)!.nx} ${toKmaCell(place)!.ny}`)),
  )
})

describe('cells that requests have read', () => {
  const asked = async () =>
    (await createTestDeps().db.execute(sql`SELECT asked, asked_on::text FROM weather_sources WHERE source = 'requests'`)).rows
  const spend = () =>
    createTestDeps().db.execute(sql`
      INSERT INTO weather_sources (source, asked, asked_on) VALUES ('requests', ${REQUEST_CELLS_MAX}, '2026-10-02')
      ON CONFLICT (source) DO UPDATE SET asked = excluded.asked, asked_on = excluded.asked_on`)

  it('are counted by the day, one for each reading', async () => {
    const [one, other] = [freshCell(), freshCell()]
    for (const cell of [one, one, other]) expect((await calm().get(here(cell))).status).toBe(200)
    expect(await asked()).toEqual([{ asked: 2, asked_on: '2026-10-02' }])
  })

  it('are no more than a share of the day: then a new one is unavailable, what is held is shown, the job reads on, and the next day begins anew', async () => {
    const [held, fresh] = [freshCell(), freshCell()]
    expect((await calm().get(here(held))).status).toBe(200)
    await spend()
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const refused = fakeKma()
    expect(await calm(refused.kma).get(here(fresh))).toMatchObject({ status: 503, json: { code: 'weather_unavailable' } })
    const later = { now: () => seoul('2026-10-02 15:12:30'), airKorea }
    expect((await person.with({ ...later, kma: refused.kma }).get(here(held))).json).toMatchObject({ stale: true, weather: { temp: 18 } })
    expect(refused.calls).toEqual([])
    expect(warn.mock.calls.flat().join()).toContain('requests have read as many cells as they may in a day')
    warn.mockRestore()
    const read = fakeKma()
    await readCells(createTestDeps({ ...later, kma: read.kma }), [toKmaCell(fresh)!])
    expect(read.calls.length).toBeGreaterThan(0)
    const tomorrow = fakeKma()
    expect(
      (await person.with({ now: () => seoul('2026-10-03 00:30:00'), kma: tomorrow.kma, airKorea }).get(here(freshCell()))).status,
    ).toBe(200)
    expect(await asked()).toEqual([{ asked: 1, asked_on: '2026-10-03' }])
  })
})
