import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import { type Pads, trialKeysOf } from '../billing/sql.ts'
import { priceOf } from '../ledger/sql.ts'
import type { Offer } from './schema.ts'

export interface OffersRow {
  readonly plans: Offer[]
  readonly trial_eligible: boolean
  readonly store_account_token: string
}

export function findOffers(db: Db, actor: Actor, pads: Pads, now: Date): Promise<OffersRow | null> {
  const at = now.toISOString()
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT users.store_account_token,
           NOT EXISTS (SELECT 1 FROM trial_uses WHERE trial_uses.key_hash IN (SELECT * FROM ${trialKeysOf(sql`users.id`, pads)})) AS trial_eligible,
           (
             SELECT coalesce(json_agg(json_build_object(
               'code', plans.code, 'product_id', plans.product_id, 'base_plan', plans.base_plan, 'name', products.name,
               'price_won', ${priceOf(sql`plans.code`, sql`${at}::timestamptz`)},
               'price_from', (
                 SELECT json_build_object('at', later.starts_at, 'price_won', later.price_won)
                 FROM plan_prices later
                 WHERE later.plan = plans.code AND later.starts_at > ${at}
                 ORDER BY later.starts_at
                 LIMIT 1
               ),
               'interval_months', plans.interval_months, 'trial_days', plans.trial_days
             ) ORDER BY products.sort_order), '[]')
             FROM plans
             JOIN products ON products.plan = plans.code
             WHERE plans.is_active AND products.is_active
           ) AS plans
    FROM viewer
    JOIN users ON users.id = viewer.id`,
  )
}
