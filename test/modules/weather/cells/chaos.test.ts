import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HOUR_MS } from '../../../../src/core/time.ts'
import { readCells } from '../../../../src/modules/weather/cells/service.ts'
import { dueTasks } from '../../../../src/schedule.ts'
import type { Kma } from '../../../../src/vendors/kma/kma.ts'
import { createTestDeps } from '../../../support/api.ts'
import { signUp } from '../../../support/login.ts'
import { noCache } from '../../../support/no-cache.ts'
import { listRows } from '../../../support/rows.ts'
import { addPet } from '../../../support/walks.ts'
import { failed, fakeAirKorea, fakeKma, forgetWeather, freshCell, seoul } from '../../../support/weather.ts'

beforeEach(forgetWeather)
afterEach(async () => {
  vi.restoreAllMocks()
  await forgetWeather()
})

const { airKorea } = fakeAirKorea()
const MINUTE_MS = 60_000

/** KMA whose temperature is the hour of its base in Seoul, so that an answer shows which reading it holds. */
function tellingKma(isDown: () => boolean) {
  const { kma } = fakeKma(() => (isDown() ? 'down' : 'well'))
  const observe: Kma['observe'] = async (...of) => {
    const answer = await kma.observe(...of)
    if (answer.outcome !== 'answered' || !answer.value) return answer
    return { outcome: 'answered', value: { ...answer.value, temp: (of[1].getUTCHours() + 9) % 24 } }
  }
  return { ...kma, observe } as Kma
}

it('a day in which KMA, Redis and Postgres’ writes die and return by turns: nothing good is lost, and nothing is older than six hours', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const person = await signUp()
  const cell = freshCell()
  let now = seoul('2026-10-02 05:15').getTime()
  const between = (from: number, to: number) =>
    now >= seoul('2026-10-02 00:00').getTime() + from * HOUR_MS && now < seoul('2026-10-02 00:00').getTime() + to * HOUR_MS
  const kma = tellingKma(() => between(7, 8.4) || between(11, 13) || between(16, 23))
  const real = createTestDeps().db
  /** Postgres answers, and takes nothing that was read. */
  const readOnly = Object.create(real, {
    execute: {
      value: async (statement: Parameters<typeof real.execute>[0]) => {
        if (JSON.stringify(statement).includes('store_observations')) throw new Error('no room is left on the device')
        return real.execute(statement)
      },
    },
  }) as typeof real
  let held: string | null = null
  const statuses: number[] = []
  for (; now < seoul('2026-10-03 00:40').getTime(); now += 24 * MINUTE_MS) {
    const isRedisDown = between(9, 10) || between(12, 14)
    const { status, json } = await person
      .with({
        now: () => new Date(now),
        kma,
        airKorea,
        wakeAt: async () => {},
        ...(isRedisDown && { cache: noCache }),
        ...(between(14.5, 15.5) && { db: readOnly }),
      })
      .get(`/weather?lat=${cell.lat}&lng=${cell.lng}`)
    statuses.push(status)
    if (status !== 200) {
      expect([json.code, now - Date.parse(held!) > 6 * HOUR_MS]).toEqual(['weather_unavailable', true])
      continue
    }
    const clock = new Date(now).toISOString()
    // The observation goes before the forecasts that were read after it.
    if (json.weather === null) {
      expect([clock, json.suitability.level, now - Date.parse(held!) > 6 * HOUR_MS]).toEqual([clock, null, true])
      continue
    }
    expect([clock, json.weather.temp]).toEqual([clock, (new Date(json.observed_at).getUTCHours() + 9) % 24])
    expect([clock, held === null || json.observed_at >= held]).toEqual([clock, true])
    expect([clock, json.stale || now - Date.parse(json.observed_at) <= 72 * MINUTE_MS]).toEqual([clock, true])
    expect([clock, now - Date.parse(json.observed_at) <= 7 * HOUR_MS + 12 * MINUTE_MS]).toEqual([clock, true])
    held = json.observed_at
  }
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(0)
  expect(statuses.at(-1)).toBe(200)
})

describe('one afternoon', () => {
  it('is another matter for a husky, a pug and a puppy', async () => {
    const person = await signUp()
    const cell = freshCell()
    const pet = (more: object) => addPet(person, { weight_kg: 8, ...more })
    const [adult, husky, pug, puppy] = [
      await pet({ birth_date: '2022-05-01' }),
      await pet({ breed: '시베리안 허스키', weight_kg: 24, birth_date: '2022-05-01' }),
      await pet({ breed: '퍼그', birth_date: '2022-05-01' }),
      await pet({ birth_date: '2026-02-01' }),
    ]
    const indexOf = async (id: string, weather: Parameters<typeof fakeKma>[1], clock: string) => {
      await forgetWeather()
      const api = person.with({ now: () => seoul(clock), kma: fakeKma(() => 'well', weather).kma, airKorea, wakeAt: async () => {} })
      const { json } = await api.get(`/pets/${id}/paw-index?hours=1&lat=${cell.lat}&lng=${cell.lng}`)
      const levels = json.hours[0].index.parts.map(({ part, level }: { part: string; level: number }) => [part, level])
      return Object.fromEntries(levels) as { heat: number; pavement: number }
    }
    const warm = { temp: 24, humidity: 55, sky: 'overcast', wind_ms: 1 } as const
    const afternoon = '2026-05-20 13:20'
    const found: { heat: number; pavement: number }[] = []
    for (const id of [adult, husky, pug, puppy]) found.push(await indexOf(id, warm, afternoon))
    expect(found.map(({ heat }) => heat)).toEqual([1, 1, 2, 1])
    // Asphalt of about 42 °C: care begins at 43, and for a puppy two degrees earlier.
    const clouds = { temp: 21, humidity: 45, sky: 'mostly_cloudy', wind_ms: 1 } as const
    const pavement: number[] = []
    for (const id of [adult, puppy]) pavement.push((await indexOf(id, clouds, afternoon)).pavement)
    expect(pavement).toEqual([0, 1])
  })
})

it('while nobody wants weather none of its tasks is ever due, and a walk without a place makes none so', async () => {
  const person = await signUp()
  const now = seoul('2026-10-02 14:20')
  await listRows(sql`UPDATE walks SET weather_due_at = NULL`)
  const pet_id = await addPet(person)
  expect((await person.with({ now: () => now }).post('/walks', { pet_id, started_at: now.toISOString() })).status).toBe(201)
  await listRows(
    sql`INSERT INTO weather_cells (nx, ny, wanted_at, next_read_at) VALUES (1, 1, ${new Date(now.getTime() - 27 * HOUR_MS).toISOString()}, '2020-01-01')`,
  )
  await listRows(sql`
    INSERT INTO weather_sources (source, next_read_at, failures, closed_until)
    VALUES ('warnings', '2020-01-01', 9, '2020-01-01'), ('uv', '2020-01-01', 0, NULL), ('airkorea.readings', '2020-01-01', 3, NULL)`)
  const ours = dueTasks.filter(({ name }) => name.startsWith('weather.'))
  expect(ours).toHaveLength(5)
  for (const clock of ['2026-10-02 14:20', '2026-10-03 02:12', '2026-10-03 05:04']) {
    for (const task of ours) {
      const [{ next }] = await listRows(sql`SELECT to_json((${task.nextDue(seoul(clock))})) AS next`)
      expect([task.name, clock, next]).toEqual([task.name, clock, null])
      const { counts } = await task.run(
        createTestDeps({ now: () => seoul(clock), kma: null as never, airKorea: null as never }),
        seoul(clock),
      )
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(0)
    }
  }
})

it('a failure of the job keeps within the calls of one message, tries again among them', async () => {
  const { kma } = fakeKma()
  let calls = 0
  const busy = async (_: unknown, __: unknown, options: { takeCall?: () => boolean }) => {
    calls++
    while (calls % 3 !== 0 && options.takeCall?.()) calls++
    return { ...failed('rate'), code: '23' }
  }
  const deps = createTestDeps({
    now: () => seoul('2026-10-02 14:12'),
    kma: { ...kma, forecastHours: busy, forecastDays: busy } as unknown as Kma,
  })
  const counts = await readCells(deps, Array.from({ length: 15 }, freshCell))
  expect(calls + 15).toBeLessThanOrEqual(45)
  expect(counts).toMatchObject({ asked: 15 + calls, stored: 15 })
})
