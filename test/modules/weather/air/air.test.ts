import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AirReading } from '../../../../src/core/weather.ts'
import { HOUR_MS } from '../../../../src/core/time.ts'
import { readDueAir } from '../../../../src/modules/weather/air/jobs.ts'
import { readAirInTurn } from '../../../../src/modules/weather/air/service.ts'
import type { AirStation } from '../../../../src/vendors/airkorea/rows.ts'
import { createTestDeps } from '../../../support/api.ts'
import { signUp } from '../../../support/login.ts'
import type { Person } from '../../../support/rooms.ts'
import { listRows } from '../../../support/rows.ts'
import { runTask } from '../../../support/tasks.ts'
import { fakeAirKorea, fakeKma, forgetWeather, seoul } from '../../../support/weather.ts'

let person: Person
beforeEach(async () => {
  await forgetWeather()
  person = await signUp()
})
afterEach(forgetWeather)

const at = (clock: string) => seoul(`2026-10-02 ${clock}`)
const HERE = { lat: 37.52, lng: 127.05 }

/** Stations north of a place, so many metres away. */
const station = (name: string, northM: number, { address = '서울 강남구 1', network = '도시대기' } = {}): AirStation => ({
  name,
  address,
  lat: HERE.lat + northM / 111_195,
  lng: HERE.lng,
  network,
})
const reading = (name: string, pm10: number | null, pm25: number | null, more: Partial<AirReading> = {}): AirReading => ({
  station_code: `code-${name}`,
  station: name,
  sido: '서울',
  network: '도시대기',
  measured_at: at('14:00').toISOString(),
  pm10,
  pm25,
  ...more,
})

async function ask(airKorea: ReturnType<typeof fakeAirKorea>, clock: string, place = HERE) {
  const { json } = await person
    .with({ now: () => at(clock), kma: fakeKma().kma, airKorea: airKorea.airKorea })
    .get(`/weather?lat=${place.lat}&lng=${place.lng}`)
  return json.air_quality
}

describe('the air of a place', () => {
  it('is read by the first who asks, and each pollutant comes from the nearest station that has it', async () => {
    const air = fakeAirKorea({
      readings: [
        reading('천호대로', null, null),
        reading('양천구', null, 14),
        reading('영등포', 35, 20),
        reading('강남대로', 90, 60, { network: '도로변대기' }),
      ],
      stations: [
        station('천호대로', 100),
        station('강남대로', 200, { network: '도로변대기' }),
        station('양천구', 2_000),
        station('영등포', 4_000),
      ],
    })
    expect(await ask(air, '14:22')).toEqual({
      pm10_value: 35,
      pm10_grade: 2,
      pm10_station: '영등포',
      pm25_value: 14,
      pm25_grade: 1,
      pm25_station: '양천구',
      station: '영등포',
      measured_at: '2026-10-02T05:00:00.000Z',
    })
    expect(air.take().toSorted()).toEqual(['readings', 'stations'])
    await ask(air, '14:50')
    expect(air.take()).toEqual([])
  })

  it('is at most two hours old, and at most thirty kilometres away', async () => {
    const air = fakeAirKorea({
      readings: [reading('가', 30, 10), reading('나', 50, 20)],
      stations: [station('가', 31_000), station('나', 29_000)],
    })
    expect(await ask(air, '14:22')).toMatchObject({ station: '나' })
    const none = fakeAirKorea()
    expect(await ask(none, '16:00')).toMatchObject({ station: '나' })
    expect(await ask(none, '16:01')).toBeNull()
  })

  it('stays with its station while that is about as near as the nearest, and leaves it when it falls silent', async () => {
    const [near, far] = [station('가', 3_000), station('나', -2_900)]
    const air = fakeAirKorea({ readings: [reading('가', 30, 10), reading('나', null, null)], stations: [near, far] })
    expect(await ask(air, '14:22')).toMatchObject({ pm10_station: '가', pm25_station: '가' })
    const deps = (readings: AirReading[], clock: string) =>
      createTestDeps({ now: () => at(clock), airKorea: fakeAirKorea({ readings }).airKorea, wakeAt: async () => {} })
    const hour = { measured_at: at('15:00').toISOString() }
    await readAirInTurn(deps([reading('가', 31, 11, hour), reading('나', 60, 20, hour)], '15:20'))
    expect(await ask(air, '15:22')).toMatchObject({ pm10_station: '가', pm10_value: 31 })
    const later = { measured_at: at('17:30').toISOString() }
    await readAirInTurn(deps([reading('가', null, null, later), reading('나', 61, 21, later)], '17:35'))
    expect(await ask(air, '17:40')).toMatchObject({ pm10_station: '나', pm10_value: 61, pm10_grade: 2 })
    // The other one is back, and is no reason to leave again.
    await readAirInTurn(deps([reading('가', 33, 13, later), reading('나', 61, 21, later)], '17:36'))
    expect(await ask(air, '17:45')).toMatchObject({ pm10_station: '나' })
  })

  it('keeps a value when the next reading lacks it, with the time at which it was measured', async () => {
    const air = fakeAirKorea({ readings: [reading('가', 30, 10)], stations: [station('가', 500)] })
    await ask(air, '14:22')
    const next = fakeAirKorea({ readings: [reading('가', null, 12, { measured_at: at('15:00').toISOString() })] })
    await readAirInTurn(createTestDeps({ now: () => at('15:20'), airKorea: next.airKorea, wakeAt: async () => {} }))
    expect(await ask(air, '15:25')).toMatchObject({ pm10_value: 30, pm25_value: 12, measured_at: '2026-10-02T05:00:00.000Z' })
  })

  it('is refreshed behind the answer by who finds it older than an hour, once', async () => {
    const air = fakeAirKorea({ readings: [reading('가', 30, 10)], stations: [station('가', 500)] })
    await ask(air, '14:22')
    air.take()
    await ask(air, '15:22')
    expect(air.take()).toEqual([])
    await Promise.all(Array.from({ length: 5 }, () => ask(air, '15:23')))
    expect(air.take()).toEqual(['readings'])
  })

  it('a source that fails is left alone for a while, and what is known stands', async () => {
    const air = fakeAirKorea({ readings: [reading('가', 30, 10)], stations: [station('가', 500)] })
    await ask(air, '14:22')
    const down = {
      calls: [] as string[],
      take: () => [] as string[],
      airKorea: {
        listReadings: async () => (down.calls.push('readings'), { outcome: 'failed', reason: 'unavailable', code: null } as const),
        listStations: async () => ({ outcome: 'nothing' }) as const,
      },
    }
    for (const clock of ['15:30', '15:31', '15:32']) expect(await ask(down, clock)).toMatchObject({ pm10_value: 30 })
    expect(down.calls).toEqual(['readings'])
  })
})

describe('stations', () => {
  it('of one name are told apart by the sido, however it is written', async () => {
    const air = fakeAirKorea({
      readings: [
        reading('중구', 10, 5, { station_code: '1' }),
        reading('중구', 90, 40, { station_code: '2', sido: '부산' }),
        reading('중구', 20, 6, { station_code: null, sido: '대구' }),
      ],
      stations: [
        { ...station('중구', 0, { address: '서울특별시 중구 덕수궁길 15' }), lat: 37.564, lng: 126.976 },
        { ...station('중구', 0, { address: '부산광역시 중구 1' }), lat: 35.1, lng: 129.03 },
        { ...station('중구', 0, { address: '대구 중구 1' }), lat: 35.87, lng: 128.6 },
      ],
    })
    await ask(air, '14:22')
    expect(
      await listRows(sql`SELECT code, round(ST_Y(location::geometry)::numeric, 2)::float8 AS lat FROM air_stations ORDER BY code`),
    ).toEqual([
      { code: '1', lat: 37.56 },
      { code: '2', lat: 35.1 },
      { code: '대구 중구', lat: 35.87 },
    ])
    expect(await ask(air, '14:30', { lat: 35.12, lng: 129.04 })).toMatchObject({ pm10_value: 90, pm10_grade: 3, pm25_grade: 3 })
  })

  it('in Sejong are the nearest ones, of whatever sido', async () => {
    const here = { lat: 36.5, lng: 127.26 }
    const air = fakeAirKorea({
      readings: [reading('신흥동', 10, 5, { sido: '세종' }), reading('노은동', 20, 8, { sido: '대전' })],
      stations: [
        { ...station('신흥동', 0, { address: '세종 조치원읍' }), lat: 36.6, lng: 127.29 },
        { ...station('노은동', 0, { address: '대전 유성구' }), lat: 36.44, lng: 127.3 },
      ],
    })
    expect(await ask(air, '14:22', here)).toMatchObject({ station: '노은동' })
  })
})

describe('the job', () => {
  const want = (now: Date) =>
    createTestDeps().db.execute(
      sql`INSERT INTO weather_cells (nx, ny, wanted_at, next_read_at) VALUES (60, 127, ${now.toISOString()}, ${now.toISOString()})`,
    )
  const nextDue = async (now: Date) => (await listRows(sql`SELECT to_json((${readDueAir.nextDue(now)})) AS next`))[0]?.next ?? null

  it('is due once an hour while somebody wants weather', async () => {
    expect(await nextDue(at('14:00'))).toBeNull()
    expect(await runTask(readDueAir, at('14:20'))).toEqual({ sent: 0 })
    await want(at('13:50'))
    expect(Date.parse((await nextDue(at('14:00')))!)).toBe(at('14:00').getTime())
    expect(await runTask(readDueAir, at('14:20:30'))).toEqual({ sent: 1 })
    expect(await runTask(readDueAir, at('14:20:31'))).toEqual({ sent: 0 })
    expect(new Date((await nextDue(at('14:21')))!).toISOString()).toMatch(/^2026-10-02T06:20/)
    expect(await nextDue(new Date(at('14:00').getTime() + 27 * HOUR_MS))).toBeNull()
  })

  it('reads once more where no station had news, and only then', async () => {
    await want(at('13:50'))
    const wakes: string[] = []
    const air = fakeAirKorea({ readings: [reading('가', 30, 10)], stations: [station('가', 500)] })
    const run = (clock: string) =>
      readAirInTurn(
        createTestDeps({ now: () => at(clock), airKorea: air.airKorea, wakeAt: async (when) => void wakes.push(when.toISOString()) }),
      )
    await runTask(readDueAir, at('14:20:30'))
    expect(await run('14:20:40')).toEqual({ stations: 1, placed: 1, has_moved: 1, skipped: 0 })
    expect(wakes).toEqual([])
    await runTask(readDueAir, at('15:20:59'))
    expect(await run('15:21')).toMatchObject({ has_moved: 0 })
    expect(wakes).toHaveLength(1)
    expect(wakes[0]).toMatch(/^2026-10-02T06:35/)
    expect(new Date((await nextDue(at('15:22')))!).toISOString()).toBe(wakes[0])
    await runTask(readDueAir, at('15:36'))
    await run('15:36:10')
    expect(wakes).toHaveLength(1)
    expect(new Date((await nextDue(at('15:37')))!).toISOString()).toMatch(/^2026-10-02T07:20/)
  })

  it('asks where the stations are once a day, and makes 49 calls at most', async () => {
    const air = fakeAirKorea({ readings: [reading('가', 30, 10)], stations: [station('가', 500)] })
    for (let hour = 0; hour < 24; hour++) {
      for (const minute of [20, 35]) {
        const now = new Date(seoul('2026-10-03 00:00').getTime() + hour * HOUR_MS + minute * 60_000)
        await readAirInTurn(createTestDeps({ now: () => now, airKorea: air.airKorea, wakeAt: async () => {} }))
      }
    }
    expect(air.calls.filter((call) => call === 'stations')).toHaveLength(1)
    expect(air.calls.length).toBeLessThanOrEqual(49)
  })
})
