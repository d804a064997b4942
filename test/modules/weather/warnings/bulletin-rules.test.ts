import { describe, expect, it } from 'vitest'
import type { WarningKind, WarningLevel } from '../../../../src/core/weather.ts'
import {
  type Bulletin,
  compareWithBulletin,
  type KnownWarning,
  readAreas,
  type Zone,
} from '../../../../src/modules/weather/warnings/bulletin-rules.ts'
import seed from '../../../../seeds/warning_zones.tsv?raw'

const zones: Zone[] = seed
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t'))
  .map(([code, name, sido]) => ({ code: code!, name: name!, sido: sido! }))
const codeOf = (name: string) => zones.find((zone) => zone.name === name)!.code

const bulletin = (...in_force: [WarningKind, WarningLevel, string][]): Bulletin => ({
  issued_at: '2026-09-26T02:30:00.000Z',
  seq: 128,
  in_force: in_force.map(([kind, level, text]) => ({ kind, level, zones: text })),
  unread: 0,
})
const warned = (name: string, kind: WarningKind, more: Partial<KnownWarning> = {}): KnownWarning => ({
  area_code: /^[LS]\d/.test(name) ? name : codeOf(name),
  kind,
  level: 'advisory',
  issued_at: '2026-09-26T01:00:00.000Z',
  seq: 125,
  is_to_come: false,
  is_ending: false,
  ...more,
})
const overIn = (of: Bulletin, ...known: KnownWarning[]) => compareWithBulletin(of, known, zones).over.map(({ area_code }) => area_code)
const foundIn = (of: Bulletin, ...known: KnownWarning[]) => compareWithBulletin(of, known, zones).found.map(({ area_name }) => area_name)

describe('areas of a bulletin', () => {
  it('are read with and without exceptions and inner brackets', () => {
    expect(readAreas('전라남도(거문도.초도), 제주도(추자도, 서귀포시남부 제외), 부산')).toEqual([
      { name: '전라남도', parts: ['거문도.초도'], isExcept: false },
      { name: '제주도', parts: ['추자도', '서귀포시남부'], isExcept: true },
      { name: '부산', parts: null, isExcept: false },
    ])
    expect(readAreas('충청남도(보령(도서제외), 서산)')).toEqual([{ name: '충청남도', parts: ['보령(도서제외)', '서산'], isExcept: false }])
  })
})

describe('what a bulletin says', () => {
  const JEJU = '제주도(제주도산지, 제주시동부, 제주시중산간, 서귀포시동부, 서귀포시중산간)'

  it('ends a kind that it names nowhere, and a zone that its sido is named without', () => {
    const of = bulletin(['strong_wind', 'advisory', JEJU])
    expect(overIn(of, warned('제주시동부', 'strong_wind'), warned('제주시동부', 'heavy_rain'))).toEqual(['L1091330'])
    expect(overIn(of, warned('제주시서부', 'strong_wind'), warned('제주도산지', 'strong_wind'))).toEqual(['L1091310'])
    expect(overIn(of, warned('부산동부', 'strong_wind'))).toEqual(['L1082500'])
  })

  it('leaves all of a sido but what it excepts', () => {
    const of = bulletin(['strong_wind', 'advisory', '제주도(추자도, 서귀포시남부 제외)'])
    expect(overIn(of, warned('추자도', 'strong_wind'), warned('제주시서부', 'strong_wind'), warned('서귀포시남부', 'strong_wind'))).toEqual(
      ['L1091000', 'L1091420'],
    )
    expect(foundIn(of)).toEqual([
      '제주도산지',
      '제주시서부',
      '제주시북부',
      '제주시동부',
      '제주시중산간',
      '서귀포시서부',
      '서귀포시동부',
      '서귀포시중산간',
    ])
  })

  it.each([
    ['서울', '서울동북권'],
    ['서울(서울동남권, 서울동북권)', '서울동북권'],
    ['경기도(고양, 남양주), 인천', '고양시'],
    ['경기도(고양, 남양주), 인천', '강화군'],
    ['강원도(강릉산지, 속초평지)', '강릉시산지'],
    ['전라남도(곡성북부), 광주', '곡성군북부'],
    ['전라남도(곡성북부), 광주', '광주서부'],
    ['경기도(파주)', '파주시남부'],
    ['충청남도(보령(도서제외))', '보령(도서제외)'],
    ['경상남도', '양산시'],
    ['부산, 울산(울산서부)', '부산중부'],
    ['대구', '군위군'],
    ['울릉도.독도', '울릉도.독도'],
    ['서해5도', '백령도.대청도'],
    ['제주도산지, 제주시중산간', '제주시중산간'],
  ])('`%s` names %s', (text, name) => {
    expect(overIn(bulletin(['heavy_rain', 'advisory', text]), warned(name, 'heavy_rain'))).toEqual([])
  })

  it.each([
    ['경기도(고양, 남양주), 인천', '백령도.대청도'],
    ['경기도', '강화군'],
    ['경상남도', '부산동부'],
    ['경상북도', '울릉도.독도'],
    ['전라남도', '광주동부'],
    ['광주', '광주시'],
    ['강원도(고성평지)', '고성군'],
    ['충청남도(보령도서)', '보령(도서제외)'],
    ['제주도(추자도)', '제주시서부'],
  ])('`%s` does not name %s', (text, name) => {
    const code = name === '고성군' ? 'L1082300' : codeOf(name)
    expect(overIn(bulletin(['heavy_rain', 'advisory', text]), warned(code, 'heavy_rain'))).toEqual([code])
  })

  it('ends nothing where it is not understood', () => {
    const of = bulletin(['heavy_rain', 'advisory', '제주도(한라산꼭대기)'])
    expect(overIn(of, warned('제주시동부', 'heavy_rain'))).toEqual([])
    expect(overIn(of, warned('부산동부', 'heavy_rain'))).toEqual(['L1082500'])
    expect(overIn({ ...bulletin(), unread: 1 }, warned('제주시동부', 'heavy_rain'))).toEqual([])
    expect(overIn(bulletin(['heavy_rain', 'advisory', '영동지방']), warned('강릉시평지', 'heavy_rain'))).toEqual([])
  })

  it('keeps an unknown zone as long as any zone of its sido is named', () => {
    const unknown = warned('L1091990', 'heavy_rain')
    expect(overIn(bulletin(['heavy_rain', 'advisory', '제주도(추자도)']), unknown)).toEqual([])
    expect(overIn(bulletin(['heavy_rain', 'advisory', '부산']), unknown)).toEqual(['L1091990'])
  })

  it('says nothing of younger news, of what is announced for later, and of what ends at an announced time', () => {
    const kinds = { is_to_come: true } as const
    expect(overIn(bulletin(), warned('추자도', 'fog', kinds), warned('추자도', 'dry', { is_ending: true }))).toEqual([])
    expect(overIn(bulletin(), warned('추자도', 'fog', { issued_at: '2026-09-26T02:30:00.000Z', seq: 129 }))).toEqual([])
    expect(overIn(bulletin(), warned('추자도', 'fog', { issued_at: '2026-09-26T02:30:00.000Z', seq: 128 }))).toEqual(['L1091000'])
  })

  it('brings back what is older than the news that KMA tells of, and corrects a level', () => {
    const heat = bulletin(['heat_wave', 'warning', '서울(서울동남권)'], ['heat_wave', 'advisory', '서울(서울동북권, 서울서남권)'])
    expect(compareWithBulletin(heat, [warned('서울동북권', 'heat_wave')], zones).found).toEqual([
      { area_code: 'L1100100', area_name: '서울동남권', kind: 'heat_wave', level: 'warning' },
      { area_code: 'L1100300', area_name: '서울서남권', kind: 'heat_wave', level: 'advisory' },
    ])
    expect(compareWithBulletin(heat, [warned('서울동남권', 'heat_wave')], zones).found).toContainEqual({
      area_code: 'L1100100',
      area_name: '서울동남권',
      kind: 'heat_wave',
      level: 'warning',
    })
  })

  it('names seas in groups, so that one ends when its kind is named nowhere', () => {
    expect(overIn(bulletin(['high_seas', 'advisory', '남해동부먼바다']), warned('S1322200', 'high_seas'))).toEqual([])
    expect(overIn(bulletin(['dry', 'advisory', '대구']), warned('S1322200', 'high_seas'))).toEqual(['S1322200'])
  })
})
