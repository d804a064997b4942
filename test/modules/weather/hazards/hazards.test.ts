import { beforeEach, describe, expect, it } from 'vitest'
import { toKmaCell } from '../../../../src/core/kma-grid.ts'
import { HOUR_MS } from '../../../../src/core/time.ts'
import type { ForecastHour } from '../../../../src/core/weather.ts'
import type { CellWeather } from '../../../../src/modules/weather/cells/schema.ts'
import { foldWarnings } from '../../../../src/modules/weather/warnings/queries.ts'
import { createTestDeps } from '../../../support/api.ts'
import { signUp } from '../../../support/login.ts'
import { forgetWarnings, newsOf, wantNothing } from '../../../support/warnings.ts'

const { db } = createTestDeps()
/** Noon of a day in July, at the foot of Namsan. */
const NOW = new Date('2026-07-20T13:10:00+09:00')
const BANPO = { lat: 37.51, lng: 126.996 }
const BOX = '126.98,37.5,127.01,37.52'

beforeEach(async () => {
  await forgetWarnings()
  await wantNothing()
  await db.execute(`DELETE FROM air_stations`)
})

async function see(bbox = BOX) {
  const person = await signUp()
  return person.with({ now: () => NOW }).get(`/map/hazards?bbox=${bbox}`)
}
const warn = (...of: Parameters<typeof newsOf>[1][]) =>
  foldWarnings(
    db,
    of.map((more) => newsOf(new Date(NOW.getTime() - HOUR_MS), more)),
  )
const SOUTH_EAST = { area_code: 'L1100100', area_name: '서울동남권' } as const

describe('warnings of a rectangle', () => {
  it('are those of the sigungu in it, the worst first, each once', async () => {
    await warn(SOUTH_EAST, { ...SOUTH_EAST, kind: 'heat_wave', level: 'warning' }, { area_code: 'L1082500', area_name: '부산동부' })
    const { status, json } = await see()
    expect(status).toBe(200)
    expect(json.warnings).toEqual([
      {
        kind: 'heat_wave',
        level: 'warning',
        zone: '서울동남권',
        since: expect.stringMatching(/^2026-07-20T03:10:00/),
        until: null,
        message: '폭염경보 발효 중',
      },
      expect.objectContaining({ kind: 'heavy_rain', level: 'advisory', message: '호우주의보 발효 중' }),
    ])
    expect(json.sources).toEqual([{ name: '기상청', notice: null }])
  })

  it('are none abroad and far at sea', async () => {
    await warn(SOUTH_EAST, { area_code: 'L1082500', area_name: '부산동부' })
    expect((await see('139.6,35.6,139.8,35.8')).json).toMatchObject({ warnings: [], dust: [], pavement: null, riverside: [] })
    expect((await see('-1,-1,0,0')).json).toMatchObject({ warnings: [], riverside: [] })
  })

  it('of the sea are there by a beach', async () => {
    await warn({ area_code: 'S1311100', area_name: '부산앞바다', kind: 'high_seas' })
    expect((await see('129.15,35.15,129.18,35.17')).json.warnings).toMatchObject([{ zone: '부산앞바다', message: '풍랑주의보 발효 중' }])
    expect((await see('129.07,35.23,129.1,35.25')).json.warnings).toEqual([])
  })
})

describe('dust', () => {
  const addStation = (name: string, lat: number, lng: number, more: object = {}) => {
    const recently = new Date(NOW.getTime() - 70 * 60_000).toISOString()
    const row = {
      code: name,
      name,
      sido: '서울',
      network: '도시대기',
      pm10: 45,
      pm10_at: recently,
      pm25: 40,
      pm25_at: recently,
      seen_at: recently,
      ...more,
    }
    return db.execute(
      `INSERT INTO air_stations (code, name, sido, network, location, pm10, pm10_at, pm25, pm25_at, seen_at)
       SELECT code, name, sido, network, ST_MakePoint(${lng}, ${lat})::geography, pm10, pm10_at, pm25, pm25_at, seen_at
       FROM jsonb_populate_record(NULL::air_stations, '${JSON.stringify(row)}')`,
    )
  }
  const dead = new Date(NOW.getTime() - 121 * 60_000).toISOString()

  it('is what the living stations in and near it measure, the nearest first', async () => {
    await addStation('서초', 37.505, 127.0)
    await addStation('용산', 37.54, 126.99, { pm10: null, pm10_at: dead })
    await addStation('죽은', 37.51, 126.99, { pm10_at: dead, pm25_at: dead })
    await addStation('대로', 37.51, 126.99, { network: '도로변대기' })
    await addStation('수원', 37.26, 127.03)
    const { json } = await see()
    expect(json.dust).toEqual([
      {
        station: '서초',
        lat: 37.505,
        lng: 127,
        pm10_value: 45,
        pm25_value: 40,
        grades: { pm10: 2, pm25: 3 },
        measured_at: expect.stringMatching(/^2026-07-20T03:00:00/),
      },
      expect.objectContaining({ station: '용산', pm10_value: null, pm25_value: 40, grades: { pm10: null, pm25: 3 } }),
    ])
    expect(json.sources).toContainEqual({ name: '한국환경공단 에어코리아', notice: '인증을 받지 않은 실시간 자료예요' })
  })

  it('is that of the nearest station within 30 km where none is near', async () => {
    await addStation('수원', 37.27, 127.03)
    await addStation('평택', 36.99, 127.11)
    expect((await see()).json.dust).toMatchObject([{ station: '수원' }])
    await db.execute(`DELETE FROM air_stations WHERE name = '수원'`)
    expect((await see()).json.dust).toEqual([])
  })
})

describe('pavement', () => {
  const hour = (at: Date, more: Partial<ForecastHour> = {}): ForecastHour => ({
    at: at.toISOString(),
    temp: 32,
    humidity: 50,
    pty: 'none',
    sky: 'clear',
    wind_ms: 1,
    pop: 0,
    rain_mm: null,
    snow_cm: null,
    lightning: null,
    ...more,
  })
  async function keepCopy(readAt: Date, more: Partial<ForecastHour> = {}) {
    const { nx, ny } = toKmaCell(BANPO)!
    const start = Math.floor(NOW.getTime() / HOUR_MS) * HOUR_MS
    const reading = { base: readAt.toISOString(), read_at: readAt.toISOString(), fresh_until: readAt.toISOString() }
    const value = [-2, -1, 0, 1].map((steps) => hour(new Date(start + steps * HOUR_MS), more))
    const copy: CellWeather = {
      fetched_at: readAt.toISOString(),
      fresh_until: readAt.toISOString(),
      observation: null,
      days: null,
      extremes: [],
      hours: { ...reading, value },
    }
    const at = NOW.toISOString()
    await db.execute(
      `INSERT INTO weather_cells (nx, ny, wanted_at, next_read_at, latest) VALUES (${nx}, ${ny}, '${at}', '${at}', '${JSON.stringify(copy)}')
       ON CONFLICT (nx, ny) DO UPDATE SET latest = excluded.latest`,
    )
  }

  it('is as hot as the sun and the air of the middle make it', async () => {
    await keepCopy(NOW)
    // Seoul on 20 July at 13:00 with 32 °C and a clear sky: 59.2.
    expect((await see()).json.pavement).toEqual({ level: 3, surface_temp_c: 59.2, message: '발바닥 화상 위험! 바닥이 59도예요' })
  })

  it('is unknown without a copy, with an old one, and under an unknown sky', async () => {
    expect((await see()).json.pavement).toBeNull()
    await keepCopy(new Date(NOW.getTime() - 7 * HOUR_MS))
    expect((await see()).json.pavement).toBeNull()
    await keepCopy(NOW, { sky: null })
    expect((await see()).json.pavement).toBeNull()
  })

  it('is unknown when the copy is not what it was written as', async () => {
    await keepCopy(NOW)
    await db.execute(`UPDATE weather_cells SET latest = '{"fetched_at": 5}'`)
    const { status, json } = await see()
    expect([status, json.pavement]).toEqual([200, null])
  })
})

describe('riverside', () => {
  it('is what lies along a river while heavy rain is warned of there', async () => {
    expect((await see()).json.riverside).toEqual([])
    await warn({ ...SOUTH_EAST, level: 'warning' })
    expect((await see()).json.riverside).toEqual([
      {
        id: expect.any(String),
        name: '반포한강공원',
        lat: expect.closeTo(BANPO.lat, 3),
        lng: expect.closeTo(BANPO.lng, 3),
        level: 'warning',
        message: '하천변 산책로는 위험해요',
      },
    ])
    // A park in another zone, and one that lies along no river.
    expect((await see('126.92,37.52,126.95,37.535')).json.riverside).toEqual([])
    expect((await see('127.1,37.5,127.13,37.53')).json.riverside).toEqual([])
  })

  it('is none for other warnings, nor when the rain is over', async () => {
    await warn({ ...SOUTH_EAST, kind: 'strong_wind' })
    await warn({ ...SOUTH_EAST, command: 'lifted' })
    expect((await see()).json.riverside).toEqual([])
  })
})

describe('a rectangle', () => {
  it.each(['126,37,127.01,37.5', '126,36,126.5,37.01', '127,37,126,38', '126,38,127,37', '126,37,127', 'a,b,c,d', '126,37,127,91', ''])(
    '%j is refused',
    async (bbox) => {
      const { status, json } = await see(bbox)
      expect([status, json.code]).toEqual([422, 'validation_failed'])
    },
  )

  it('of one degree is not', async () => {
    expect((await see('126.5,37,127.5,38')).status).toBe(200)
  })

  it('is for who is signed in', async () => {
    const person = await signUp()
    await person.post('/auth/logout', {})
    expect((await person.get(`/map/hazards?bbox=${BOX}`)).status).toBe(401)
  })
})
