import { sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { Theme } from './themes.ts'
import type { Sketch } from '../walks/schema.ts'
import { isPremium } from '../subscriptions/sql.ts'

/** Whether a walk can be shown: valid and not deleted. `walks` must be in scope. */
const isShowable = sql`walks.is_valid AND walks.deleted_at IS NULL`

export interface ShareAnswer {
  readonly is_found: boolean
  readonly is_premium: boolean
  /** The token of the walk's link in this theme, new or not. Null when no link may be made. */
  readonly token: string | null
}

/** `needs_premium`: whether the theme is premium. */
export function insertShareLink(
  db: Db,
  actor: Actor,
  link: { walk_id: string; theme: Theme; token: string; needs_premium: boolean },
  now: Date,
): Promise<ShareAnswer | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, walk AS (
      SELECT walks.id
      FROM viewer
      JOIN walks ON walks.user_id = viewer.id
      WHERE walks.id = ${link.walk_id} AND ${isShowable}
    ), link AS (
      INSERT INTO share_links (walk_id, theme, token, created_at)
      SELECT walk.id, ${link.theme}::card_theme, ${link.token}, ${now.toISOString()}
      FROM walk
      CROSS JOIN viewer
      WHERE NOT ${link.needs_premium} OR ${isPremium(sql`viewer.id`, now)}
      ON CONFLICT (walk_id, theme) DO UPDATE
      SET theme = excluded.theme
      RETURNING share_links.token
    )
    SELECT EXISTS (SELECT 1 FROM walk) AS is_found,
           ${isPremium(sql`viewer.id`, now)} AS is_premium,
           (SELECT link.token FROM link) AS token
    FROM viewer`,
  )
}

/** Deletes every link to the viewer's own walk. `is_found` is also true when there was no link, and for a deleted walk. */
export function deleteShareLinks(db: Db, actor: Actor, walkId: string): Promise<{ is_found: boolean } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}, walk AS (
      SELECT walks.id
      FROM viewer
      JOIN walks ON walks.user_id = viewer.id
      WHERE walks.id = ${walkId}
    ), gone AS (
      DELETE FROM share_links
      USING walk
      WHERE share_links.walk_id = walk.id
    )
    SELECT EXISTS (SELECT 1 FROM walk) AS is_found
    FROM viewer`,
  )
}

/** What a card is drawn from, and what its key is made of. */
export interface SharedWalk {
  readonly walk_id: string
  readonly user_id: string
  readonly theme: Theme
  readonly day: string
  readonly distance_m: number
  readonly duration_sec: number
  readonly calories: number | null
  readonly sketch: Sketch | null
  readonly pets: string[]
  /** The photo of the first pet that has one with thumbnails. */
  readonly photo_key: string | null
  readonly badges: { icon: string; name: string }[]
}

/** For anybody who has the link. It includes a secret badge of this walk, because its owner chose to show the walk. */
export function findSharedWalk(db: Db, token: string): Promise<SharedWalk | null> {
  return firstRow(
    db,
    sql`
    SELECT walks.id AS walk_id, walks.user_id, share_links.theme, seoul_day(walks.started_at)::text AS day, walks.distance_m, walks.duration_sec,
           walks.calories, nullif(walks.sketch, '[]') AS sketch,
           (
             SELECT coalesce(json_agg(pets.name ORDER BY walk_pets.position), '[]')
             FROM walk_pets
             JOIN pets ON pets.id = walk_pets.pet_id
             WHERE walk_pets.walk_id = walks.id
           ) AS pets,
           (
             SELECT photos.object_key
             FROM walk_pets
             JOIN photos ON photos.pet_id = walk_pets.pet_id
             WHERE walk_pets.walk_id = walks.id AND photos.has_thumbnails
             ORDER BY walk_pets.position
             LIMIT 1
           ) AS photo_key,
           (
             SELECT coalesce(json_agg(json_build_object('icon', badges.icon, 'name', badges.name) ORDER BY badges.sort_order DESC), '[]')
             FROM user_badges
             JOIN badges ON badges.id = user_badges.badge_id
             WHERE user_badges.walk_id = walks.id
           ) AS badges
    FROM share_links
    JOIN walks ON walks.id = share_links.walk_id
    JOIN users owner ON owner.id = walks.user_id
    WHERE share_links.token = ${token} AND ${isShowable} AND owner.deleted_at IS NULL`,
  )
}
