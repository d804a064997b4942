import { DAY_MS, fromSeoulDate } from '../../../src/core/time.ts'
import { NO_DATA, refuse } from './answers.ts'

interface Rhythm {
  /** Minutes of the day at which there is a base. */
  readonly isBase: (minutes: number) => boolean
  /** A base can be asked for so many minutes after it. */
  readonly delay_min: number
  readonly kept_days: number
}

const DAY_BASES = new Set([2, 5, 8, 11, 14, 17, 20, 23])

export const RHYTHMS = {
  ncst: { isBase: (minutes) => minutes % 60 === 0, delay_min: 10, kept_days: 1 },
  ultra: { isBase: (minutes) => minutes % 60 === 30, delay_min: 15, kept_days: 1 },
  vilage: { isBase: (minutes) => minutes % 60 === 0 && DAY_BASES.has(minutes / 60), delay_min: 10, kept_days: 3 },
} as const satisfies Record<string, Rhythm>

/** The base that a request names, or the answer that it gets instead. */
export function baseOf(
  rhythm: Rhythm,
  { base_date = '', base_time = '' }: Readonly<Record<string, string>>,
  { now, late_min }: { now: Date; late_min: number },
): { base: Date } | { refusal: object } {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(base_date) ?? []
  const [, hour, minute] = /^(\d\d)(\d\d)$/.exec(base_time) ?? []
  if (year === undefined || hour === undefined) return { refusal: NO_DATA }
  const minutes = Number(hour) * 60 + Number(minute)
  const base = new Date(fromSeoulDate(`${year}-${month}-${day}`).getTime() + minutes * 60_000)
  const age = now.getTime() - base.getTime()
  if (Number.isNaN(age) || minutes >= 24 * 60 || !rhythm.isBase(minutes)) return { refusal: NO_DATA }
  if (age < (rhythm.delay_min + late_min) * 60_000) return { refusal: NO_DATA }
  if (age > rhythm.kept_days * DAY_MS) return { refusal: refuse('10', `최근 ${rhythm.kept_days}일 간의 자료만 제공합니다.`) }
  return { base }
}
