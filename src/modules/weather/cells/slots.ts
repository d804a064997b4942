import { fromSeoulDate, HOUR_MS, seoulClock, seoulDate } from '../../../core/time.ts'

const MINUTE_MS = 60_000
/** KMA publishes an hour's observation at ten past, give or take a minute. */
const MINUTE = 12
/** Nobody walks in the first hours of the day. Who does is answered on demand. */
const FIRST_HOUR = 5
const JITTER_MS = 120_000

/** The job reads at twelve past each hour from five in the morning to midnight, and not each time at the same second. This is the next such time. */
export function nextReadAt(now: Date): Date {
  const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS)
  const [here, next] = [slotOf(hour), slotOf(new Date(hour.getTime() + HOUR_MS))]
  const slot = here > now ? here : next
  return isDay(slot) ? slot : slotOf(new Date(fromSeoulDate(seoulDate(slot)).getTime() + FIRST_HOUR * HOUR_MS))
}

/** Whether the job reads at all. */
export const isDay = (at: Date): boolean => seoulClock(at).hour >= FIRST_HOUR

/** The seconds follow from the hour, so that all who ask are told the same. */
function slotOf(hour: Date): Date {
  const turn = hour.getTime() / HOUR_MS
  return new Date(hour.getTime() + MINUTE * MINUTE_MS + ((turn * 37_199) % JITTER_MS))
}
