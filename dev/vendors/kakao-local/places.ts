import type { LatLng } from '../../../src/core/geo.ts'
import { randomFrom } from '../../random.ts'
import { moved } from '../public-data/licence-map.ts'
import type { Licensed } from '../public-data/register.ts'
import { readSigungus } from '../sigungus.ts'

/** A place on Kakao's map. */
export interface MapPlace {
  id: string
  name: string
  category_name: string
  group: string
  phone: string
  address: string
  road_address: string
  at: LatLng
  /** Words by which it is found as well, because Kakao guesses. */
  words: string
}

/** Names of the groups that the simulator has places of. Others are known and empty. */
export const GROUPS: Readonly<Record<string, string>> = { HP8: '병원', PM9: '약국', CE7: '카페', CS2: '편의점', AT4: '관광명소' }
export const EMPTY_GROUPS = 'MT1 PS3 SC4 AC5 PK6 OL7 SW8 BK9 CT1 AG2 PO3 AD5 FD6'.split(' ')

const VET = '가정,생활 > 반려동물 > 동물병원'

/** `서울특별시 중구 …` as Kakao writes it: `서울 중구 …`. Only Jeju, Sejong and the two new provinces keep their whole name. */
export function shorten(address: string): string {
  return address.replace(/^(서울|부산|대구|인천|광주|대전|울산)(특별시|광역시)/, '$1').replace(/^(경기|충북|충남|전남|경북|경남)도/, '$1')
}

/** Without the floor, the building and the dong. */
export const cut = (address: string) => address.replace(/[,(].*$/, '').trim()

/**
 * Every third hospital of the register, some steps away and written without blanks, hospitals that the register does not have, and what else answers when
 * somebody looks for vets, cafés and dog runs.
 */
export function makePlaces(hospitals: readonly Licensed[]): MapPlace[] {
  return [...ofRegister(hospitals), ...ownPlaces()].map((place, n) => ({
    ...place,
    id: String(1_100_000_000 + ((n * 7_919) % 90_000_000)),
  }))
}

function ofRegister(hospitals: readonly Licensed[]): Omit<MapPlace, 'id'>[] {
  return hospitals
    .filter(({ row }, n) => n % 3 === 0 && row.BPLC_NM && /^0?1$/.test(row.SALS_STTS_CD ?? ''))
    .map(({ row, at }, n) => ({
      name: (row.BPLC_NM ?? '').replaceAll(' ', ''),
      category_name: VET,
      group: 'HP8',
      phone: n % 4 === 0 ? '' : `02-577-${String(1_000 + n)}`,
      address: shorten(cut(row.LOTNO_ADDR ?? '')),
      road_address: shorten(cut(row.ROAD_NM_ADDR ?? '')),
      at: moved(at, { north: 18, east: -14 }),
      words: '',
    }))
}

/** What there is in each district of Seoul. */
const KINDS: Pick<MapPlace, 'name' | 'category_name' | 'group' | 'words'>[] = [
  { name: '길동무동물병원', category_name: VET, group: 'HP8', words: '' },
  { name: '24시 곁에 동물의료센터', category_name: VET, group: 'HP8', words: '' },
  { name: '멍멍 놀이 카페', category_name: '음식점 > 카페 > 테마카페 > 애견카페', group: 'CE7', words: '' },
  { name: '카페 온도', category_name: '음식점 > 카페', group: 'CE7', words: '애견카페' },
  { name: '펫프렌들리 로스터스', category_name: '음식점 > 카페 > 커피전문점', group: 'CE7', words: '애견카페' },
  { name: '중앙내과의원', category_name: '의료,건강 > 병원 > 내과', group: 'HP8', words: '동물병원' },
  { name: '동물병원앞 편의점', category_name: '가정,생활 > 편의점', group: 'CS2', words: '' },
  { name: '반려견 놀이터', category_name: '여행 > 공원 > 반려견놀이터', group: '', words: '' },
]

function ownPlaces(): Omit<MapPlace, 'id'>[] {
  const random = randomFrom(34)
  const districts = readSigungus().filter(({ sido }) => sido === '서울특별시')
  return districts.flatMap(({ sigungu, lat, lng }, d) =>
    KINDS.map(({ name, ...kind }, n) => ({
      ...kind,
      name: n === 6 ? name : `${sigungu.slice(0, -1)} ${name}`,
      phone: (d + n) % 3 === 0 ? '' : `02-${2_000 + d}-${1_000 + n}`,
      address: `서울 ${sigungu} 중앙동 ${d + 1}-${n + 1}`,
      road_address: n === 7 ? '' : `서울 ${sigungu} 나들로 ${d * 10 + n + 1}`,
      at: { lat: lat + random.between(-0.012, 0.012), lng: lng + random.between(-0.014, 0.014) },
    })),
  )
}
