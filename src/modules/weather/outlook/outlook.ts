import { DAY_MS } from '../../../core/time.ts'
import type { ForecastHour } from '../../../core/weather.ts'
import { isSnow, isWet } from '../hours.ts'
import { sayHour } from './clock-words.ts'
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
