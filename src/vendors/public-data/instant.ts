import { fromSeoulDate, HOUR_MS, seoulDateTime } from '../../core/time.ts'

/** The instant of Seoul's wall clock in digits (`2026100205`, `202610020530`) or words (`2026-10-02 05:30`), in ISO. `24:00` is 00:00 of the next day. Null for another century. */
export function toInstant(text: unknown): string | null {
  const [, date, hour, minute = '00'] = /^((?:19|20)\d{6})(\d\d)(\d\d)?(?:\d\d)?$/.exec(String(text).replaceAll(/[-: .T]/g, '')) ?? []
  if (date === undefined || Number(hour) > 24 || Number(minute) > 59) return null
  const midnight = fromSeoulDate(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`).getTime()
  if (Number.isNaN(midnight)) return null
  return new Date(midnight + Number(hour) * HOUR_MS + Number(minute) * 60_000).toISOString()
}

/** Seoul's date and wall clock of an instant in digits. */
export function toSeoulDigits(at: Date): { date: string; time: string } {
  const digits = seoulDateTime(at).replaceAll(/\D/g, '')
  return { date: digits.slice(0, 8), time: digits.slice(8, 12) }
}
