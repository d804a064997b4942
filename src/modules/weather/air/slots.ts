import { HOUR_MS } from '../../../core/time.ts'

const MINUTE_MS = 60_000
/** AirKorea publishes an hour's values from a quarter past on, and sometimes later. */
const [FIRST, SECOND] = [20, 35]
const JITTER_MS = 60_000

/** When the air is read next in the ordinary way. */
export const nextAirAt = (now: Date): Date => slotAfter(now, FIRST)

/** When it is read once more, because no station had news. Null when this was the second time. */
export function airAgainAt(now: Date): Date | null {
  const again = slotAfter(now, SECOND)
  return again < nextAirAt(now) ? again : null
}

/** The seconds follow from the hour. */
function slotAfter(now: Date, minute: number): Date {
  const hour = Math.floor(now.getTime() / HOUR_MS)
  const [here, next] = [hour, hour + 1].map((turn) => new Date(turn * HOUR_MS + minute * MINUTE_MS + ((turn * 37_199) % JITTER_MS)))
  return here! > now ? here! : next!
}
