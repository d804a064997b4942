import { z } from 'zod'

export const clockSchema = z.strictObject({
  now: z.iso.datetime({ offset: true }),
  for: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'one purchase, customer key or account token. Without it the clock of all vendors moves' }),
})

/** The time at the simulated vendors. The Worker's own time never moves. */
export interface Clock {
  /** Now, for somebody whom any of `keys` names: an account token, a customer key, or a purchase. */
  now(...keys: (string | undefined)[]): Date
  set(input: z.output<typeof clockSchema>): void
  reset(): void
}

/** A clock runs on from the time to which it was set. Tests share the vendors, so a test moves the clock of its own purchases alone. */
export function createClock(): Clock {
  const offsets = new Map<string, number>()
  let everybody = 0
  return {
    now(...keys) {
      const own = keys.find((key) => key !== undefined && offsets.has(key))
      return new Date(Date.now() + (own === undefined ? everybody : (offsets.get(own) ?? 0)))
    },
    set({ now, for: key }) {
      const offset = Date.parse(now) - Date.now()
      if (key === undefined) everybody = offset
      else offsets.set(key, offset)
    },
    reset() {
      offsets.clear()
      everybody = 0
    },
  }
}
