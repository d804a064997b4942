import { type Actor, signedIn } from '../../../core/actor.ts'
import type { PageQuery } from '../../../core/cursor.ts'
import type { Deps } from '../../../deps.ts'
import { listPayments } from './queries.ts'
import { type Payment, paymentPages } from './schema.ts'

export async function getHistory(
  { db, cursors }: Pick<Deps, 'db' | 'cursors'>,
  actor: Actor,
  { cursor, limit }: PageQuery,
): Promise<{ items: Payment[]; next_cursor: string | null }> {
  const list = paymentPages(cursors, actor.user_id)
  const { rows } = signedIn(await listPayments(db, actor, { after: await list.after(cursor), limit }))
  const { items, next_cursor } = await list.page(rows, limit, ({ position }) => [...position])
  return { items: items.map(({ payment }) => payment), next_cursor }
}
