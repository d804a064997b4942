const MINUTE_MS = 60_000
const LONGEST_MIN = 60

/** When to try again after so many tries whose outcome is unknown: 1, 2, 4 … 60 minutes. */
export const backoff = (now: Date, tries: number): Date =>
  new Date(now.getTime() + Math.min(2 ** Math.min(tries, 10), LONGEST_MIN) * MINUTE_MS)
