import { type Actor, signedIn } from '../../../core/actor.ts'
import type { Deps } from '../../../deps.ts'
import { listItems } from './queries.ts'
import type { Item } from './schema.ts'

export async function getItems(deps: Pick<Deps, 'db' | 'countsSandbox'>, actor: Actor): Promise<{ items: Item[]; next_cursor: null }> {
  const { items } = signedIn(await listItems(deps.db, actor, deps))
  return { items, next_cursor: null }
}
