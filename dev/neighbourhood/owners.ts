import type { LatLng } from '../../src/core/geo.ts'
import type { Random } from '../random.ts'

export interface Pet {
  readonly name: string
  readonly species: 'dog' | 'cat' | 'other'
  readonly breed: string
  readonly age_years: number
  /** Beside the years. Otherwise it follows from the owner's number. */
  readonly age_months?: number
  readonly weight_kg: number
  readonly is_overweight?: boolean
  readonly has_heart_or_lung_condition?: boolean
}

export interface Habit {
  /** How likely a walk is on a day, in the morning and in the evening. */
  readonly morning: number
  readonly evening: number
  readonly morning_hour: number
  readonly evening_hour: number
  readonly length_m: number
  readonly pace_mps: number
  readonly sampling: '3s' | '5s' | '5m'
}

export interface Owner {
  readonly number: number
  /** The id of their Kakao account, with which the playground and the demo can log in as them. */
  readonly kakao_id: string
  readonly nickname: string
  readonly home: LatLng
  /** On which day of the town they sign up. */
  readonly joins: number
  readonly habit: Habit
  readonly pets: readonly Pet[]
}

type Draw = (...of: (string | number)[]) => Random

/** Those of whom the guide tells (guide.ts). Each has a number that stands for a part. */
export const CAST = { champion: 0, premium: 1, admin: 2, social: 3, newcomer: 4 } as const

type Dog = Omit<Pet, 'name' | 'species'>
/** Dogs to whom the weather means something else, by the owner's number. */
export const WEATHER_DOGS = {
  husky: { number: 5, dog: { breed: '시베리안 허스키', age_years: 4, weight_kg: 24.5 } },
  pug: { number: 6, dog: { breed: '퍼그', age_years: 5, weight_kg: 8.1 } },
  puppy: { number: 7, dog: { breed: '말티푸', age_years: 0, age_months: 2, weight_kg: 1.9 } },
  overweight: { number: 8, dog: { breed: '비글', age_years: 7, weight_kg: 17.4, is_overweight: true } },
  frail: { number: 10, dog: { breed: '시츄', age_years: 13, weight_kg: 5.2, has_heart_or_lung_condition: true } },
} as const satisfies Record<string, { number: number; dog: Dog }>

/** How many of ten owners live where. The simulated Kakao Local knows these dongs. */
const QUARTERS: readonly (LatLng & { readonly share: number; readonly spread_m: number })[] = [
  { lat: 37.5443, lng: 127.0446, share: 0.36, spread_m: 600 },
  { lat: 37.5606, lng: 127.039, share: 0.18, spread_m: 450 },
  { lat: 37.556, lng: 126.905, share: 0.24, spread_m: 600 },
  { lat: 37.5607, lng: 126.9215, share: 0.1, spread_m: 450 },
  { lat: 37.4027, lng: 127.1046, share: 0.05, spread_m: 600 },
  { lat: 35.163, lng: 129.158, share: 0.04, spread_m: 500 },
  { lat: 37.5006, lng: 127.0364, share: 0.03, spread_m: 600 },
]

const NAMES =
  '초코 보리 콩이 두부 몽이 코코 구름 하루 밤이 호두 라떼 모찌 별이 감자 망고 우유 탄이 단추 잔디 도토리 쿠키 나비 토리 해피 루루 만두 자두 까미 봄이 여름'.split(
    ' ',
  )
const ENDINGS = ['네', '아빠', '엄마', '언니', '집사']
const DOGS =
  '말티즈:3.2,토이 푸들:3.5,포메라니안:2.8,믹스견:9.4,치와와:2.6,시츄:5.8,진돗개:18.2,비숑 프리제:5.4,시바견:9.8,닥스훈트:7.9,비글:11.3,골든 리트리버:29.5,보더 콜리:18.7,웰시 코기 펨브로크:11.8'.split(
    ',',
  )
const SAMPLINGS = ['3s', '5s', '5m'] as const

export function makeOwners({ count, days }: { count: number; days: number }, draw: Draw): Owner[] {
  return Array.from({ length: count }, (_, number) => {
    const random = draw('owner', number)
    const pets = makePets(number, random)
    return {
      number,
      kakao_id: String(1_000_000_001 + number),
      nickname: nicknameOf(number, pets[0]!.name),
      home: homeOf(number, count, random),
      joins: joinsOn(number, days, random),
      habit: habitOf(number, random),
      pets,
    }
  })
}

/** Each nickname is there once, because thirty names and five endings make 150. */
const nicknameOf = (number: number, pet: string) => `${pet}${ENDINGS[Math.floor(number / NAMES.length) % ENDINGS.length]}`

function homeOf(number: number, count: number, random: Random): LatLng {
  // Everybody of the cast lives in the first quarter, so that they meet on one board.
  let left = number < Object.keys(CAST).length ? 0 : (number + 0.5) / count
  const quarter = QUARTERS.find(({ share }) => (left -= share) < 0) ?? QUARTERS[0]!
  const off = () => ((random.next() - 0.5) * 2 * quarter.spread_m) / 111_000
  return { lat: quarter.lat + off(), lng: quarter.lng + off() / 0.8 }
}

/** Half of them are there from the first day. The others come in the weeks after, and the newcomer a week before the last. */
function joinsOn(number: number, days: number, random: Random): number {
  if (number === CAST.newcomer) return Math.max(0, days - 8)
  if (number < Object.keys(CAST).length || random.chance(0.5)) return 0
  return Math.floor(random.between(1, 0.8 * days))
}

function habitOf(number: number, random: Random): Habit {
  const isKeen = number === CAST.champion || random.chance(0.1)
  const isOfCast = number < Object.keys(CAST).length
  const usual = isKeen ? random.between(0.35, 0.55) : random.between(0.025, 0.09)
  const share = number === CAST.champion ? 1 : isOfCast ? Math.max(usual, 0.45) : usual
  const isEarly = random.chance(0.4)
  return {
    morning: isEarly ? share : isKeen ? share * 0.2 : 0.01,
    evening: isEarly && number !== CAST.champion ? 0.01 : share,
    morning_hour: random.between(6.2, 8.2),
    evening_hour: random.between(17.6, 20.4),
    length_m: number === CAST.champion ? 3_400 : random.between(800, isKeen ? 2_800 : 2_000),
    pace_mps: random.between(0.85, 1.4),
    sampling: random.pick(SAMPLINGS),
  }
}

function makePets(number: number, random: Random): Pet[] {
  const dog = (name: string): Pet => {
    const [breed = '', weight] = random.pick(DOGS).split(':')
    return { name, species: 'dog', breed, age_years: Math.floor(random.between(1, 14)), weight_kg: around(Number(weight), random) }
  }
  const drawn = dog(NAMES[number % NAMES.length]!)
  const own: Dog | undefined = Object.values(WEATHER_DOGS).find((known) => known.number === number)?.dog
  const first = { ...drawn, ...own }
  const second = NAMES[(number * 7 + 11) % NAMES.length]!
  if (number % 6 === 1) return [first, dog(second)]
  if (number % 9 === 3)
    return [first, { name: second, species: 'cat', breed: '코리안 숏헤어', age_years: 4, weight_kg: around(4.4, random) }]
  if (number % 20 === 5) return [first, { name: second, species: 'other', breed: '토끼', age_years: 2, weight_kg: around(1.8, random) }]
  return [first]
}

const around = (weight: number, random: Random) => Math.round(weight * random.between(0.85, 1.2) * 10) / 10
