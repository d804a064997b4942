import { type SQL, sql } from 'drizzle-orm'

/**
 * Opens the first charge of a subscription without a trial, as a call. It is due at once, so its service then runs it, or sets the alarm. The owner's row must be
 * locked by an earlier statement of the batch.
 */
export const openFirstCharge = (id: SQL | string, now: Date): SQL => sql`open_first_charge(${id}::uuid, ${now.toISOString()})`

/** Makes a declined charge due at once, because there is a new card, as a scalar: its period, or NULL. The owner's row must be locked as above. */
export const chargeNow = (id: SQL | string, now: Date): SQL<number | null> => sql`charge_now(${id}::uuid, ${now.toISOString()})`
