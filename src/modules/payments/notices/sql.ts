import { type SQL, sql } from 'drizzle-orm'

/** Tells the owner of a store's subscription what has become of it, after `applyPurchase`, in a later statement of its batch. Each row is a notification to announce. */
export const tellSubscriber = (id: SQL | string, now: Date): SQL<{ id: string }> =>
  sql`SELECT id FROM tell_subscriber(${id}::uuid, ${now.toISOString()}) AS id`
