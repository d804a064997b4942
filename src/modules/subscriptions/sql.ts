import { type SQL, sql } from 'drizzle-orm'

/** Whether a premium period of `userId` covers `now`. */
export const isPremium = (userId: SQL, now: Date): SQL<boolean> => sql`is_premium(${userId}, ${now.toISOString()})`
