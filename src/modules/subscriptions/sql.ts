import { type SQL, sql } from 'drizzle-orm'

/** Whether a premium period of `userId` covers `now`. */
export const isPremium = (userId: SQL, now: Date): SQL<boolean> => sql`is_premium(${userId}, ${now.toISOString()})`

/** When premium ends that goes on without a gap from `now`, as a scalar. Null for who is not premium. */
export const premiumUntil = (userId: SQL, now: Date): SQL<string | null> => sql`(
      SELECT upper(covered.run)
      FROM (
        SELECT unnest(range_agg(tstzrange(premium_periods.starts_at, premium_periods.ends_at))) AS run
        FROM premium_periods
        WHERE premium_periods.user_id = ${userId} AND premium_periods.revoked_at IS NULL AND premium_periods.ends_at > ${now.toISOString()}
      ) AS covered
      WHERE covered.run @> ${now.toISOString()}::timestamptz
    )`

/**
 * Whether somebody has bought a product that is bought once, by its id. `countsSandbox`: whether purchases of a store's sandbox count for everybody. Testers they always
 * serve.
 */
export const hasBought = (userId: SQL, productId: SQL | string, countsSandbox: boolean): SQL<boolean> => sql`EXISTS (
      SELECT 1
      FROM purchases
      JOIN users buyer ON buyer.id = purchases.user_id
      WHERE purchases.user_id = ${userId} AND purchases.product_id = ${productId} AND purchases.revoked_at IS NULL
        AND (purchases.environment = 'production' OR ${countsSandbox} OR buyer.role <> 'user')
    )`
