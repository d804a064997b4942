import { type Actor, signedIn } from '../../../core/actor.ts'
import type { Deps } from '../../../deps.ts'
import { adminRequired } from '../../admin/errors.ts'
import { listConcerns } from './queries.ts'
import { concernPages, type ListConcernsQuery, type Overview } from './schema.ts'

/** What in payments may need a human. */
export async function getOverview(
  { db, cursors, now }: Pick<Deps, 'db' | 'cursors' | 'now'>,
  actor: Actor,
  { kind, cursor, limit }: ListConcernsQuery,
): Promise<Overview> {
  const list = concernPages(cursors, actor.user_id, kind ?? null)
  const key = await list.after(cursor)
  const after = key && { since: key[0], id: key[1] }
  const { is_admin, counts, items } = signedIn(await listConcerns(db, actor, { kind: kind ?? null, after, limit }, now()))
  if (!is_admin) throw adminRequired()
  return { counts, ...(await list.page(items, limit, ({ since, id }) => [since, id])) }
}
