import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../core/actor.ts'
import { settleWalk } from '../facts/sql.ts'
import { type Batch, type Db, firstRow, runBatch } from '../../db/client.ts'
import { geographyPoint, type LatLng } from '../../db/geography.ts'
import { mayWrite, suspendedUntil } from '../social/suspensions/sql.ts'
import { isClosedByModeration, isPublicPost } from '../social/posts/sql.ts'
import { deletePhotos } from './sql.ts'
import { lockViewer, viewer } from '../../db/viewer.ts'

export interface StoredPhoto {
  readonly id: string
  readonly object_key: string
  readonly has_thumbnails: boolean
  readonly width: number
  readonly height: number
}

/** What a photo belongs to. */
export type Place =
  | { readonly kind: 'pet_profile'; readonly pet_id: string }
  | { readonly kind: 'walk_photo'; readonly walk_id: string }
  | { readonly kind: 'image' }

export interface NewPhoto extends StoredPhoto {
  /** SHA-256 of the file that was sent, in hex. */
  readonly content_hash: string
  readonly location: LatLng | null
  readonly taken_at: string | null
}

/** The place of a photo that is being uploaded. */
export interface Slot {
  /** Whether the viewer has that pet or walk. */
  readonly is_found: boolean
  /** The photo of the same file, if it was sent before. */
  readonly photo: StoredPhoto | null
  readonly photo_count: number
  /** Whether anybody may see it. */
  readonly is_public: boolean
  /** Set while the viewer is suspended and others would see the photo. */
  readonly suspended_until: string | null
}

const contentHash = (hex: string): SQL => sql`decode(${hex}, 'hex')`

/** The photos in the same place. `viewer` must be in scope. */
function isThere(place: Place): SQL {
  if (place.kind === 'pet_profile') return sql`photos.pet_id = ${place.pet_id}`
  if (place.kind === 'walk_photo') return sql`photos.walk_id = ${place.walk_id}`
  return sql`photos.user_id = viewer.id AND photos.kind = 'image'`
}

/** Whether the place belongs to the viewer. `viewer` must be in scope. */
function isTheirs(place: Place): SQL {
  if (place.kind === 'pet_profile')
    return sql`EXISTS (SELECT 1 FROM pets WHERE pets.id = ${place.pet_id} AND pets.user_id = viewer.id AND pets.archived_at IS NULL)`
  if (place.kind === 'walk_photo')
    return sql`EXISTS (SELECT 1 FROM walks WHERE walks.id = ${place.walk_id} AND walks.user_id = viewer.id AND walks.deleted_at IS NULL)`
  return sql`true`
}

const isPublic = (place: Place): SQL => (place.kind === 'walk_photo' ? isPublicPost(sql`${place.walk_id}::uuid`) : sql`true`)

/** Whether others see what is in the place: portraits of pets, and photos of a walk that is shared. */
const isForOthers = (place: Place): SQL =>
  place.kind === 'walk_photo'
    ? sql`EXISTS (SELECT 1 FROM walks WHERE walks.id = ${place.walk_id} AND walks.shared_to_feed)`
    : sql`${place.kind === 'pet_profile'}::boolean`

const selectSlot = (actor: Actor, place: Place, hash: string, now: Date): SQL<Slot> => sql`
    WITH ${viewer(actor)}
    SELECT ${isTheirs(place)} AS is_found,
           (
             SELECT json_build_object(
               'id', photos.id, 'object_key', photos.object_key, 'has_thumbnails', photos.has_thumbnails, 'width', photos.width, 'height', photos.height
             )
             FROM photos
             WHERE ${isThere(place)} AND photos.user_id = viewer.id AND photos.content_hash = ${contentHash(hash)}
           ) AS photo,
           (SELECT count(*)::int FROM photos WHERE ${isThere(place)}) AS photo_count,
           ${isPublic(place)} AS is_public,
           CASE WHEN ${isForOthers(place)} THEN ${suspendedUntil(now)} END AS suspended_until
    FROM viewer`

export function findSlot(db: Db, actor: Actor, place: Place, hash: string, now: Date): Promise<Slot | null> {
  return firstRow(db, selectSlot(actor, place, hash, now))
}

/**
 * Inserts a photo unless its place is gone, is full (`limit`), or holds the same file. Answers the place as it is then. A pet has one photo, so the one
 * before is deleted. `outbox_ids` are to be announced.
 */
export async function insertPhoto(
  db: Db,
  actor: Actor,
  place: Place,
  photo: NewPhoto,
  limit: number,
  now: Date,
): Promise<(Slot & { outbox_ids: string[] }) | null> {
  const petId = place.kind === 'pet_profile' ? place.pet_id : null
  const walkId = place.kind === 'walk_photo' ? place.walk_id : null
  const replaced = sql`photos.pet_id = ${petId}::uuid AND photos.content_hash <> ${contentHash(photo.content_hash)} AND EXISTS (SELECT 1 FROM viewer WHERE ${isTheirs(place)} AND ${mayWrite(now)})`
  const change = {
    replaced: sql<{ id: string }>`WITH ${viewer(actor)}, ${deletePhotos(replaced)}`,
    photo: sql`
    WITH ${viewer(actor)}
    INSERT INTO photos (id, user_id, kind, pet_id, walk_id, object_key, has_thumbnails, content_hash, width, height, location, taken_at, created_at)
    SELECT ${photo.id}, viewer.id, ${place.kind}::photo_kind, ${petId}, ${walkId}, ${photo.object_key}, ${photo.has_thumbnails}, ${contentHash(photo.content_hash)},
           ${photo.width}, ${photo.height}, ${photo.location && geographyPoint(photo.location)}, ${photo.taken_at}, ${now.toISOString()}
    FROM viewer
    WHERE ${isTheirs(place)} AND (${mayWrite(now)} OR NOT ${isForOthers(place)}) AND (SELECT count(*) FROM photos WHERE ${isThere(place)}) < ${limit}
    ON CONFLICT DO NOTHING`,
  }
  const { change: changed, slots } = await runBatch(db, {
    ...(walkId ? withPhotosCounted(actor, walkId, now, change) : { lock: lockViewer(actor), change }),
    slots: selectSlot(actor, place, photo.content_hash, now),
  })
  const [slot] = slots
  return slot ? { ...slot, outbox_ids: changed.replaced.map(({ id }) => id) } : null
}

/** A batch that brings a walk's photo count, and what follows from it, up to date. */
function withPhotosCounted<const C extends Batch>(actor: Actor, walkId: string, now: Date, change: C) {
  const counted = sql`
    UPDATE walks
    SET photo_count = counted.photos
    FROM (SELECT count(*) AS photos FROM photos WHERE photos.walk_id = ${walkId}) AS counted
    WHERE walks.id = ${walkId} AND walks.user_id = ${actor.user_id} AND walks.photo_count <> counted.photos`
  const walk = sql`(SELECT id FROM walks WHERE id = ${walkId} AND user_id = ${actor.user_id})`
  return settleWalk(actor.user_id, walk, now, { ...change, counted })
}

/** `is_found`: whether the viewer has that walk, with or without that photo. */
export async function deleteWalkPhoto(
  db: Db,
  actor: Actor,
  { walk_id, photo_id }: { walk_id: string; photo_id: string },
  now: Date,
): Promise<{ is_found: boolean; outbox_ids: string[] } | null> {
  const place = { kind: 'walk_photo', walk_id } as const
  const deleted = sql<{
    id: string
  }>`WITH ${viewer(actor)}, ${deletePhotos(sql`photos.id = ${photo_id} AND photos.walk_id = ${walk_id} AND EXISTS (SELECT 1 FROM viewer WHERE ${isTheirs(place)})`)}`
  const { change, answer } = await runBatch(db, {
    ...withPhotosCounted(actor, walk_id, now, { deleted }),
    answer: sql<{ is_found: boolean }>`
    WITH ${viewer(actor)}
    SELECT ${isTheirs(place)} AS is_found
    FROM viewer`,
  })
  return answer[0] ? { ...answer[0], outbox_ids: change.deleted.map(({ id }) => id) } : null
}

export interface ImageRow extends StoredPhoto {
  readonly created_at: string
}

export interface ImagePage {
  readonly after: { readonly created_at: string; readonly id: string } | null
  readonly limit: number
}

/** The viewer's images that belong to no pet or walk, newest first. Answers one more than `limit`. */
export function listImages(db: Db, actor: Actor, { after, limit }: ImagePage): Promise<{ images: ImageRow[] } | null> {
  return firstRow(
    db,
    sql`
    WITH ${viewer(actor)}
    SELECT (
      SELECT coalesce(json_agg(page ORDER BY page.created_at DESC, page.id DESC), '[]')
      FROM (
        SELECT photos.id, photos.object_key, photos.has_thumbnails, photos.width, photos.height, photos.created_at
        FROM photos
        WHERE photos.user_id = viewer.id
          AND photos.kind = 'image'
          AND (
            ${after === null}
            OR (photos.created_at, photos.id) < (${after?.created_at ?? null}::timestamptz, ${after?.id ?? null}::uuid)
          )
        ORDER BY photos.created_at DESC, photos.id DESC
        LIMIT ${limit + 1}
      ) AS page
    ) AS images
    FROM viewer`,
  )
}

/** Deletes an image of the viewer. It leaves other people's images, and photos of pets and walks. */
export async function deleteImage(db: Db, actor: Actor, imageId: string): Promise<{ outbox_ids: string[] } | null> {
  const mine = sql`photos.id = ${imageId} AND photos.kind = 'image' AND photos.user_id = (SELECT viewer.id FROM viewer)`
  const { deleted, answer } = await runBatch(db, {
    lock: lockViewer(actor),
    deleted: sql<{ id: string }>`WITH ${viewer(actor)}, ${deletePhotos(mine)}`,
    answer: sql`
    WITH ${viewer(actor)}
    SELECT viewer.id
    FROM viewer`,
  })
  return answer[0] ? { outbox_ids: deleted.map(({ id }) => id) } : null
}

/** Whether a photo belongs to a walk that anybody may see. */
export async function isPublicWalkPhoto(db: Db, objectKey: string): Promise<boolean> {
  const row = await firstRow(
    db,
    sql`
    SELECT 1
    FROM photos
    WHERE photos.object_key = ${objectKey}
      AND ${isPublicPost(sql`photos.walk_id`)}
      AND NOT ${isClosedByModeration('photo', sql`photos.id`)}`,
  )
  return row !== null
}
