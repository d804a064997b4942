import type { LatLng } from '../../../src/core/geo.ts'
import { randomFrom } from '../../random.ts'
import { readSigungus } from '../sigungus.ts'
import { moved, toLicenceMap } from './licence-map.ts'

export const LICENCE_KINDS = ['animal_hospitals', 'animal_pharmacies'] as const
export type LicenceKind = (typeof LICENCE_KINDS)[number]

/** A row as the ministry writes it: everything is a text. */
export type LicenceRow = Record<string, string>

/** A licence, and where it truly is, which the ministry does not say of every tenth. */
export interface Licensed {
  row: LicenceRow
  at: LatLng
}

/** Where licences are: how many hospitals and pharmacies within how many degrees, and the number of the first municipality. */
const AREAS: { sido: string; sigungu?: string; hospitals: number; pharmacies: number; spread: number; first: number }[] = [
  { sido: '서울특별시', hospitals: 7, pharmacies: 4, spread: 0.013, first: 300 },
  { sido: '부산광역시', hospitals: 1, pharmacies: 1, spread: 0.01, first: 325 },
  { sido: '대구광역시', hospitals: 2, pharmacies: 1, spread: 0.008, first: 341 },
  { sido: '경기도', sigungu: '성남시 분당구', hospitals: 6, pharmacies: 3, spread: 0.015, first: 378 },
  // y lies around 451 in the city, and below 0 in Seogwipo.
  { sido: '제주특별자치도', sigungu: '제주시', hospitals: 12, pharmacies: 6, spread: 0.008, first: 651 },
  { sido: '제주특별자치도', sigungu: '서귀포시', hospitals: 6, pharmacies: 3, spread: 0.008, first: 652 },
]

const WORDS = [...'온참별솔늘빛숲봄샘결'].flatMap((a) => ['누리', '마루', '하늘', '바다', '아라', '가람'].map((b) => `${b}${a}`))
const ENDINGS: Readonly<Record<LicenceKind, readonly string[]>> = {
  animal_hospitals: ['동물병원', '동물병원', '동물의료센터', '동물메디컬센터', ' 동물병원'],
  animal_pharmacies: ['약국', '약국', '온누리약국', ' 동물약국'],
}
const DONGS = ['중앙동', '신흥동', '송정동', '평화동', '문화동']
const PHONES = ['', '02 3960044', '02-396-0044', '0269511003', '15881234', '031)701-0000', '', '02-2058-1882, 1883', '3960044']

/** Every register is the same each time. What is unpleasant in the real ones comes back every few rows. */
export function makeLicences(kind: LicenceKind): Licensed[] {
  const random = randomFrom(kind === 'animal_hospitals' ? 31 : 32)
  const sigungus = readSigungus()
  const all: Licensed[] = kind === 'animal_hospitals' ? [gwangmyeong()] : []
  let n = 0
  for (const { sido, sigungu, hospitals, pharmacies, spread, first } of AREAS) {
    const here = sigungus.filter((it) => it.sido === sido && (!sigungu || it.sigungu === sigungu))
    for (const [index, { lat, lng, ...names }] of here.entries()) {
      const group = `${first + index}0000`
      for (let i = 0; i < (kind === 'animal_hospitals' ? hospitals : pharmacies); i++, n++) {
        const at = { lat: lat + random.between(-spread, spread), lng: lng + random.between(-spread, spread) }
        all.push(...licencesAt(kind, n, group, names, at))
      }
    }
  }
  return all
}

/** One licence, or two: a practice that has moved next door has a second number. */
function licencesAt(kind: LicenceKind, n: number, group: string, names: { sido: string; sigungu: string }, at: LatLng): Licensed[] {
  const isEvery = (nth: number, offset: number) => n % nth === offset
  const name = `${WORDS[(n * 7) % WORDS.length]}${ENDINGS[kind][n % ENDINGS[kind].length]}`
  const area = [names.sido, names.sigungu].join(' ')
  const dong = DONGS[n % DONGS.length]!
  const lot = `${(n * 13) % 900}`
  const updated = `2026-${String(1 + (n % 9)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')} 22:${String(n % 60).padStart(2, '0')}:00`
  const closed = isEvery(12, 5) || isEvery(45, 21) ? '2025-11-30' : ''
  const licensed = `20${String(10 + (n % 16))}-0${1 + (n % 9)}-15`
  const row: LicenceRow = {
    MNG_NO: `${group}${kind === 'animal_hospitals' ? '01' : '02'}0${licensed.slice(0, 4)}${String(n).padStart(5, '0')}`,
    OPN_ATMY_GRP_CD: group,
    BPLC_NM: isEvery(60, 31) ? '' : name,
    TELNO: PHONES[n % PHONES.length]!,
    ROAD_NM_ADDR: `${area} ${dong.slice(0, 2)}로 ${1 + ((n * 17) % 320)}, ${1 + (n % 3)}층 (${dong})`,
    LOTNO_ADDR: `${area} ${dong} ${isEvery(5, 1) ? `${lot.padStart(4, '0')}-${String(n % 12).padStart(4, '0')}` : `${lot}-${1 + (n % 12)}`}`,
    ROAD_NM_ZIP: String(10_000 + n),
    LOTNO_ZIP: '',
    ...coordinates(at, isEvery(10, 3) ? 'none' : isEvery(7, 2) ? 'padded' : 'plain'),
    ...statusOf(closed && isEvery(12, 5) ? '03' : isEvery(25, 9) ? '02' : isEvery(40, 11) ? '04' : isEvery(50, 23) ? '05' : '01'),
    DTL_SALS_STTS_CD: '0000',
    DTL_SALS_STTS_NM: '정상',
    LCPMT_YMD: licensed,
    CLSBIZ_YMD: closed,
    TCBIZ_BGNG_YMD: '',
    TCBIZ_END_YMD: '',
    LCTN_AREA: '',
    RGHT_MNBD_SN: '',
    DAT_UPDT_SE: isEvery(33, 17) ? 'D' : isEvery(3, 0) ? 'U' : 'I',
    DAT_UPDT_PNT: isEvery(4, 0) ? updated.replaceAll(/\D/g, '') : updated,
    LAST_MDFCN_PNT: updated,
  }
  if (isEvery(20, 6) && row.SALS_STTS_CD === '01') row.SALS_STTS_CD = '1'
  if (!isEvery(29, 8)) return [{ row, at }]
  const next = moved(at, { north: 8, east: 9 })
  const second: LicenceRow = {
    ...row,
    ...coordinates(next, 'plain'),
    ...statusOf('01'),
    MNG_NO: `${row.MNG_NO}9`,
    BPLC_NM: name.includes(' ') ? name.replace(' ', '') : name.replace(/(동물|약국)/, ' $1'),
    LCPMT_YMD: '2026-08-20',
    CLSBIZ_YMD: '',
    DAT_UPDT_SE: 'I',
  }
  return [
    { row, at },
    { row: second, at: next },
  ]
}

function coordinates(at: LatLng, form: 'plain' | 'padded' | 'none'): LicenceRow {
  if (form === 'none') return { CRD_INFO_X: '', CRD_INFO_Y: '' }
  const { x, y } = toLicenceMap(at)
  const blanks = form === 'padded' ? '    ' : ''
  return { CRD_INFO_X: `${x.toFixed(9)}${blanks}`, CRD_INFO_Y: `${y.toFixed(9)}${blanks}` }
}

const STATUS_NAMES: Readonly<Record<string, string>> = {
  '01': '영업/정상',
  '02': '휴업',
  '03': '폐업',
  '04': '취소/말소/만료/정지/중지',
  '05': '제외/삭제/전출',
  '06': '기타',
}

export const statusOf = (code: string): LicenceRow => ({ SALS_STTS_CD: code, SALS_STTS_NM: STATUS_NAMES[code] ?? '' })

/** A row of the real register. */
function gwangmyeong(): Licensed {
  const row: LicenceRow = {
    MNG_NO: '390000001020260003',
    OPN_ATMY_GRP_CD: '3900000',
    BPLC_NM: '광명온동물병원',
    TELNO: '02-6951-1003',
    ROAD_NM_ADDR: '경기도 광명시 광이로 10 (철산동)',
    LOTNO_ADDR: '경기도 광명시 철산동 000-0',
    ROAD_NM_ZIP: '14221',
    LOTNO_ZIP: '',
    CRD_INFO_X: '187381.282564181',
    CRD_INFO_Y: '441908.62126562',
    ...statusOf('01'),
    DTL_SALS_STTS_CD: '0000',
    DTL_SALS_STTS_NM: '정상',
    LCPMT_YMD: '2026-09-03',
    CLSBIZ_YMD: '',
    TCBIZ_BGNG_YMD: '',
    TCBIZ_END_YMD: '',
    LCTN_AREA: '',
    RGHT_MNBD_SN: '',
    DAT_UPDT_SE: 'I',
    DAT_UPDT_PNT: '2026-09-04 21:02:00',
    LAST_MDFCN_PNT: '2026-09-03 14:11:25',
  }
  return { row, at: { lat: 37.47927, lng: 126.85812 } }
}
