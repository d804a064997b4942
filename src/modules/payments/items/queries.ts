import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { type Db, firstRow } from '../../../db/client.ts'
import { viewer } from '../../../db/viewer.ts'
import { hasBought } from '../../subscriptions/sql.ts'
import type { Item } from './schema.ts'

/** What the viewer has bought for good, in the order of the shop. */
export function listItems(db: Db, actor: Actor, { countsSandbox }: { countsSandbox: boolean }): Promise<{ items: Item[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(json_build_object(
        'product_id', products.id, 'kind', products.kind, 'name', products.name,
        'bought_at', (
          SELECT min(purchases.granted_at)
          FROM purchases
          WHERE purchases.user_id = viewer.id AND purchases.product_id = products.id AND purchases.revoked_at IS NULL
        )
      ) ORDER BY products.sort_order), '[]')
      FROM products
      WHERE products.plan IS NULL AND ${hasBought(sql`viewer.id`, sql`products.id`, countsSandbox)}
    ) AS items
    FROM viewer`,
  )
}
