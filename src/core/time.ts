/** Asia/Seoul is UTC+9 all year. Days, weeks and months of the product are Seoul's. */
const SEOUL_OFFSET_MS = 9 * 3_600_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** The Seoul calendar date of an instant, `YYYY-MM-DD`. */
export function seoulDate(at: Date): string {
  return new Date(at.getTime() + SEOUL_OFFSET_MS).toISOString().slice(0, 10)
}

/** Monday of the Seoul week that holds the instant, `YYYY-MM-DD`. */
export function seoulMonday(at: Date): string {
  const weekday = (new Date(at.getTime() + SEOUL_OFFSET_MS).getUTCDay() + 6) % 7
  return seoulDate(new Date(at.getTime() - weekday * DAY_MS))
}

/** 00:00 in Seoul of a calendar date `YYYY-MM-DD`. */
export function fromSeoulDate(date: string): Date {
  return new Date(Date.parse(`${date}T00:00:00Z`) - SEOUL_OFFSET_MS)
}

/** Seoul's date and wall clock, `YYYY-MM-DDTHH:MM:SS`. */
export function seoulDateTime(at: Date): string {
  return new Date(at.getTime() + SEOUL_OFFSET_MS).toISOString().slice(0, 19)
}

/** Seoul's wall clock at an instant. */
export function seoulClock(at: Date): { hour: number; minute: number } {
  const seoul = new Date(at.getTime() + SEOUL_OFFSET_MS)
  return { hour: seoul.getUTCHours(), minute: seoul.getUTCMinutes() }
}
