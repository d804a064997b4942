import { DAY_MS, seoulClock, seoulDate } from '../../../core/time.ts'
import type { ForecastHour } from '../../../core/weather.ts'
import { isSnow, isWet } from '../hours.ts'
import type { Outlook } from './schema.ts'

const LIKELY_POP = 60
const FREEZING = 0

/** The first hour of the next 24 in which rain or snow is expected, and how the app says it. Null when none is, as far as is known. */
export function tellOutlook(now: Date, hours: readonly ForecastHour[]): Outlook | null {
  const coming = hours
    .map((hour) => ({ ...hour, from: new Date(hour.at) }))
    .filter(({ from }) => from >= now && from.getTime() - now.getTime() < DAY_MS)
    .toSorted((a, b) => a.from.getTime() - b.from.getTime())
  const first = coming.find(({ pty, pop }) => isWet(pty) || (pop ?? 0) >= LIKELY_POP)
  if (!first) return null
  const kind = bringsSnow(first) ? 'snow' : 'rain'
  return { kind, from: first.from.toISOString(), message: `${sayHour(first.from, now)} 이후 ${kind === 'snow' ? '눈' : '비'} 예보` }
}

/** A probability alone says nothing of the kind, so the expected snow and the temperature do. */
function bringsSnow({ pty, snow_cm, temp }: ForecastHour): boolean {
  if (isWet(pty)) return isSnow(pty)
  return (snow_cm?.max ?? snow_cm?.min ?? 0) > 0 || (temp !== null && temp <= FREEZING)
}

/** `오후 3시`, `낮 12시`, `내일 오전 7시`. Midnight is `밤 12시` and belongs to the day that ends with it. */
export function sayHour(at: Date, now: Date): string {
  const { hour } = seoulClock(at)
  const day = seoulDate(hour === 0 ? new Date(at.getTime() - 1) : at)
  const half = hour === 0 ? '밤' : hour < 12 ? '오전' : hour === 12 ? '낮' : '오후'
  return `${day > seoulDate(now) ? '내일 ' : ''}${half} ${hour % 12 || 12}시`
}
