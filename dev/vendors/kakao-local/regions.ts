import { readSigungus, type Sigungu } from '../sigungus.ts'

interface Known extends Sigungu {
  dong: string
  /** The administrative dong's code. */
  h: string
}

/** Well-known places with their real names and codes. */
const KNOWN: Known[] = [
  ['1168010100', '1168064000', '서울특별시', '강남구', '역삼동', 37.5006, 127.0364],
  ['1144012300', '1144069000', '서울특별시', '마포구', '망원동', 37.556, 126.905],
  ['1120011400', '1120065000', '서울특별시', '성동구', '성수동1가', 37.5443, 127.0446],
  ['1171010100', '1171065000', '서울특별시', '송파구', '잠실동', 37.5112, 127.086],
  ['1111010100', '1111051500', '서울특별시', '종로구', '청운동', 37.587, 126.969],
  ['4113510900', '4113565500', '경기도', '성남시 분당구', '삼평동', 37.4027, 127.1046],
  ['2635010500', '2635051000', '부산광역시', '해운대구', '우동', 35.163, 129.158],
].map(([code, h, sido, sigungu, dong, lat, lng]) => ({ code, h, sido, sigungu, dong, lat, lng }) as Known)
const KNOWN_WITHIN_M = 1_000

/** About 1.5 km each way in the middle of the country. */
const CELL = { lat: 0.0135, lng: 0.017 }
/** Cells are counted from a sigungu's centre. 30 × 30 of them fill the three digits from 100 to 999. */
const HALF = 15
/** A place farther than this from every centre is at sea or abroad. */
const LAND_WITHIN_M = 45_000
const KOREA = { south: 33, north: 38.65, west: 124.5, east: 131.95 }

/** Thirty by thirty syllables, so that every cell of a sigungu has a name of its own. */
const FIRST = [...'역망성잠청삼우서연신대방상도구논개문가오화이송명남북양장용백']
const SECOND = [...'산원수실운평현정촌천곡암림포계호흥봉덕강안내학주당리곶솔석율']

/** The region of a coordinate, as a legal and as an administrative dong. */
export function createRegions(file?: string) {
  let sigungus: Sigungu[] | undefined
  return { describe: (lat: number, lng: number) => describe((sigungus ??= readSigungus(file)), lat, lng) }
}

function describe(regions: Sigungu[], lat: number, lng: number) {
  const known = nearest(KNOWN, lat, lng)
  if (known && distanceM(known, lat, lng) <= KNOWN_WITHIN_M) {
    const b = document('B', known.code, known, known.dong, known)
    return [b, document('H', known.h, known, known.dong, { lat: known.lat + 0.002, lng: known.lng + 0.003 })]
  }
  if (lat < KOREA.south || lat > KOREA.north || lng < KOREA.west || lng > KOREA.east) return []
  const region = nearest(regions, lat, lng)
  if (!region || distanceM(region, lat, lng) > LAND_WITHIN_M) return []
  const row = cellOf(lat, region.lat, CELL.lat)
  const column = cellOf(lng, region.lng, CELL.lng)
  const number = 100 + (row + HALF) * 2 * HALF + column + HALF
  // Multiplying by a number that shares no factor with 30 spreads the syllables and gives no name twice.
  const name = `${FIRST[((row + HALF) * 7 + column + HALF) % 30]!}${SECOND[((column + HALF) * 11 + 5) % 30]!}`
  const dong = `${name}${region.sigungu.endsWith('군') ? '면' : '동'}`
  const centre = { lat: region.lat + row * CELL.lat, lng: region.lng + column * CELL.lng }
  const prefix = region.code.slice(0, 5)
  return [
    document('B', `${prefix}${number}00`, region, dong, centre),
    document('H', `${prefix}${((number + 450) % 900) + 100}00`, region, dong, { lat: centre.lat + 0.0015, lng: centre.lng + 0.002 }),
  ]
}

function document(type: 'B' | 'H', code: string, { sido, sigungu }: Sigungu, dong: string, at: { lat: number; lng: number }) {
  const second = sigungu === sido ? '' : sigungu
  return {
    region_type: type,
    code,
    address_name: [sido, second, dong].filter(Boolean).join(' '),
    region_1depth_name: sido,
    region_2depth_name: second,
    region_3depth_name: dong,
    region_4depth_name: '',
    x: at.lng,
    y: at.lat,
  }
}

function cellOf(value: number, centre: number, size: number): number {
  return Math.min(HALF - 1, Math.max(-HALF, Math.round((value - centre) / size)))
}

function nearest<T extends Sigungu>(places: T[], lat: number, lng: number): T | undefined {
  let best: T | undefined
  let bestM = Infinity
  for (const place of places) {
    const metres = distanceM(place, lat, lng)
    if (metres < bestM) [best, bestM] = [place, metres]
  }
  return best
}

/** On a flat earth, which is exact enough over a few kilometres. */
function distanceM(place: { lat: number; lng: number }, lat: number, lng: number): number {
  const metresPerDegree = 111_320
  return metresPerDegree * Math.hypot(place.lat - lat, (place.lng - lng) * Math.cos((lat * Math.PI) / 180))
}
