import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import type { WarningKind } from '../../../../src/core/weather.ts'
import { firstRow } from '../../../../src/db/client.ts'
import { foldWarnings } from '../../../../src/modules/weather/warnings/queries.ts'
import { isByTheSea, warningsIn as warningsOf } from '../../../../src/modules/weather/warnings/sql.ts'
import { warningSchema } from '../../../../src/modules/weather/warnings/schema.ts'
import { createTestDeps } from '../../../support/api.ts'
import { forgetWarnings, newsOf, onThatDay, recordedNotices } from '../../../support/warnings.ts'

const { db } = createTestDeps()
beforeEach(forgetWarnings)

const [JEJU, SEOGWIPO, GANGNAM, JUNG_IN_BUSAN, SEJONG] = ['5011000000', '5013000000', '1168000000', '2611000000', '3611000000']
const now = onThatDay('11:35')

async function warningsIn(region: string | null, position?: { lat: number; lng: number }) {
  const point = position && sql`ST_MakePoint(${position.lng}, ${position.lat})::geography`
  // As `known_weather` asks: of a dong for its sigungu, and at a position whether the sea is near.
  const sigungu = sql`(SELECT ARRAY[CASE WHEN level = 'dong' THEN parent_code ELSE code END] FROM regions WHERE code = ${region}::text)`
  const isCoastal = point ? isByTheSea(point) : sql`false`
  const row = await firstRow<{ warnings: unknown }>(db, sql`SELECT ${warningsOf(sigungu, now, isCoastal)} AS warnings`)
  return warningSchema.array().parse(row!.warnings)
}
const namesIn = async (...of: Parameters<typeof warningsIn>) => (await warningsIn(...of)).map(({ zone, message }) => `${zone}: ${message}`)
const warn = (area_code: string, area_name: string, kind: WarningKind = 'heavy_rain') =>
  foldWarnings(db, [newsOf(onThatDay('10:00'), { area_code, area_name, kind })])

describe('the list of zones', () => {
  it('has a zone for every sigungu, and no sigungu that is none', async () => {
    const { rows } = await db.execute(sql`
      SELECT (SELECT array_agg(code) FROM regions WHERE level = 'sigungu' AND code NOT LIKE '9%' AND NOT EXISTS (
               SELECT 1 FROM warning_zones WHERE warning_zones.code LIKE 'L%' AND regions.code = ANY (sigungu_codes)
             )) AS without,
             (SELECT array_agg(code) FROM warning_zones WHERE EXISTS (
               SELECT 1 FROM unnest(sigungu_codes) AS given (code) WHERE NOT EXISTS (SELECT 1 FROM regions WHERE regions.code = given.code AND level = 'sigungu')
             )) AS wrong,
             (SELECT array_agg(code) FROM warning_zones WHERE NOT EXISTS (
               SELECT 1 FROM regions WHERE level = 'sido' AND regions.sido = warning_zones.sido
             )) AS nowhere`)
    expect(rows).toEqual([{ without: null, wrong: null, nowhere: null }])
  })

  it('has all zones on land of the recording', async () => {
    expect((await foldWarnings(db, recordedNotices)).unknown_zones).toEqual([])
  })
})

describe('the warnings of a sigungu', () => {
  it('are those of its zones, the worst first', async () => {
    await foldWarnings(db, recordedNotices)
    const jeju = await warningsIn(JEJU!)
    expect(jeju.map(({ zone, kind, level }) => `${zone} ${kind} ${level}`)).toEqual([
      '제주도산지 heavy_rain warning',
      '제주시중산간 heavy_rain warning',
      '제주도산지 strong_wind advisory',
      '제주시동부 strong_wind advisory',
      '제주시중산간 strong_wind advisory',
      '제주시동부 heavy_rain advisory',
    ])
    expect(jeju[1]).toEqual({
      kind: 'heavy_rain',
      level: 'warning',
      zone: '제주시중산간',
      since: onThatDay('11:00').toISOString(),
      // News that has come since tells of its end.
      until: onThatDay('11:40').toISOString(),
      message: '호우경보 발효 중',
    })
    expect(await namesIn(SEOGWIPO!)).toContain('서귀포시남부: 호우주의보 발효 중')
    expect(await namesIn(GANGNAM!)).toEqual([])
  })

  it('are those of a dong in it, and none where there is no region', async () => {
    await warn('L1100100', '서울동남권')
    await db.execute(
      `INSERT INTO regions (code, level, parent_code, sido, sigungu, dong, center) VALUES ('1168099900', 'dong', '1168000000', '서울특별시', '강남구', '시험동', ST_MakePoint(127.05, 37.51)::geography) ON CONFLICT DO NOTHING`,
    )
    expect(await namesIn('1168099900')).toEqual(['서울동남권: 호우주의보 발효 중'])
    expect(await namesIn('9999999999')).toEqual([])
    expect(await namesIn(null)).toEqual([])
  })

  it('are those of a whole sido', async () => {
    await warn('L1150000', '부산광역시', 'cold_wave')
    expect(await namesIn(JUNG_IN_BUSAN!)).toEqual(['부산광역시: 한파주의보 발효 중'])
    expect(await namesIn(JEJU!)).toEqual([])
  })

  it('W12: of an unknown code are found by its name, else in the sido of the codes alike, else in that of the name', async () => {
    await warn('L1199110', '서울서북권')
    expect(await namesIn('1111000000')).toEqual(['서울서북권: 호우주의보 발효 중'])
    expect(await namesIn(GANGNAM!)).toEqual([])
    await forgetWarnings()
    await warn('L1091990', '한라산남벽')
    expect(await namesIn(JEJU!)).toEqual(['한라산남벽: 호우주의보 발효 중'])
    await forgetWarnings()
    await warn('L1082590', '금정산')
    expect(await namesIn(JUNG_IN_BUSAN!)).toEqual(['금정산: 호우주의보 발효 중'])
    await forgetWarnings()
    await warn('L9999999', '세종특별자치시동부')
    expect(await namesIn(SEJONG!)).toEqual(['세종특별자치시동부: 호우주의보 발효 중'])
    await forgetWarnings()
    await warn('L9999999', '어딘가')
    expect(await namesIn(SEJONG!)).toEqual([])
  })

  it('of the sea count within 2 km of a beach alone', async () => {
    await warn('S1311100', '부산앞바다', 'high_seas')
    await warn('S1322200', '남해서부동쪽먼바다', 'high_seas')
    const haeundae = '2635000000'
    expect(await namesIn(haeundae)).toEqual([])
    expect(await namesIn(haeundae, { lat: 35.17, lng: 129.16 })).toEqual(['부산앞바다: 풍랑주의보 발효 중'])
    expect(await namesIn(haeundae, { lat: 35.24, lng: 129.13 })).toEqual([])
  })
})
