import { describe, expect, it } from 'vitest'
import { createLicences } from '../../src/vendors/public-data/licences.ts'
import { config, fakeVendor, html, json } from './fake-vendor.ts'

const HOSPITALS = 'apis.data.go.kr/1741000/animal_hospitals/info'
/** As recorded. */
const GWANGMYEONG = {
  MNG_NO: '390000001020260003',
  OPN_ATMY_GRP_CD: '3900000',
  BPLC_NM: '광명온동물병원',
  TELNO: '02-6951-1003',
  ROAD_NM_ADDR: '경기도 광명시 광이로 10 (철산동)',
  LOTNO_ADDR: '경기도 광명시 철산동 000-0',
  CRD_INFO_X: '187381.282564181    ',
  CRD_INFO_Y: '441908.62126562',
  SALS_STTS_CD: '01',
  LCPMT_YMD: '2026-09-03',
  CLSBIZ_YMD: '',
  DAT_UPDT_SE: 'I',
  DAT_UPDT_PNT: '2026-09-04 21:02:00',
}
const page = (item: unknown, totalCount: unknown = 1) =>
  json({ response: { header: { resultCode: '0', resultMsg: '정상' }, body: { totalCount, pageNo: 1, numOfRows: 100, items: item } } })
const ask = (reply: Response | Error, options = {}) => {
  const vendor = fakeVendor({ [HOSPITALS]: reply })
  return createLicences({ fetch: vendor.fetch, config }).listPage('animal_hospitals', { page: 1, ...options })
}
/** The licence that a row is read as, or null for one that is refused. */
async function read(row: object) {
  const answer = await ask(page({ item: [{ ...GWANGMYEONG, ...row }] }))
  if (answer.outcome !== 'answered') throw new Error('no answer')
  expect(answer.value.rows.length + answer.value.refused).toBe(1)
  return answer.value.rows[0] ?? null
}

describe('a row of a register', () => {
  it('is read as a licence', async () => {
    expect(await read({})).toEqual({
      key: '3900000:390000001020260003',
      name: '광명온동물병원',
      status: 'open',
      phone: '02-6951-1003',
      road_address: '경기도 광명시 광이로 10 (철산동)',
      lot_address: '경기도 광명시 철산동',
      location: { lat: expect.closeTo(37.47927, 4), lng: expect.closeTo(126.85812, 4) },
      x_text: '187381.282564181',
      y_text: '441908.62126562',
      licensed_on: '2026-09-03',
      closed_on: null,
      updated_at: '2026-09-04T12:02:00.000Z',
    })
  })

  it.each([
    [{ SALS_STTS_CD: '01' }, 'open'],
    [{ SALS_STTS_CD: '1' }, 'open'],
    [{ SALS_STTS_CD: 1 }, 'open'],
    [{ SALS_STTS_CD: ' 01 ' }, 'open'],
    [{ SALS_STTS_CD: '02' }, 'suspended'],
    [{ SALS_STTS_CD: '03', CLSBIZ_YMD: '2026-01-01' }, 'closed'],
    [{ SALS_STTS_CD: '03' }, 'closed'],
    [{ SALS_STTS_CD: '04' }, 'cancelled'],
    [{ SALS_STTS_CD: '05' }, 'removed'],
    [{ SALS_STTS_CD: '06' }, 'other'],
    [{ SALS_STTS_CD: '' }, 'other'],
    [{ SALS_STTS_CD: null }, 'other'],
    [{ SALS_STTS_CD: '0001' }, 'other'],
    [{ SALS_STTS_CD: '01', CLSBIZ_YMD: '20260101' }, 'closed'],
    [{ SALS_STTS_CD: '01', CLSBIZ_YMD: '  ' }, 'open'],
    [{ SALS_STTS_CD: '01', DAT_UPDT_SE: 'D' }, 'removed'],
    [{ SALS_STTS_CD: '01', DAT_UPDT_SE: 'U' }, 'open'],
  ])('with %j is %s', async (row, status) => {
    expect((await read(row))?.status).toBe(status)
  })

  it.each([
    ['02 3960044', '02-396-0044'],
    ['0269511003', '02-6951-1003'],
    ['02)2058-1882', '02-2058-1882'],
    ['031-701-0000', '031-701-0000'],
    ['0647251234', '064-725-1234'],
    ['070 1234 5678', '070-1234-5678'],
    ['010-1234-5678', '010-1234-5678'],
    ['0507-1234-5678', '0507-1234-5678'],
    ['+82-2-396-0044', '02-396-0044'],
    ['+82 10 1234 5678', '010-1234-5678'],
    ['15881234', '1588-1234'],
    ['02-2058-1882, 1883', '02-2058-1882'],
    ['(02)2058-1882', '02-2058-1882'],
    ['02-396-0044(내선 3)', '02-396-0044'],
    ['02-396-0044 내선 12', '02-396-0044'],
    ['02-396-0044~5', '02-396-0044'],
    ['031-701-0000/010-1234-5678', '031-701-0000'],
    ['02-396-0044 02-396-0045', null],
    ['', null],
    ['   ', null],
    ['-', null],
    [null, null],
    ['02', null],
    ['3960044', null],
    ['02-396', null],
    ['없음', null],
    [undefined, null],
    ['000-0000-0000', null],
  ])('with the number %j is called under %j', async (TELNO, phone) => {
    expect((await read({ TELNO }))?.phone).toBe(phone)
  })

  it.each([
    ['대구광역시 중구 동성로2가 0067-0003 1,2층', '대구광역시 중구 동성로2가 67-3 1,2층'],
    ['서울특별시 중구 명동 0012-0000', '서울특별시 중구 명동 12'],
    ['서울특별시 중구 명동 0012', '서울특별시 중구 명동 12'],
    ['경기도 광명시 철산동 000-0', '경기도 광명시 철산동'],
    ['경기도 광주시 남종면 산0012-0001', '경기도 광주시 남종면 산12-1'],
    ['제주특별자치도 서귀포시 성산읍 성산리 236-1', '제주특별자치도 서귀포시 성산읍 성산리 236-1'],
    ['서울특별시 중구 명동 0067-0003번지 1층', '서울특별시 중구 명동 67-3번지 1층'],
    ['서울특별시 중구  명동 10-20', '서울특별시 중구 명동 10-20'],
    ['', null],
    [null, null],
  ])('at the lot %j is at %j', async (LOTNO_ADDR, lot) => {
    expect((await read({ LOTNO_ADDR }))?.lot_address).toBe(lot)
  })

  it.each([
    ['2026-09-18 22:18:00', '2026-09-18T13:18:00.000Z'],
    ['20260918221800', '2026-09-18T13:18:00.000Z'],
    ['2018-08-31 23:59:59.0', '2018-08-31T14:59:59.000Z'],
    ['2026-01-01 00:05:00', '2025-12-31T15:05:00.000Z'],
    ['2026-08-12 24:00:00', '2026-08-12T15:00:00.000Z'],
    ['20260918', '2026-09-17T15:00:00.000Z'],
    ['', null],
    [null, null],
    ['어제', null],
    ['2026-13-01 00:00:00', null],
    ['2026-02-30 00:00:00', null],
  ])('that changed at %j changed at %j', async (DAT_UPDT_PNT, updated_at) => {
    expect((await read({ DAT_UPDT_PNT }))?.updated_at).toBe(updated_at)
  })

  it('has a day of its licence in both forms', async () => {
    expect((await read({ LCPMT_YMD: '19951111' }))?.licensed_on).toBe('1995-11-11')
    expect((await read({ LCPMT_YMD: '' }))?.licensed_on).toBeNull()
    expect((await read({ CLSBIZ_YMD: '2025.11.30' }))?.closed_on).toBe('2025-11-30')
  })

  it.each([
    ['', ''],
    ['    ', '   '],
    ['0', '0'],
    [null, undefined],
  ])('with the coordinates %j and %j keeps them and is nowhere', async (CRD_INFO_X, CRD_INFO_Y) => {
    const licence = await read({ CRD_INFO_X, CRD_INFO_Y })
    expect(licence).toMatchObject({ location: null, x_text: CRD_INFO_X?.trim() || null, y_text: CRD_INFO_Y?.trim() || null })
  })

  it('in Jeju City and Seogwipo is on the map', async () => {
    expect((await read({ CRD_INFO_X: '156361.1017', CRD_INFO_Y: '450.9819' }))?.location?.lat).toBeCloseTo(33.4996, 4)
    expect((await read({ CRD_INFO_X: '159000', CRD_INFO_Y: '-27000' }))?.location?.lat).toBeCloseTo(33.2522, 4)
  })

  it('without a name or a number is refused, and counted', async () => {
    expect(await read({ BPLC_NM: '' })).toBeNull()
    expect(await read({ BPLC_NM: ' \t ' })).toBeNull()
    expect(await read({ BPLC_NM: null })).toBeNull()
    expect(await read({ MNG_NO: '' })).toBeNull()
    expect(await read({ OPN_ATMY_GRP_CD: undefined })).toMatchObject({ key: ':390000001020260003' })
  })
})

describe('a page', () => {
  it('is asked for with a hundred rows, and with the time of a change as the ministry writes it', async () => {
    const vendor = fakeVendor({ [HOSPITALS]: page('', 0) })
    const licences = createLicences({ fetch: vendor.fetch, config })
    await licences.listPage('animal_hospitals', { page: 7, changed_since: new Date('2026-09-18T15:30:05Z') })
    const { searchParams } = new URL(vendor.asked[0]!.url)
    expect(Object.fromEntries(searchParams)).toEqual({
      serviceKey: config.DATA_GO_KR_KEY,
      pageNo: '7',
      numOfRows: '100',
      returnType: 'json',
      'cond[DAT_UPDT_PNT::GTE]': '20260919003005',
    })
    expect(vendor.asked[0]!.url).toContain('cond%5BDAT_UPDT_PNT%3A%3AGTE%5D=')
    await licences.listPage('animal_hospitals', { page: 1 })
    expect(vendor.asked[1]!.url).not.toContain('cond')
  })

  it.each([
    ['""', '', 0],
    ['{}', {}, 0],
    ['[]', [], 0],
    ['an empty item', { item: '' }, 0],
    ['nothing', undefined, 0],
    ['an item alone', { item: GWANGMYEONG }, 1],
    ['a list', [GWANGMYEONG], 1],
  ])('may have %s for its rows', async (_, items, rows) => {
    const answer = await ask(page(items, '5321'))
    expect(answer).toMatchObject({ outcome: 'answered', value: { total: 5_321, refused: 0 } })
    expect(answer.outcome === 'answered' && answer.value.rows).toHaveLength(rows)
  })

  it.each([
    ['without a total', page({ item: [GWANGMYEONG] }, null), 'unavailable', null],
    ['of words', page({ item: ['?'] }), 'unavailable', null],
    ['of a maintenance', html(), 'unavailable', null],
    ['that is cut', new Response('{"response":{"hea'), 'unavailable', null],
    ['that never came', new Error('reset'), 'unavailable', null],
    ['of an inner error', json({ response: { header: { resultCode: '-999' } } }), 'unavailable', '-999'],
    ['of a wrong parameter', json({ response: { header: { resultCode: '-2' } } }), 'misconfigured', '-2'],
    ['of an unknown key', json({ response: { header: { resultCode: '-3' } } }), 'misconfigured', '-3'],
    ['of too many calls', json({ response: { header: { resultCode: '-10' } } }), 'quota', '-10'],
  ])('%s is a failure', async (_, reply, reason, code) => {
    expect(await ask(reply)).toEqual({ outcome: 'failed', reason, code })
  })
})
