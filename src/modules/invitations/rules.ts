import { DAY_MS, HOUR_MS } from '../../core/time.ts'

const MINUTE_MS = 60_000
/** How long before a meeting those who have agreed are reminded of it. */
export const REMINDED_BEFORE_MS = 10 * MINUTE_MS
const LEAD_MIN_MS = 10 * MINUTE_MS
/** "In ten minutes" by a phone whose clock is slow, and after the time that the request took, is a little less. */
const SLACK_MS = MINUTE_MS
const LEAD_MAX_MS = 365 * DAY_MS
/** How long after the meeting's time its live room stays open. */
const ROOM_MS = 6 * HOUR_MS

export interface Times {
  readonly scheduled_at: string
  readonly expires_at: string
  readonly ends_at: string
}

/** When an invitation made now expires, and when its live room ends (docs/product.md#invitations). `null` when the time is too near or too far. */
export function timesOf(scheduledAt: Date, now: Date): Times | null {
  const leadMs = scheduledAt.getTime() - now.getTime()
  if (leadMs < LEAD_MIN_MS - SLACK_MS || leadMs > LEAD_MAX_MS) return null
  return {
    scheduled_at: scheduledAt.toISOString(),
    // Half an hour before the time, or halfway to it when it is less than an hour ahead.
    expires_at: new Date(leadMs < HOUR_MS ? now.getTime() + leadMs / 2 : scheduledAt.getTime() - 30 * MINUTE_MS).toISOString(),
    ends_at: new Date(scheduledAt.getTime() + ROOM_MS).toISOString(),
  }
}
