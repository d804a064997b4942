import type { LatLng } from '../../../core/geo.ts'
import { HOUR_MS } from '../../../core/time.ts'
import type { ForecastHour, Sky } from '../../../core/weather.ts'
import { toTenth } from '../feels-like.ts'
import { isWet } from '../hours.ts'
import { sunAltitude } from '../sun.ts'
import { type HourFacts, isPuppy, type PetFacts } from './facts.ts'
import { type Level, levelFrom } from './levels.ts'
import type { PawPart } from './schema.ts'

/** Asphalt lags the sun: this hour's share, that of the hour before, and that of the one before it. */
const SHARES = [0.5, 0.3, 0.2]
/** Kelvin for each watt a square metre. */
const WARMTH = 0.028
/** The share of the sun that clouds let through (Kasten and Czeplak, at 0, 7 and 9.5 tenths of the sky). */
const THROUGH: Record<Sky, number> = { clear: 1, mostly_cloudy: 0.777, overcast: 0.37 }
const WET_EXCESS = 2

/** Skin burns within a minute at 52 °C. */
const STEPS = [43, 48, 52] as const
const PUPPY_MARGIN = 2

/**
 * The temperature of asphalt in °C, to a tenth. It is null where the temperature is unknown, or the sky of a sunny hour. Of the hours before, an unknown sky is
 * taken to have been as in the hour after it, because a cell that nobody asked for has no past.
 */
export function pavementTemp({ at, place, hour, before }: Pick<HourFacts, 'at' | 'place' | 'hour' | 'before'>): number | null {
  if (!hour || hour.temp === null) return null
  if (isRainy(hour) || (before[0] !== null && isRainy(before[0]))) return toTenth(hour.temp + WET_EXCESS)
  let sky: Sky | null = null
  let warmth = 0
  for (const [index, one] of [hour, ...before].entries()) {
    sky = one?.sky ?? sky
    const sun = clearSun(new Date(at.getTime() - index * HOUR_MS), place)
    if (sun === 0) continue
    if (sky === null) return null
    warmth += SHARES[index]! * sun * THROUGH[sky]
  }
  return toTenth(hour.temp + WARMTH * warmth)
}

const isRainy = ({ pty, rain_mm }: ForecastHour) => isWet(pty) || (rain_mm?.min ?? 0) > 0

/** What the sun of a clear sky brings to flat ground, in watts a square metre (Haurwitz). */
function clearSun(at: Date, place: LatLng): number {
  const sine = Math.sin((sunAltitude(at, place) * Math.PI) / 180)
  return sine > 0 ? 1098 * sine * Math.exp(-0.057 / sine) : 0
}

/** How much care asphalt of this temperature needs. */
export function pavementLevel(temp: number, isForPuppy: boolean): Level {
  return levelFrom(temp + (isForPuppy ? PUPPY_MARGIN : 0), STEPS)
}

export function judgePavement(pet: PetFacts, facts: HourFacts): PawPart {
  const value = pavementTemp(facts)
  const isSkyMissing = value === null && typeof facts.hour?.temp === 'number'
  const level = value === null ? null : pavementLevel(value, isPuppy(pet, facts.at))
  return {
    part: 'pavement',
    level,
    value,
    unit: '°C',
    message: isSkyMissing ? '하늘 상태를 몰라 바닥 온도를 알 수 없어요' : messageOf(level ?? 0, value ?? 0),
    is_info: false,
  }
}

function messageOf(level: number, temp: number): string | null {
  if (level === 3) return `발바닥 화상 위험! 바닥이 ${Math.round(temp)}도예요`
  return [null, '손등을 바닥에 7초 대 보세요', '흙길이나 그늘로 걸어요'][level] ?? null
}
