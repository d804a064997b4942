import { HOUR_MS } from '../../../core/time.ts'
import type { Precipitation } from '../../../core/weather.ts'
import { isSnow, isWet } from '../hours.ts'
import type { Level } from '../paw-index/levels.ts'
import { saySpan } from './clock-words.ts'
import type { BestHour, BestHours, Suitability } from './schema.ts'

/** An hour in which one may walk. */
export interface Candidate {
  readonly at: Date
  readonly temp: number | null
  readonly pty: Precipitation | null
  readonly pop: number | null
  readonly is_dark: boolean
  readonly suitability: Suitability
  /** The highest of the pets that come along, null where it is unknown, and undefined without pets. */
  readonly paw_level?: Level | null
}

const WITHIN_MS = 12 * HOUR_MS
const WINDOWS_MAX = 2
const PLEASANT = 18
const DARK_COST = 2
/** An unknown probability of rain costs as much as an even chance. */
const UNKNOWN_POP = 50
const SUITABILITY_COST = { optimal: 0, moderate: 10, caution: 20 } as const

/** Why nobody should walk in an hour, the gravest first. */
const OBSTACLES = ['lightning', 'warning', 'snow', 'rain', 'unfit', 'unknown'] as const
type Obstacle = (typeof OBSTACLES)[number]
const MESSAGES: Record<Obstacle, string> = {
  lightning: '앞으로 12시간은 번개 예보가 있어요',
  warning: '앞으로 12시간은 특보 때문에 쉬는 게 좋아요',
  snow: '앞으로 12시간은 눈 예보가 있어요',
  rain: '앞으로 12시간은 비 예보가 있어요',
  unfit: '앞으로 12시간은 쉬는 게 좋아요',
  unknown: '앞으로 12시간의 예보를 아직 알 수 없어요',
}

/** The two best windows of two whole hours that begin within the next twelve hours, the better one first. If there is none, `message` says why. */
export function bestHours(now: Date, hours: readonly Candidate[]): BestHours {
  const candidates = hours
    .filter(({ at }) => at >= now && at.getTime() - now.getTime() < WITHIN_MS)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const chosen: BestHour[] = []
  for (const { from, to } of windowsOf(candidates)) {
    const overlaps = chosen.some((other) => from.toISOString() < other.to && to.toISOString() > other.from)
    if (!overlaps && chosen.length < WINDOWS_MAX) {
      chosen.push({ from: from.toISOString(), to: to.toISOString(), message: `${saySpan(from, to, now)}가 최적이에요` })
    }
  }
  return { items: chosen, message: chosen.length > 0 ? null : MESSAGES[whyNone(candidates)] }
}

/** Two hours after one another in which one may walk, the cheapest first and of equal ones the earlier. */
function windowsOf(candidates: readonly Candidate[]): { from: Date; to: Date }[] {
  return candidates
    .flatMap((first, index) => {
      const second = candidates[index + 1]
      if (!second || second.at.getTime() - first.at.getTime() !== HOUR_MS) return []
      if (obstacleIn(first) || obstacleIn(second)) return []
      return [{ from: first.at, to: new Date(second.at.getTime() + HOUR_MS), cost: costOf(first) + costOf(second) }]
    })
    .toSorted((a, b) => a.cost - b.cost || a.from.getTime() - b.from.getTime())
}

function obstacleIn({ temp, pty, suitability, paw_level }: Candidate): Obstacle | null {
  if (suitability.reasons.includes('lightning')) return 'lightning'
  if (suitability.reasons.includes('warning')) return 'warning'
  if (isWet(pty)) return isSnow(pty) ? 'snow' : 'rain'
  if (paw_level === 3) return 'unfit'
  return temp === null || paw_level === null || suitability.level === null ? 'unknown' : null
}

function costOf({ temp, pop, is_dark, suitability, paw_level }: Candidate): number {
  const care = paw_level === undefined || paw_level === null ? SUITABILITY_COST[suitability.level ?? 'caution'] : 10 * paw_level
  // In thousandths, so that equal costs are equal.
  return Math.round(1000 * (care + (pop ?? UNKNOWN_POP) / 10 + Math.abs((temp ?? PLEASANT) - PLEASANT) / 10 + (is_dark ? DARK_COST : 0)))
}

function whyNone(candidates: readonly Candidate[]): Obstacle {
  const met = new Set(candidates.map(obstacleIn))
  return OBSTACLES.find((obstacle) => met.has(obstacle)) ?? 'unknown'
}
