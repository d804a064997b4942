import { sql } from 'drizzle-orm'
import type { Actor } from '../../../core/actor.ts'
import { answerOf, type Db, firstRow } from '../../../db/client.ts'
import { lockViewer, viewer } from '../../../db/viewer.ts'
import type { PlaceKind } from '../kinds.ts'
import type { Place } from '../schema.ts'
import { placeJson } from '../sql.ts'

export interface FavoriteRow {
  readonly place: Place
  /** Postgres's own text. */
  readonly created_at: string
}

export interface FavoritePage {
  readonly kinds: readonly PlaceKind[]
  readonly after: { readonly created_at: string; readonly id: string } | null
  readonly limit: number
}

/** The viewer's favourites, the latest first, one more than `limit`. */
export function listFavorites(db: Db, actor: Actor, { kinds, after, limit }: FavoritePage): Promise<{ items: FavoriteRow[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(page.row ORDER BY page.created_at DESC, page.place_id DESC), '[]')
      FROM (
        SELECT json_build_object('created_at', favorite.created_at::text, 'place', ${placeJson({ distance: sql`NULL::float8` })}) AS row,
               favorite.created_at, favorite.place_id
        FROM place_favorites AS favorite
        JOIN places ON places.id = favorite.place_id
        WHERE favorite.user_id = viewer.id
          AND places.kind = ANY (${`{${kinds.join(',')}}`}::place_kind[])
          AND (
            ${after === null}
            OR (favorite.created_at, favorite.place_id) < (${after?.created_at ?? null}::timestamptz, ${after?.id ?? null}::uuid)
          )
        ORDER BY favorite.created_at DESC, favorite.place_id DESC
        LIMIT ${limit + 1}
      ) AS page
    ) AS items
    FROM viewer`,
  )
}

/** Makes a place a favourite, or the one that stands for it, as long as there are fewer than `max`. */
export function insertFavorite(
  db: Db,
  actor: Actor,
  id: string,
  max: number,
  now: Date,
): Promise<{ is_known: boolean; is_favorite: boolean } | null> {
  return answerOf(db, {
    lock: lockViewer(actor),
    answer: sql`
    WITH ${viewer(actor)}, chosen AS (
      SELECT coalesce(places.duplicate_of, places.id) AS id FROM places WHERE places.id = ${id}
    ), mine AS (
      SELECT place_favorites.place_id FROM place_favorites JOIN viewer ON viewer.id = place_favorites.user_id
    ), made AS (
      INSERT INTO place_favorites (user_id, place_id, created_at)
      SELECT viewer.id, chosen.id, ${now.toISOString()}
      FROM viewer, chosen
      WHERE (SELECT count(*) FROM mine) < ${max}
      ON CONFLICT DO NOTHING
      RETURNING place_id
    )
    SELECT EXISTS (SELECT FROM chosen) AS is_known,
           EXISTS (SELECT FROM made) OR EXISTS (SELECT FROM chosen JOIN mine ON mine.place_id = chosen.id) AS is_favorite
    FROM viewer`,
  })
}

export function deleteFavorite(db: Db, actor: Actor, id: string): Promise<Record<string, never> | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, gone AS (
      DELETE FROM place_favorites
      USING viewer, places
      WHERE place_favorites.user_id = viewer.id
        AND places.id = ${id}
        AND place_favorites.place_id IN (places.id, places.duplicate_of)
    )
    SELECT FROM viewer`,
  )
}
