/**
 * What must hold of a person, worked out from their walks from the beginning and in the plainest way there is: slow, without a line of src/, and without
 * an idea of how facts are kept. Days are `YYYY-MM-DD`, instants milliseconds, places [lng, lat].
 */

export type Place = readonly [lng: number, lat: number]

export interface OracleWalk {
  readonly id: string
  readonly started_at: number
  readonly distance_m: number
  readonly duration_sec: number
  readonly way: readonly Place[]
  is_valid: boolean
  is_deleted: boolean
  pty: string | null
  photo_count: number
  company: number
  /** Those of the pets that walked whose day of birth is known. */
  birth_dates: readonly string[]
}

export interface PremiumPeriod {
  readonly starts_at: number
  readonly ends_at: number
  revoked_at: number | null
}

export interface KnownPlace {
  readonly id: string
  readonly kind: 'park' | 'beach' | 'mountain'
  readonly middle: Place
  readonly radius_m: number
}

export interface Person {
  readonly walks: OracleWalk[]
  readonly premium: PremiumPeriod[]
  readonly places: readonly KnownPlace[]
  dong_wins: number
}

export interface OracleBadge {
  readonly code: string
  readonly metric: string
  readonly threshold: number
  readonly tier: 'free' | 'premium'
  readonly season_start: string | null
  readonly season_end: string | null
}

// Days

const HOUR = 3_600_000
const DAY = 24 * HOUR
const SEOUL = 9 * HOUR

export const seoulDay = (at: number) => new Date(at + SEOUL).toISOString().slice(0, 10)
/** A streak's day begins at 04:00. */
export const streakDay = (at: number) => seoulDay(at - 4 * HOUR)
/** The instant at which a Seoul clock shows that time on that day. */
export const inSeoul = (day: string, time: string) => Date.parse(`${day}T${time}Z`) - SEOUL
export const addDays = (day: string, days: number) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10)
const seoulHour = (at: number) => new Date(at + SEOUL).getUTCHours()
const isLeap = (year: number) => new Date(Date.UTC(year, 1, 29)).getUTCDate() === 29

export const counted = ({ walks }: Person) => walks.filter(({ is_valid, is_deleted }) => is_valid && !is_deleted)
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

// What one walk gains

const RAIN = ['1', '2', '4', '5', '6', 'rain', 'rain_snow', 'shower', 'drizzle', 'drizzle_snow']
const SNOW = ['2', '3', '6', '7', 'rain_snow', 'snow', 'drizzle_snow', 'flurry']

function isBirthday(birth: string, day: string): boolean {
  if (day < birth) return false
  const isLeapling = birth.endsWith('02-29') && !isLeap(Number(day.slice(0, 4)))
  return day.slice(5) === (isLeapling ? '02-28' : birth.slice(5))
}

export function gainsOf(walk: OracleWalk): Record<string, number> {
  const day = seoulDay(walk.started_at)
  const hour = seoulHour(walk.started_at)
  return {
    early_bird_walks: hour >= 4 && hour < 6 ? 1 : 0,
    night_owl_walks: hour >= 22 || hour < 4 ? 1 : 0,
    rain_walks: RAIN.includes(walk.pty ?? '') ? 1 : 0,
    snow_walks: SNOW.includes(walk.pty ?? '') ? 1 : 0,
    new_year_walks: day.endsWith('01-01') ? 1 : 0,
    birthday_walks: walk.birth_dates.some((birth) => isBirthday(birth, day)) ? 1 : 0,
    walk_photos: walk.photo_count,
    together_walks: walk.company > 0 ? 1 : 0,
  }
}

// Places

/** Metres east and north from one place to another, on the ellipsoid; right to millimetres over some kilometres. */
function offsetM([lng, lat]: Place, [toLng, toLat]: Place): [east: number, north: number] {
  const phi = (((lat + toLat) / 2) * Math.PI) / 180
  const perLat = 111_132.954 - 559.822 * Math.cos(2 * phi) + 1.175 * Math.cos(4 * phi)
  const perLng = 111_412.84 * Math.cos(phi) - 93.5 * Math.cos(3 * phi) + 0.118 * Math.cos(5 * phi)
  return [(toLng - lng) * perLng, (toLat - lat) * perLat]
}

const metresApart = (a: Place, b: Place) => Math.hypot(...offsetM(a, b))

function metresFromWay(place: Place, way: readonly Place[]): number {
  const points = way.map((point) => offsetM(place, point))
  const toPiece = points.slice(1).map(([x2, y2], i) => {
    const [x1, y1] = points[i]!
    const length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    const share = length > 0 ? Math.min(1, Math.max(0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length)) : 0
    return Math.hypot(x1 + share * (x2 - x1), y1 + share * (y2 - y1))
  })
  return Math.min(...toPiece)
}

/** Ids of the walks whose start was a new place: in the order of time, none of the places before lies within 500 m. */
export function newPlaces(person: Person): string[] {
  const found: OracleWalk[] = []
  for (const walk of counted(person).toSorted((a, b) => a.started_at - b.started_at || (a.id < b.id ? -1 : 1))) {
    if (found.every((place) => metresApart(place.way[0]!, walk.way[0]!) > 500)) found.push(walk)
  }
  return found.map(({ id }) => id)
}

export function visitedPlaces(person: Person, walk: OracleWalk): KnownPlace[] {
  return person.places.filter(({ middle, radius_m }) => metresFromWay(middle, walk.way) <= radius_m + 100)
}

// Streak

export interface Run {
  readonly first_day: string
  readonly last_day: string
  readonly days: number
}

const walkedDays = (person: Person) => new Set(counted(person).map(({ started_at }) => streakDay(started_at)))

/** Whether a period, for as long as it stood, covered some of that streak day. */
const isPremiumOn = (person: Person, day: string) =>
  person.premium.some(
    ({ starts_at, ends_at, revoked_at }) =>
      Math.max(starts_at, inSeoul(day, '04:00:00')) < Math.min(ends_at, revoked_at ?? Infinity, inSeoul(addDays(day, 1), '04:00:00')),
  )

export const isPremiumAt = ({ premium }: Person, at: number) =>
  premium.some(({ starts_at, ends_at, revoked_at }) => revoked_at === null && starts_at <= at && at < ends_at)

/** The days missed that a rest day made good: in each month the first that was missed alone and while premium. */
export function restDays(person: Person): string[] {
  const walked = walkedDays(person)
  const missedAlone = [...walked].map((day) => addDays(day, 1)).filter((day) => !walked.has(day) && walked.has(addDays(day, 1)))
  const spent = new Map<string, string>()
  for (const day of missedAlone.filter((missed) => isPremiumOn(person, missed)).toSorted()) {
    const month = day.slice(0, 7)
    if (!spent.has(month)) spent.set(month, day)
  }
  return [...spent.values()].toSorted()
}

export function streakRuns(person: Person): Run[] {
  const walked = walkedDays(person)
  const kept = new Set([...walked, ...restDays(person)])
  const firstDays = [...kept].filter((day) => !kept.has(addDays(day, -1))).toSorted()
  return firstDays.map((first_day) => {
    let [last_day, days] = [first_day, 0]
    for (let day = first_day; kept.has(day); day = addDays(day, 1)) {
      last_day = day
      if (walked.has(day)) days++
    }
    return { first_day, last_day, days }
  })
}

/** The run that today may still go on: it reaches today or yesterday, or the day before where yesterday can be a rest day. */
export function currentRun(person: Person, at: number): Run | null {
  const today = streakDay(at)
  const yesterday = addDays(today, -1)
  const canRest = isPremiumOn(person, yesterday) && !restDays(person).some((day) => day.slice(0, 7) === yesterday.slice(0, 7))
  const goesOn = [today, yesterday, ...(canRest ? [addDays(today, -2)] : [])]
  return streakRuns(person).findLast(({ last_day }) => goesOn.includes(last_day)) ?? null
}

export const longestRun = (person: Person) => Math.max(0, ...streakRuns(person).map(({ days }) => days))

// Badges

export interface Edition {
  readonly year: number
  readonly from: string
  readonly until: string
}

/** The edition of a season that began last; 29 February stands for the last day of February. */
export function editionOf({ season_start, season_end }: OracleBadge, day: string): Edition | null {
  if (season_start === null || season_end === null) return null
  const thisYear = Number(day.slice(0, 4))
  const year = `${thisYear}-${season_start}` <= day ? thisYear : thisYear - 1
  const endYear = season_end >= season_start ? year : year + 1
  const end = season_end === '02-29' && !isLeap(endYear) ? '02-28' : season_end
  return { year, from: `${year}-${season_start}`, until: `${endYear}-${end}` }
}

/** What a badge counts for a person on a day, and what they have reached of it: the two differ for a streak, whose badge the longest run earns. */
export function valueOf(badge: OracleBadge, person: Person, day: string, at: number): { value: number; reached: number } {
  if (badge.metric === 'streak_days') return { value: currentRun(person, at)?.days ?? 0, reached: longestRun(person) }
  const edition = editionOf(badge, day)
  const value = edition && day > edition.until ? 0 : countOf(badge.metric, person, edition)
  return { value, reached: value }
}

function countOf(metric: string, person: Person, edition: Edition | null): number {
  const walks = counted(person).filter(({ started_at }) => {
    const day = seoulDay(started_at)
    return edition === null || (day >= edition.from && day <= edition.until)
  })
  const visits = (kinds: readonly string[]) => walks.map((walk) => visitedPlaces(person, walk).filter(({ kind }) => kinds.includes(kind)))
  const distinct = (of: KnownPlace[][]) => new Set(of.flat().map(({ id }) => id)).size
  switch (metric) {
    case 'walk_count':
    case 'season_walk_count':
      return walks.length
    case 'distance_m':
    case 'season_distance_m':
      return sum(walks.map(({ distance_m }) => distance_m))
    case 'duration_sec':
      return sum(walks.map(({ duration_sec }) => duration_sec))
    case 'longest_walk_m':
      return Math.max(0, ...walks.map(({ distance_m }) => distance_m))
    case 'unique_places':
      return newPlaces(person).length
    case 'weekly_dong_wins':
      return person.dong_wins
    case 'season_snow_walks':
      return sum(walks.map((walk) => gainsOf(walk)['snow_walks']!))
    case 'season_parks':
      return distinct(visits(['park']))
    case 'season_nature_places':
      return distinct(visits(['park', 'mountain']))
    case 'season_beach_walks':
      return visits(['beach']).filter((places) => places.length > 0).length
    default:
      return sum(walks.map((walk) => gainsOf(walk)[metric]!))
  }
}

export interface Held {
  readonly code: string
  readonly season_year: number
  readonly earned_at: number
  readonly walk_id: string | null
  readonly first_walk_at: number | null
  readonly walk_count: number
  readonly day_count: number
}

/** Adds what a person is given by something that happened on that day, at that moment; what they hold they keep. */
export function award(
  catalogue: readonly OracleBadge[],
  person: Person,
  held: Held[],
  { day, walk_id, at }: { day: string; walk_id: string | null; at: number },
): void {
  for (const badge of catalogue) {
    const edition = editionOf(badge, day)
    const season_year = edition?.year ?? 0
    if (held.some(({ code, season_year: year }) => code === badge.code && year === season_year)) continue
    if (valueOf(badge, person, day, at).reached < badge.threshold || (badge.tier === 'premium' && !isPremiumAt(person, at))) continue
    const days = counted(person)
      .map(({ started_at }) => started_at)
      .filter((started) => edition === null || (seoulDay(started) >= edition.from && seoulDay(started) <= edition.until))
      .toSorted((a, b) => a - b)
    const first = days[0] ?? null
    const last = [seoulDay(days.at(-1) ?? 0), day].toSorted().at(-1)!
    held.push({
      code: badge.code,
      season_year,
      earned_at: at,
      walk_id,
      first_walk_at: first,
      walk_count: days.length,
      day_count: first === null ? 0 : (Date.parse(last) - Date.parse(seoulDay(first))) / DAY + 1,
    })
  }
}

/** What GET /badges says of one badge. */
export function shown(badge: OracleBadge, person: Person, held: readonly Held[], at: number) {
  const day = seoulDay(at)
  const edition = editionOf(badge, day)
  const isOpen = edition === null || day <= edition.until
  const mine = held.filter(({ code }) => code === badge.code).toSorted((a, b) => b.season_year - a.season_year)
  const won = isOpen ? mine.find(({ season_year }) => season_year === (edition?.year ?? 0)) : mine[0]
  const isCounting = isOpen && (badge.tier === 'free' || isPremiumAt(person, at))
  const value = isCounting ? Math.min(badge.threshold, valueOf(badge, person, day, at).value) : 0
  return {
    status: won ? 'earned' : value > 0 ? 'in_progress' : 'locked',
    progress_value: won ? badge.threshold : value,
    progress_percent: won ? 100 : Math.floor((100 * value) / badge.threshold),
    earned_at: won ? won.earned_at : null,
    earned_years: mine.map(({ season_year }) => season_year).filter((year) => year > 0),
  }
}
