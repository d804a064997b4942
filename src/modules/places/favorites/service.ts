import { signedIn, type Actor } from '../../../core/actor.ts'
import type { Deps } from '../../../deps.ts'
import { placeFavoriteLimit, placeNotFound, placeNotKept } from '../errors.ts'
import { KAKAO_ID } from '../schema.ts'
import { deleteFavorite, insertFavorite } from './queries.ts'

const FAVORITES_MAX = 200

export async function addFavorite({ db, now }: Pick<Deps, 'db' | 'now'>, actor: Actor, id: string): Promise<void> {
  if (KAKAO_ID.test(id)) throw placeNotKept()
  const { is_known, is_favorite } = signedIn(await insertFavorite(db, actor, id, FAVORITES_MAX, now()))
  if (!is_known) throw placeNotFound()
  if (!is_favorite) throw placeFavoriteLimit()
}

export async function removeFavorite({ db }: Pick<Deps, 'db'>, actor: Actor, id: string): Promise<void> {
  if (KAKAO_ID.test(id)) throw placeNotKept()
  signedIn(await deleteFavorite(db, actor, id))
}
