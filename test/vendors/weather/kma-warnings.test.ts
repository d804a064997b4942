import { describe, expect, it } from 'vitest'
import { createKma } from '../../../src/vendors/kma/kma.ts'
import { config, fakeVendor, json } from '../fake-vendor.ts'
import { answerOf, seoul } from './kma-recordings.ts'
import { answered, skyLab } from './sky-lab.ts'

const [CODES, STATUS, UV] = ['WthrWrnInfoService/getPwnCd', 'WthrWrnInfoService/getPwnStatus', 'LivingWthrIdxServiceV5/getUVIdxV5'].map(
  (path) => `apis.data.go.kr/1360000/${path}`,
) as [string, string, string]
const NOW = seoul('20260926 1300')

function kmaWith(replies: Parameters<typeof fakeVendor>[0]) {
  const vendor = fakeVendor(replies)
  const queries = () => vendor.asked.map(({ url }) => Object.fromEntries(new URL(url).searchParams))
  return { kma: createKma({ fetch: vendor.fetch, config, now: () => NOW }), queries }
}
const statusOf = async (row: object) => kmaWith({ [STATUS]: json(answerOf([row])) }).kma.warningStatus()
const T6 = (t6: unknown) => ({ other: 'o 없음\r\n\r\n', t6, t7: 'o 없음', tmEf: '202609261200', tmFc: 202609261200, tmSeq: 130 })

const ROW = {
  stnId: '108',
  tmFc: 202609261100,
  tmSeq: 127,
  areaCode: 'L1091340',
  areaName: '제주시중산간',
  warnVar: 2,
  warnStress: 1,
  command: '7',
  startTime: 202609261100,
  endTime: 0,
  allEndTime: 0,
  cancel: '0',
}
const noticesOf = async (...rows: object[]) =>
  answered(await kmaWith({ [CODES]: json(answerOf(rows)) }).kma.listWarnings({ from: NOW, to: NOW }))

describe('what is in force', () => {
  it('is stated by kind, level and zones', async () => {
    const t6 =
      'o 강풍주의보 : 제주도(제주도산지, 제주시동부, 제주시중산간, 서귀포시동부, 서귀포시중산간)\r\no 호우경보 : 제주도(제주도산지, 제주시중산간)\r\no 호우주의보 : 제주도(제주시동부, 서귀포시남부)'
    expect(answered(await statusOf(T6(t6)))).toEqual({
      issued_at: '2026-09-26T03:00:00.000Z',
      seq: 130,
      in_force: [
        { kind: 'strong_wind', level: 'advisory', zones: '제주도(제주도산지, 제주시동부, 제주시중산간, 서귀포시동부, 서귀포시중산간)' },
        { kind: 'heavy_rain', level: 'warning', zones: '제주도(제주도산지, 제주시중산간)' },
        { kind: 'heavy_rain', level: 'advisory', zones: '제주도(제주시동부, 서귀포시남부)' },
      ],
      unread: 0,
    })
  })

  it.each(['o 없 음', 'o 없음', 'o 없음\r\n\r\n'])('is nothing: %j', async (t6) => {
    expect(answered(await statusOf(T6(t6)))).toMatchObject({ in_force: [], unread: 0 })
  })

  it('is unknown when it is not stated, which is not the same as nothing', async () => {
    const unavailable = { outcome: 'failed', reason: 'unavailable', code: null }
    for (const t6 of ['', '  ', null, undefined]) expect(await statusOf(T6(t6))).toEqual(unavailable)
    expect(answered(await statusOf(T6('o 호우주의보 : 부산\no 새특보 : 서울')))).toMatchObject({
      in_force: [{ kind: 'heavy_rain', level: 'advisory', zones: '부산' }],
      unread: 1,
    })
  })

  it('knows every kind, also two of the same zones and zones on several lines', async () => {
    const names = '강풍 호우 한파 건조 폭풍해일 풍랑 태풍 대설 황사 안개 지진해일 폭염'.split(' ')
    const { in_force } = answered(await statusOf(T6(names.map((name) => `o ${name}경보 : 서울`).join('\r\n'))))
    expect(in_force.map(({ kind }) => kind)).toEqual(
      'strong_wind heavy_rain cold_wave dry storm_surge high_seas typhoon heavy_snow yellow_dust fog tsunami heat_wave'.split(' '),
    )
    expect(answered(await statusOf(T6('o 강풍주의보·풍랑주의보 : 부산,\r\n  울산')))).toMatchObject({
      in_force: [
        { kind: 'strong_wind', level: 'advisory', zones: '부산, 울산' },
        { kind: 'high_seas', level: 'advisory', zones: '부산, 울산' },
      ],
    })
  })
})

describe('what KMA has added in 2026', () => {
  it('a third level of heat counts as a warning, and nights of heat are left out', async () => {
    const t6 = 'o 폭염중대경보 : 경상남도(양산, 의령)\r\no 폭염주의보 : 인천\r\no 열대야주의보 : 서울, 인천'
    expect(answered(await statusOf(T6(t6)))).toMatchObject({
      in_force: [
        { kind: 'heat_wave', level: 'warning', zones: '경상남도(양산, 의령)' },
        { kind: 'heat_wave', level: 'advisory', zones: '인천' },
      ],
      unread: 0,
    })
    expect(await noticesOf({ ...ROW, warnVar: 12, warnStress: 2 })).toMatchObject([{ kind: 'heat_wave', level: 'warning' }])
  })
})

describe('a notice', () => {
  it('has its zone, its kind, and its times in UTC', async () => {
    expect(await noticesOf(ROW)).toEqual([
      {
        issued_at: '2026-09-26T02:00:00.000Z',
        seq: 127,
        area_code: 'L1091340',
        area_name: '제주시중산간',
        kind: 'heavy_rain',
        level: 'warning',
        command: 'changed',
        starts_at: '2026-09-26T02:00:00.000Z',
        ends_at: null,
        is_cancelled: false,
      },
    ])
    const lift = { ...ROW, command: '2', startTime: 0, endTime: '202609262400', cancel: '1' }
    expect(await noticesOf(lift)).toMatchObject([
      { command: 'lifted', starts_at: null, ends_at: '2026-09-26T15:00:00.000Z', is_cancelled: true },
    ])
  })

  it.each([
    ['1', 'issued'],
    ['2', 'lifted'],
    ['3', 'extended'],
    ['7', 'changed'],
    ['5', 'other'],
    [1, 'issued'],
  ])('with command %j is %s', async (command, expected) => {
    expect(await noticesOf({ ...ROW, command })).toMatchObject([{ command: expected }])
  })

  it('of a kind or level that is not known is left out, and the others come in the order of their issue', async () => {
    const rows = [
      { ...ROW, tmSeq: 129 },
      { ...ROW, warnVar: 13 },
      { ...ROW, warnStress: 3 },
      {},
      { ...ROW, tmFc: 202609260800, tmSeq: 121 },
      ROW,
    ]
    expect((await noticesOf(...rows)).map(({ seq }) => seq)).toEqual([121, 127, 129])
  })

  it('is asked for six days back at most', async () => {
    const { kma, queries } = kmaWith({ [CODES]: json(answerOf([ROW])) })
    await kma.listWarnings({ from: seoul('20260901 0000'), to: NOW })
    await kma.listWarnings({ from: seoul('20260925 0000'), to: NOW })
    const asked = { serviceKey: config.DATA_GO_KR_KEY, pageNo: '1', numOfRows: '1000', dataType: 'JSON', stnId: '108', toTmFc: '20260926' }
    expect(queries()).toEqual([
      { ...asked, fromTmFc: '20260920' },
      { ...asked, fromTmFc: '20260925' },
    ])
  })
})

describe('the simulated warnings', () => {
  const all = async (sky: ReturnType<typeof skyLab>, day: string) =>
    answered(await sky.kma.listWarnings({ from: seoul(`${day} 0000`), to: seoul(`${day} 2359`) }))

  it('are those of the recording, as far as they have been issued', async () => {
    const sky = skyLab('20260926 1135')
    const notices = await all(sky, '20260926')
    expect(notices).toHaveLength(21)
    expect(notices.at(-1)).toMatchObject({ seq: 128, command: 'lifted', ends_at: '2026-09-26T02:30:00.000Z' })
    const status = answered(await sky.kma.warningStatus())
    expect(status).toMatchObject({ seq: 128, issued_at: '2026-09-26T02:30:00.000Z' })
    expect(Object.fromEntries(status.in_force.map(({ kind, level, zones }) => [`${kind} ${level}`, zones.split(', ').toSorted()]))).toEqual(
      {
        'strong_wind advisory': ['서귀포시동부', '서귀포시중산간', '제주도산지', '제주시동부', '제주시중산간'],
        'heavy_rain warning': ['제주도산지', '제주시중산간'],
        'heavy_rain advisory': ['서귀포시남부', '서귀포시동부', '서귀포시중산간', '제주시동부'],
        // It is lifted already, from noon on.
        'high_seas advisory': ['남해서부동쪽먼바다'],
      },
    )
    sky.moveTo('20260926 1200')
    expect(answered(await sky.kma.warningStatus())).toMatchObject({ seq: 130, in_force: [] })
    expect(await all(sky, '20260926')).toHaveLength(32)
  })

  it('go six days back, and what is older is refused with 99', async () => {
    const sky = skyLab('20261002 1300')
    expect(await all(sky, '20260926')).toHaveLength(32)
    sky.moveTo('20261003 0001')
    const path = '/1360000/WthrWrnInfoService/getPwnCd'
    expect((await sky.get(path, { dataType: 'JSON', fromTmFc: '20260926', toTmFc: '20260926' })).json).toEqual({
      response: { header: { resultCode: '99', resultMsg: '최대 조회 기간은 오늘 기준으로 6일 전까지입니다.' } },
    })
    expect(await sky.kma.listWarnings({ from: seoul('20260926 0000'), to: seoul('20261003 0000') })).toEqual({ outcome: 'nothing' })
  })

  it('are issued, raised and lifted by whoever wants', async () => {
    const sky = skyLab('20270110 0900')
    const zone = { areaCode: 'L1100100', areaName: '서울동남권', kind: 'heavy_snow' }
    expect((await sky.set('/weather/warnings', zone)).status).toBe(201)
    sky.moveTo('20270110 1000')
    await sky.set('/weather/warnings', { ...zone, level: 'warning', command: 'changed' })
    expect(answered(await sky.kma.warningStatus()).in_force).toEqual([{ kind: 'heavy_snow', level: 'warning', zones: '서울동남권' }])
    await sky.set('/weather/warnings', { ...zone, level: 'warning', command: 'lifted', ends_at: '2027-01-10T12:00:00+09:00' })
    expect(await all(sky, '20270110')).toMatchObject([
      { command: 'issued', level: 'advisory', starts_at: '2027-01-10T00:00:00.000Z' },
      { command: 'changed', level: 'warning' },
      { command: 'lifted', ends_at: '2027-01-10T03:00:00.000Z' },
    ])
    expect(answered(await sky.kma.warningStatus()).in_force).toHaveLength(1)
    sky.moveTo('20270110 1200')
    expect(answered(await sky.kma.warningStatus()).in_force).toEqual([])
    await sky.set('/weather/warnings/status', { t6: 'o 폭염주의보 : 서울' })
    expect(answered(await sky.kma.warningStatus()).in_force).toMatchObject([{ kind: 'heat_wave' }])
    await sky.set('/weather/warnings/replay', {})
    expect(await all(sky, '20270110')).toHaveLength(32)
    await sky.set('/weather', undefined, 'DELETE')
    expect(await sky.kma.listWarnings({ from: NOW, to: NOW })).toEqual({ outcome: 'nothing' })
  })
})

describe('ultraviolet light', () => {
  it('as recorded has 26 hours, of which the last are not forecast', async () => {
    const values = [
      '4',
      '3',
      '0',
      '0',
      '0',
      '0',
      '1',
      '5',
      '7',
      '3',
      '0',
      '0',
      '0',
      '0',
      '1',
      '5',
      '6',
      '3',
      '0',
      '0',
      '',
      '',
      '',
      '',
      '',
      '',
    ]
    const row = {
      code: 'A07_2',
      areaNo: '1100000000',
      date: '2026092612',
      ...Object.fromEntries(values.map((value, i) => [`h${i * 3}`, value])),
    }
    const { kma, queries } = kmaWith({ [UV]: json(answerOf([row, { areaNo: 'x' }], 3851)) })
    expect(await kma.uvIndices(seoul('20260926 1200'), 2)).toEqual({
      outcome: 'answered',
      value: {
        rows: [{ area_code: '1100000000', hours: values.map((value) => (value === '' ? null : Number(value))) }],
        total: 3851,
      },
    })
    expect(queries()).toMatchObject([{ pageNo: '2', numOfRows: '1000', time: '2026092612', areaNo: '' }])
  })

  it('is simulated for every district, and follows what is set', async () => {
    const sky = skyLab('20260801 0930')
    const { rows, total } = answered(await sky.kma.uvIndices(seoul('20260801 0900'), 1))
    expect(total).toBe(rows.length)
    const jongno = rows.find(({ area_code }) => area_code === '1111000000')!
    expect(jongno.hours).toHaveLength(26)
    expect(jongno.hours[1]).toBeGreaterThanOrEqual(7)
    expect(jongno.hours[5]).toBe(0)
    expect(jongno.hours.slice(20)).toEqual([null, null, null, null, null, null])
    await sky.set('/weather', { uv: 11 })
    expect(answered(await sky.kma.uvIndices(seoul('20260801 0900'), 1)).rows[0]!.hours[0]).toBe(11)
    expect(await sky.kma.uvIndices(seoul('20260801 1200'), 1)).toEqual({ outcome: 'nothing' })
    expect(await sky.kma.uvIndices(seoul('20260801 0900'), 2)).toEqual({ outcome: 'nothing' })
  })
})
