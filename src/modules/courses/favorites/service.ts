import { signedIn, type Actor } from '../../../core/actor.ts'
import type { Deps } from '../../../deps.ts'
import { premiumRequired } from '../../subscriptions/errors.ts'
import { courseFavoriteLimit, courseNotFound } from '../errors.ts'
import { deleteFavorite, insertFavorite } from './queries.ts'

const FAVORITES_MAX = 200

/** One that is a favourite already stays one, also without premium. */
export async function addFavoriteCourse({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, id: string): Promise<void> {
  const { is_seen, is_premium, is_favorite } = signedIn(await insertFavorite(db, actor, id, FAVORITES_MAX, now()))
  if (!is_seen) throw courseNotFound()
  if (is_favorite) return
  throw is_premium ? courseFavoriteLimit() : premiumRequired()
}

export async function removeFavoriteCourse({ db }: Pick<Deps, 'db'>, actor: Actor, id: string): Promise<void> {
  signedIn(await deleteFavorite(db, actor, id))
}
