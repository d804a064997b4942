import { DAY_MS } from '../../core/time.ts'
import type { Badge, BadgeMetric, CurrentSeasons, NearBadge, Summary } from './schema.ts'

/** A badge of the catalogue, with one person's progress. */
export interface BadgeStanding {
  readonly id: string
  readonly code: string
  readonly category: Badge['category']
  readonly name: string
  readonly description: string
  readonly icon: string
  readonly metric: BadgeMetric
  readonly threshold: number
  readonly difficulty: Badge['difficulty']
  readonly tier: Badge['tier']
  readonly hint: string
  readonly is_secret: boolean
  /** The edition that began last. Without seasons the year is 0 and the days are null. */
  readonly season_year: number
  readonly from_day: string | null
  readonly until_day: string | null
  /** The metric's value now. 0 when the edition is over. */
  readonly value: number
  /** Newest first. */
  readonly earned: readonly { readonly season_year: number; readonly earned_at: string }[]
}

interface Standpoint {
  /** Today's date in Seoul. */
  readonly today: string
  readonly is_premium: boolean
}

const SECRET = { code: null, name: '??? 비밀 뱃지', description: null, icon: '❓', metric: null, threshold: null, season: null }

/**
 * A badge as its person sees it (docs/product.md#badges). While a season is open its edition is to be earned. Between seasons the last earned edition shows.
 * Without premium, a premium badge is locked and its progress is 0. A secret badge shows only its hint until it is earned.
 */
export function presentBadge(standing: BadgeStanding, { today, is_premium }: Standpoint): Badge {
  const { season_year, from_day, until_day, value, earned, is_secret, threshold, id, category, difficulty, tier, hint } = standing
  const isOpen = until_day === null || today <= until_day
  const won = isOpen ? earned.find((edition) => edition.season_year === season_year) : earned[0]
  const counted = isOpen && (tier === 'free' || is_premium) ? Math.min(value, threshold) : 0
  const status = won ? 'earned' : counted > 0 ? 'in_progress' : 'locked'
  const { code, name, description, icon, metric } = standing
  const season = from_day !== null && until_day !== null ? presentSeason({ season_year, from_day, until_day }, today) : null
  return {
    id,
    code,
    category,
    name,
    description,
    icon,
    difficulty,
    tier,
    hint,
    is_secret,
    status,
    metric,
    threshold,
    season,
    ...(is_secret && earned.length === 0 && SECRET),
    progress_value: won ? threshold : counted,
    progress_percent: won ? 100 : percentOf(counted, threshold),
    earned_at: won?.earned_at ?? null,
    earned_years: earned.flatMap((edition) => (edition.season_year > 0 ? [edition.season_year] : [])),
  }
}

function presentSeason({ season_year, from_day, until_day }: { season_year: number; from_day: string; until_day: string }, today: string) {
  const is_open = today <= until_day
  const days_left = is_open ? (Date.parse(until_day) - Date.parse(today)) / DAY_MS + 1 : null
  return { year: season_year, starts_on: from_day, ends_on: until_day, is_open, days_left }
}

/** The seasons that are open on a day, and those that are not. A secret badge that is not earned tells no season. */
export function seasonsOf(badges: readonly Badge[], today: string): CurrentSeasons {
  const seasonal = badges.flatMap((badge) => (badge.season ? [{ badge, season: badge.season }] : []))
  return {
    open: seasonal
      .filter(({ season }) => season.is_open)
      .toSorted((a, b) => a.season.ends_on.localeCompare(b.season.ends_on))
      .map(({ badge }) => badge),
    next: seasonal
      .filter(({ season }) => !season.is_open)
      .map(({ badge, season }) => {
        // The edition that began last is over, so the next one begins a year after it.
        const opens_on = `${season.year + 1}${season.starts_on.slice(4)}`
        return { badge, opens_on, days_until: (Date.parse(opens_on) - Date.parse(today)) / DAY_MS }
      })
      .toSorted((a, b) => a.opens_on.localeCompare(b.opens_on)),
  }
}

/** Rounded down, so that 100 means reached. */
export function percentOf(value: number, threshold: number): number {
  return Math.min(100, Math.floor((100 * value) / threshold))
}

/** The order of the home screen. Within a band the nearest badge comes first. Badges of a season come last. */
const BANDS = ['almost', 'underway', 'started', 'season'] as const

export function bandOf({ progress_percent, category }: Pick<Badge, 'progress_percent' | 'category'>): NearBadge['band'] {
  if (category === 'season') return 'season'
  return progress_percent >= 80 ? 'almost' : progress_percent >= 20 ? 'underway' : 'started'
}

export function byBand(a: NearBadge, b: NearBadge): number {
  return BANDS.indexOf(a.band) - BANDS.indexOf(b.band) || b.progress_percent - a.progress_percent
}

/** A badge on the way to be earned, or null for one that is not, or that does not say how far it is. */
export function presentNear(standing: BadgeStanding, standpoint: Standpoint): NearBadge | null {
  const badge = presentBadge(standing, standpoint)
  const { status, threshold, progress_value } = badge
  return status === 'in_progress' && threshold !== null ? { ...badge, remaining: threshold - progress_value, band: bandOf(badge) } : null
}

/** `percent` is rounded down. */
export function gradeOf(percent: number): Summary['grade'] {
  if (percent <= 20) return '초보 수집가'
  if (percent <= 50) return '열심 수집가'
  return percent <= 80 ? '마스터 수집가' : '레전드'
}

/** Metrics that are no sum over walks, so that the pace of the last days predicts nothing. */
const PACELESS = new Set(['longest_walk_m', 'weekly_dong_wins'])

/**
 * Days until a badge is earned at the pace of the last days. 0 is today. Null when there is no pace, or the season ends first. A streak grows by one day
 * a day, for somebody who walked lately.
 */
export function etaDays(
  { metric, remaining, days_left }: { metric: string; remaining: number; days_left: number | null },
  { gained, pace_days, is_today_done }: { gained: number; pace_days: number; is_today_done: boolean },
): number | null {
  if (gained <= 0 || PACELESS.has(metric)) return null
  const days = metric === 'streak_days' ? remaining - (is_today_done ? 0 : 1) : Math.ceil((remaining * pace_days) / gained)
  return days_left !== null && days >= days_left ? null : Math.max(0, days)
}

/** Metrics whose value is not the sum of what walks gained. */
const NO_SUMS = new Set([...PACELESS, 'streak_days'])

/** The metric's value after each walk, computed back from `value` now. `walks` are newest first. Values are null for a season that is over. */
export function runningValues<T extends { readonly gained: number }>(metric: string, value: number | null, walks: readonly T[]) {
  let then = NO_SUMS.has(metric) ? null : value
  return walks.map((walk) => {
    const entry = { ...walk, value: then }
    if (then !== null) then -= walk.gained
    return entry
  })
}
