import { DAY_MS, seoulDate } from '../../src/core/time.ts'
import type { CreateMeetup } from '../../src/modules/meetups/schema.ts'
import { MEETINGS } from './invitations.ts'
import type { Owner, Pet } from './owners.ts'
import { type Day, dayOf, type Town } from './town.ts'

/** Nobody's usual hours, so that no two walks of one owner overlap. */
const HOURS = { noon: 13.5, afternoon: 15.5, late: 16.5 } as const
/** When the first of them can be made. */
const FIRST_MADE_ON = 3
const WEEK = 7
const NEAR_DEGREES = 0.022
const SMALL = '말티즈 말티푸 치와와 포메라니안 시츄 퍼그 닥스훈트'.split(' ').concat('토이 푸들', '비숑 프리제')

type About = Pick<CreateMeetup, 'title' | 'category'> & Partial<Pick<CreateMeetup, 'description' | 'breed' | 'approval'>>

/** What a host says of a meetup. */
interface Idea {
  readonly host: number
  readonly about: About
  readonly place: (typeof MEETINGS)[number]
  readonly hour: number
  readonly capacity: number
  /** How many ask to come, besides the host. More than there are seats wait. */
  readonly guests: number
  readonly fits?: (pet: Pet) => boolean
}

interface Series extends Idea {
  /** 0 is Sunday. */
  readonly weekday: number
  readonly every_weeks: number
  /** Every so many dates one is cancelled. */
  readonly cancels_every?: number
}

const [FOREST, HILL] = MEETINGS

const SERIES: readonly Series[] = [
  {
    host: 0,
    about: { title: '토요일엔 서울숲 한 바퀴', category: 'all', description: '천천히 걸어요. 처음 오시는 분도 환영해요!' },
    place: FOREST,
    weekday: 6,
    every_weeks: 1,
    hour: HOURS.afternoon,
    capacity: 4,
    guests: 6,
  },
  {
    host: 1,
    about: {
      title: '점심시간 소형견 산책',
      category: 'small',
      approval: 'manual',
      description: '겁이 많은 아이들이 있어서 먼저 신청을 받아요.',
    },
    place: HILL,
    weekday: 3,
    every_weeks: 1,
    hour: HOURS.noon,
    capacity: 6,
    guests: 4,
    fits: ({ breed }) => SMALL.includes(breed),
    cancels_every: 4,
  },
  {
    host: 2,
    about: { title: '비숑 모여라', category: 'breed', breed: '비숑 프리제' },
    place: FOREST,
    weekday: 0,
    every_weeks: 2,
    hour: HOURS.afternoon,
    capacity: 10,
    guests: 5,
    fits: ({ breed }) => breed === '비숑 프리제',
  },
]
const SINGLES: readonly About[] = [
  { title: '응봉산 번개 산책', category: 'all' },
  { title: '사회성 기르기 산책', category: 'all', description: '짖어도 괜찮아요. 서로 거리를 두고 걸어요.' },
  { title: '주말 사진 산책', category: 'all' },
]

/** One date of a meetup. */
export interface Gathering extends Idea {
  /** Of the meetup. */
  readonly id: string
  readonly owner: Owner
  /** Its name among the random numbers. */
  readonly name: string
  readonly day: Day
  readonly at: Date
  /** When the meetup is made, at its first date. */
  readonly made_at: Date | null
  readonly rule: string | null
  readonly asked_days_ahead: number
  readonly is_cancelled: boolean
}

/** The dates that are on a day or up to a week after it, and those of the day before. */
export function gatheringsAbout(town: Town, day: Day): Gathering[] {
  const days = Array.from({ length: WEEK + 2 }, (_, k) => dayOf(town, seoulDate(new Date(day.at(12).getTime() + (k - 1) * DAY_MS))))
  return days.flatMap((date) => [...SERIES.flatMap((series) => dateOfSeries(town, series, date)), ...singleOn(town, date)])
}

function dateOfSeries(town: Town, series: Series, day: Day): Gathering[] {
  const owner = town.owners[series.host]
  const first = firstOf(town, series)
  const weeks = (day.index - first.index) / WEEK
  if (!owner || weeks < 0 || weeks % series.every_weeks !== 0) return []
  const count = weeks / series.every_weeks
  return [
    {
      ...series,
      id: town.id('meetup', series.host),
      owner,
      name: `series ${series.host}`,
      day,
      at: day.at(series.hour),
      made_at: count === 0 ? dayAt(town, first, -WEEK).at(19.6) : null,
      rule: `FREQ=WEEKLY;INTERVAL=${series.every_weeks}`,
      asked_days_ahead: WEEK,
      is_cancelled: series.cancels_every !== undefined && count % series.cancels_every === series.cancels_every - 1,
    },
  ]
}

/** The first of its weekdays at which people can be asked a week before. */
function firstOf(town: Town, { weekday }: Series): Day {
  const start = dayOf(town, town.first_day)
  const earliest = FIRST_MADE_ON + WEEK
  const later = (weekday - start.at(12).getUTCDay() - earliest) % WEEK
  return dayAt(town, start, earliest + ((later + WEEK) % WEEK))
}

const dayAt = (town: Town, from: Day, days: number) => dayOf(town, seoulDate(new Date(from.at(12).getTime() + days * DAY_MS)))

/** One meetup a week, four days after it was made. Every third is cancelled. */
function singleOn(town: Town, day: Day): Gathering[] {
  const asked_days_ahead = 4
  const week = (day.index - asked_days_ahead) / WEEK
  if (week < 1 || !Number.isInteger(week)) return []
  const near = town.owners.filter((owner) => isNear(owner, HILL) && owner.joins < day.index - WEEK)
  const owner = near[(week * 5 + 1) % Math.max(1, near.length)]
  if (!owner) return []
  return [
    {
      host: owner.number,
      about: SINGLES[week % SINGLES.length]!,
      place: HILL,
      hour: HOURS.late,
      capacity: 8,
      guests: 4,
      id: town.id('meetup', day.date),
      owner,
      name: `single ${day.date}`,
      day,
      at: day.at(HOURS.late),
      made_at: dayAt(town, day, -asked_days_ahead).at(19.6),
      rule: null,
      asked_days_ahead,
      is_cancelled: week % 3 === 2,
    },
  ]
}

const isNear = ({ home }: Owner, { lat, lng }: (typeof MEETINGS)[number]) =>
  Math.abs(home.lat - lat) < NEAR_DEGREES && Math.abs(home.lng - lng) < NEAR_DEGREES

/** Who asks to come, in the order of asking. */
export function guestsOf(town: Town, { owner: host, name, day, place, fits, guests, asked_days_ahead }: Gathering): Owner[] {
  const random = town.random('guests', name, day.date)
  return town.owners
    .filter((owner) => owner !== host && isNear(owner, place) && owner.joins < day.index - asked_days_ahead - 1)
    .filter(({ pets }) => pets.some((pet) => pet.species === 'dog' && (fits?.(pet) ?? true)))
    .map((owner) => ({ owner, turn: random.next() }))
    .toSorted((a, b) => a.turn - b.turn)
    .slice(0, guests)
    .map(({ owner }) => owner)
}
