import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { type Db, firstRow } from '../../db/client.ts'
import { viewer } from '../../db/viewer.ts'
import type { Theme } from './themes.ts'
import type { Sketch } from '../walks/schema.ts'
import { isClosedByModeration } from '../social/posts/sql.ts'
import { hasBought, isPremium } from '../subscriptions/sql.ts'
import type { Settings } from '../users/settings/schema.ts'

/** Whether a walk can be shown: valid, not deleted, and not closed by moderation. `walks` must be in scope. */
const isShowable = sql`walks.is_valid AND walks.deleted_at IS NULL AND NOT ${isClosedByModeration('walk', sql`walks.id`)}`

export interface ShareAnswer {
  readonly is_found: boolean
  /** The token of the walk's link in this theme, new or not. Null when no link may be made. */
  readonly token: string | null
}

/** `product_id`: what the theme is sold as, to those who are not premium. Null for the theme that everybody has. */
export function insertShareLink(
  db: Db,
  actor: Actor,
  link: { walk_id: string; theme: Theme; token: string; product_id: string | null },
  { now, countsSandbox }: { now: Date; countsSandbox: boolean },
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
      WHERE ${link.product_id === null} OR ${isPremium(sql`viewer.id`, now)} OR ${hasBought(sql`viewer.id`, link.product_id ?? '', countsSandbox)}
      ON CONFLICT (walk_id, theme) DO UPDATE
      SET theme = excluded.theme
      RETURNING share_links.token
    )
    SELECT EXISTS (SELECT 1 FROM walk) AS is_found,
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

export interface SharedPhoto {
  readonly object_key: string
  readonly has_thumbnails: boolean
}

/** What the pictures are drawn from, and what the page says besides. */
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
  readonly extras: {
    readonly nickname: string | null
    readonly region: string | null
    /** At most `PHOTOS_SHOWN_MAX`, in their order. */
    readonly photos: readonly SharedPhoto[]
  }
}

/** More would be an album and no page of a walk. */
const PHOTOS_SHOWN_MAX = 6

/** Whether the owner lets the page show it. Nothing is shown until they say so. `owner` must be in scope. */
const isShown = (what: keyof Settings['share_page']): SQL => sql`owner.settings -> 'share_page' -> ${what}::text = 'true'`

/** The link of a walk that can be shown, and its owner. */
const linkFor = (token: string): SQL => sql`share_links
    JOIN walks ON walks.id = share_links.walk_id
    JOIN users owner ON owner.id = walks.user_id
    WHERE share_links.token = ${token} AND ${isShowable} AND owner.deleted_at IS NULL AND owner.banned_at IS NULL`

// blocked too: a link is open to people without an account, so nobody is asked who they are.
/**
 * For anybody who has the link. It includes a secret badge of this walk, because its owner chose to show the walk. The region is no finer than a 시군구, because
 * the page is open to people without an account.
 */
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
           ) AS badges,
           json_build_object(
             'nickname', CASE WHEN ${isShown('nickname')} THEN owner.nickname END,
             'region', CASE WHEN ${isShown('region')} THEN (
               SELECT concat_ws(' ', regions.sido, regions.sigungu) FROM regions WHERE regions.code = owner.region_code
             ) END,
             'photos', CASE WHEN ${isShown('photos')} THEN (
               SELECT coalesce(json_agg(json_build_object('object_key', shown.photo ->> 'object_key', 'has_thumbnails', shown.photo -> 'has_thumbnails') ORDER BY shown.n), '[]')
               FROM jsonb_array_elements(walk_photos(walks.id)) WITH ORDINALITY AS shown (photo, n)
               WHERE shown.n <= ${PHOTOS_SHOWN_MAX} AND shown.photo -> 'is_hidden' = 'false'
             ) ELSE '[]' END
           ) AS extras
    FROM ${linkFor(token)}`,
  )
}

/** Whether the link opens the photo that lies under `name` in the folder of its walk. */
export function findSharedPhoto(db: Db, token: string, name: string): Promise<{ object_key: string } | null> {
  return firstRow(
    db,
    sql`
    SELECT photos.object_key
    FROM photos, ${linkFor(token)}
      AND ${isShown('photos')}
      AND photos.walk_id = walks.id
      AND NOT ${isClosedByModeration('photo', sql`photos.id`)}
      AND photos.object_key = concat_ws('/', 'walk-photos', walks.user_id, walks.id, ${name}::text)`,
  )
}
