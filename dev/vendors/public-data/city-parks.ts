import { existsSync, readFileSync } from 'node:fs'
import { randomFrom } from '../../random.ts'
import { readSigungus } from '../sigungus.ts'
import type { Operation, Provider } from './gateway.ts'
import { moved } from './licence-map.ts'
import type { Snapshots } from './snapshots.ts'

const ROWS_MAX = 1_000

type ParkRow = Record<string, string | number>

/** The standard data set of city parks. https://www.data.go.kr/data/15012890/standard.do */
export function createCityParks({ snapshots }: { snapshots: Snapshots }) {
  let parks: ParkRow[] | undefined
  const operation: Operation = {
    host: 'api.data.go.kr',
    path: '/openapi/tn_pubr_public_cty_park_info_api',
    operation: 'city_parks',
    format: 'type',
    quota: 1_000,
    answer(query) {
      parks ??= makeParks()
      const { envelope = 'response', fields = 'camel' } = snapshots.settingsOf('city_parks')
      const { rows, total } = snapshots.of('city_parks', parks)
      const [page, size] = [Number(query.pageNo ?? 1), Math.min(ROWS_MAX, Number(query.numOfRows ?? 10))]
      const item = rows.slice((page - 1) * size, page * size).map((row) => (fields === 'upper' ? withUpperNames(row) : row))
      const isPast = item.length === 0
      const header = isPast ? { resultCode: '03', resultMsg: 'NODATA_ERROR' } : { resultCode: '00', resultMsg: 'NORMAL_SERVICE' }
      if (isPast) return envelope === 'bare' ? { header } : { response: { header } }
      // This form has been met without a header and without a count.
      if (envelope === 'array') return { response: { body: { items: item } } }
      const body = { items: { item }, totalCount: String(total), numOfRows: String(size), pageNo: String(page) }
      return envelope === 'bare' ? { header, body } : { response: { header, body } }
    },
  }
  return { operations: [operation] } satisfies Provider
}

/** `manageNo` is `MANAGE_NO`. */
function withUpperNames(row: ParkRow): ParkRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name.replaceAll(/[A-Z]/g, '_$&').toUpperCase(), value]))
}

const KINDS = ['근린공원', '어린이공원', '소공원', '체육공원', '수변공원']
const WORDS = ['솔밭', '샘터', '하늘', '느티', '은행', '햇살', '꿈', '달빛', '은빛', '푸른', '두레', '한마음']

/** Parks of the product's own list, which the municipalities know at another corner, and four in each district of Seoul and three elsewhere. */
function makeParks(): ParkRow[] {
  const random = randomFrom(33)
  const districts = readSigungus().flatMap((it) =>
    Array.from({ length: it.sido === '서울특별시' ? 4 : /^(부산|대구|제주)/.test(it.sido) ? 1 : 0 }, () => ({
      ...it,
      lat: it.lat + random.between(-0.012, 0.012),
      lng: it.lng + random.between(-0.014, 0.014),
    })),
  )
  const own = readOwnParks().map(({ name, ...at }) => ({ name, sido: '서울특별시', sigungu: '', ...moved(at, { north: 60, east: 50 }) }))
  const all = [
    ...own,
    ...districts.map((it, n) => ({
      ...it,
      name: `${WORDS[n % WORDS.length]}${n % 30 === 13 ? ' 반려견놀이터' : `${Math.floor(n / WORDS.length) + 1}공원`}`,
    })),
  ]
  return all.map(({ name, sido, sigungu, lat, lng }, n) => {
    const missing: unknown = n % 20 === 7 ? '' : n % 20 === 17 ? '0' : n % 40 === 19 ? 0 : undefined
    const area = [sido, sigungu].filter(Boolean).join(' ')
    return {
      manageNo: n % 25 === 11 ? '' : `11000-${String(n + 1).padStart(5, '0')}`,
      parkNm: name,
      parkSe: KINDS[n % KINDS.length]!,
      rdnmadr: n % 3 === 0 ? '' : `${area} 공원로 ${n + 1}`,
      lnmadr: `${area} 중앙동 ${String(n).padStart(4, '0')}-0001`,
      latitude: missing === undefined ? (n % 6 === 5 ? lat : String(lat)) : (missing as string | number),
      longitude: missing === undefined ? (n % 6 === 5 ? lng : String(lng)) : (missing as string | number),
      parkAr: n % 9 === 4 ? '12,345.6' : n % 11 === 3 ? '0' : String(1_000 + n * 37),
      mvmFclty: '',
      amsmtFclty: n % 2 ? '그네+미끄럼틀' : '',
      cnvnncFclty: '화장실',
      cltrFclty: '',
      etcFclty: '',
      appnNtfcDate: '1990-05-01',
      institutionNm: `${area} 공원녹지과`,
      phoneNumber: ['02-2127-4000', '', '-', '0221274000'][n % 4]!,
      referenceDate: n % 8 === 2 ? '20260601' : '2026-06-01',
      insttCode: '6110000',
    }
  })
}

function readOwnParks(): { name: string; lat: number; lng: number }[] {
  const file = 'seeds/places.tsv'
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split(/\r?\n/).slice(1)
  return lines.flatMap((line) => {
    const [, kind, name = '', lat, lng] = line.split('\t')
    return kind === 'park' ? [{ name, lat: Number(lat), lng: Number(lng) }] : []
  })
}
