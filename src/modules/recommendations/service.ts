import { signedIn, type Actor } from '../../core/actor.ts'
import type { Deps } from '../../deps.ts'
import { insertDismissal, listRecommendations } from './queries.ts'
import { presentRecommendation } from './rules.ts'

export async function getRecommendations({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor) {
  const { items } = signedIn(await listRecommendations(db, actor, now()))
  return { items: items.map(presentRecommendation), next_cursor: null }
}

export async function dismissRecommendation({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, userId: string): Promise<void> {
  signedIn(await insertDismissal(db, actor, userId, now()))
}
