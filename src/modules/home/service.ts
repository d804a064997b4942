import { type Actor, signedIn } from '../../core/actor.ts'
import { sha256Hex } from '../../core/hash.ts'
import { seoulDate } from '../../core/time.ts'
import { describeFailure } from '../../db/client.ts'
import { LONGEST_WALK_MS } from '../../measuring/measure-track.ts'
import { type BadgeStanding, presentNear } from '../badges/rules.ts'
import type { Place } from '../places/schema.ts'
import { RADIUS_M } from '../places/schema.ts'
import { WIDER } from '../places/service.ts'
import { attributionsOf } from '../places/sources.ts'
import { presentStanding, type StandingRow, weekKeys } from '../rankings/service.ts'
import type { MyRanking } from '../rankings/schema.ts'
import type { LastWay } from '../stats/ways/schema.ts'
import { presentStreak, type StreakRow } from '../streaks/rules.ts'
import { askedOf, type Found } from '../weather/known.ts'
import { lookForWeather, presentKnown } from '../weather/service.ts'
import { findHome } from './queries.ts'
import type { Home, HomeQuery, Section } from './schema.ts'

const BADGES = 5
const STANDINGS = 3
const WALKS = 3
const PLACES = 5
const COURSES = 3
/** A way near a point is looked for among so many. Somebody who travels has no other, however many they have at home. */
const LAST_WALKS = 50

const BANNER = { title: '멍이랑 프리미엄으로 업그레이드', text: '광고 제거, 상세 통계, 무제한 뱃지 트래킹' }
const FIRST_TIME = '무료 체험 시작'
const AGAIN = '프리미엄 시작'

/** What `home_page` answers. A part is null when it failed, or when there is nothing of it. */
interface HomeRow extends Pick<Home, 'week' | 'active_walk' | 'recent_walks' | 'courses'> {
  readonly unread: Readonly<Record<string, number>> | null
  readonly primary_pet: NonNullable<Home['header']>['primary_pet']
  readonly weather: Found | null
  readonly streak: StreakRow | null
  readonly badges: BadgeStanding[] | null
  readonly board: (Pick<MyRanking, 'scope' | 'region' | 'participants' | 'me'> & { readonly items: StandingRow[] }) | null
  readonly invitations: number | null
  readonly requests: number | null
  readonly nearby: Place[] | null
  readonly last_way: LastWay | null
  readonly has_premium: boolean | null
  readonly had_premium: boolean | null
  readonly failures: { readonly section: Section; readonly sqlstate: string }[]
}

type HomeDeps = Parameters<typeof presentKnown>[0]

/**
 * The first screen in one trip to Postgres, with one read of Redis beside it. A section that fails is null and named in `failed`. Nothing in the answer is the time of
 * the request, so that it stays the same as long as nothing has happened.
 */
export async function getHome(deps: HomeDeps, actor: Actor, { lat, lng }: HomeQuery): Promise<Home> {
  const now = deps.now()
  const at = lat === undefined || lng === undefined ? null : { lat, lng }
  const looked = lookForWeather(deps, at)
  const week = weekKeys(now)
  const asked = {
    ...week,
    weather: looked && askedOf(looked.where, now),
    badges: BADGES,
    standings: STANDINGS,
    walks: WALKS,
    places: PLACES,
    courses: COURSES,
    last_walks: LAST_WALKS,
    radius_m: RADIUS_M,
    wider_m: RADIUS_M * WIDER,
    began_after: new Date(now.getTime() - LONGEST_WALK_MS),
  }
  const [answer, cached] = await Promise.all([findHome<HomeRow>(deps.db, actor, at, asked, now), looked?.cached])
  const { page } = signedIn(answer)
  const failed = new Set<Section>()
  for (const { section, sqlstate } of page.failures) fail(section, `SQLSTATE ${sqlstate}`)

  function fail(section: Section, error: string): null {
    failed.add(section)
    console.error(JSON.stringify({ level: 'error', message: 'a section of the first screen failed', section, error }))
    return null
  }
  /** What a section shows. What its domain cannot make of it takes no other section with it. */
  function show<T>(section: Section, make: () => T | null): T | null {
    try {
      return failed.has(section) ? null : make()
    } catch (error) {
      return fail(section, describeFailure(error))
    }
  }

  const { unread, badges, board, streak, weather, nearby, has_premium } = page
  const standpoint = { today: seoulDate(now), is_premium: has_premium ?? false }
  return {
    header: show('header', () => unread && { unread: Object.values(unread).reduce((sum, n) => sum + n, 0), primary_pet: page.primary_pet }),
    weather: show('weather', () => weather && presentKnown(deps, weather, cached)),
    week: page.week,
    streak: show('streak', () => streak && presentStreak(streak)),
    badges_in_progress: show('badges_in_progress', () => badges && badges.flatMap((badge) => presentNear(badge, standpoint) ?? [])),
    ranking: show('ranking', () => board && presentBoard(board, week.period_key)),
    recent_walks: page.recent_walks,
    pending: show('pending', () => ({ invitations: page.invitations!, meetup_requests: page.requests! })),
    nearby: show('nearby', () => nearby && { items: nearby, sources: attributionsOf(nearby.map(({ source }) => source)) }),
    courses: page.courses,
    last_way: show('last_way', () => page.last_way && presentWay(page.last_way)),
    ads_free: has_premium,
    premium_banner: has_premium === false ? { ...BANNER, action: page.had_premium ? AGAIN : FIRST_TIME } : null,
    active_walk: page.active_walk,
    failed: [...failed],
  }
}

function presentBoard({ scope, region, participants, me, items }: NonNullable<HomeRow['board']>, period_key: string): Home['ranking'] {
  return { period: 'weekly', period_key, scope, region, participants, top3: items.map(presentStanding), me }
}

const presentWay = ({ walk_id, started_at, distance_m, duration_sec, place_name, region }: LastWay) => ({
  walk_id,
  started_at,
  distance_m,
  duration_sec,
  place_name,
  region,
})

export async function etagOf(home: Home): Promise<string> {
  return `"${(await sha256Hex(JSON.stringify(home))).slice(0, 32)}"`
}
