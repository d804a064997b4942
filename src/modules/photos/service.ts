import { signedIn, type Actor } from '../../core/actor.ts'
import type { PageQuery } from '../../core/cursor.ts'
import { AppError, temporarilyUnavailable } from '../../core/errors.ts'
import { pathIn, type PhotoFolder } from '../../core/folders.ts'
import { sha256Hex } from '../../core/hash.ts'
import { type PhotoObject, photoPaths, thumbnailKey } from '../../core/media.ts'
import type { Deps } from '../../deps.ts'
import { announce } from '../../jobs/outbox.ts'
import { petNotFound } from '../pets/errors.ts'
import { refuseSuspended } from '../social/suspensions/service.ts'
import { walkNotFound } from '../walks/errors.ts'
import { imageLimitReached, mediaNotFound, photoLimitReached } from './errors.ts'
import { type Bytes, cleanImage } from '../../images/clean-image.ts'
import { allKeysOf, newObjectKey, readMediaKey, type StoredType } from './object-keys.ts'
import {
  deleteImage,
  deleteWalkPhoto,
  findSlot,
  type ImageRow,
  insertPhoto,
  isPublicWalkPhoto,
  listImages,
  type NewPhoto,
  type Place,
  type Slot,
} from './queries.ts'
import { renderPhoto } from './rendering.ts'
import {
  type Image,
  IMAGES_MAX,
  imagePages,
  type MediaParams,
  type MediaQuery,
  type UploadedPhoto,
  WALK_PHOTOS_MAX,
  type WalkPhotoFields,
} from './schema.ts'

const PET_PROFILE_SIDE = 800
const PHOTO_SIDE = 1_200
/** How long anybody may keep a public photo. Taking a photo or a walk back reaches every cache after that. A walk is taken back more often than a portrait. */
const CACHE_SECONDS = { 'walk-photos': 300, 'pet-profiles': 86_400, images: 86_400 } as const

type UploadDeps = Pick<Deps, 'db' | 'bucket' | 'images' | 'jobs' | 'media' | 'now' | 'waitUntil' | 'wakeAt'>

export function uploadPetProfile(deps: UploadDeps, actor: Actor, petId: string, file: Bytes): Promise<UploadedPhoto> {
  const place = { kind: 'pet_profile', pet_id: petId } as const
  return upload(deps, actor, place, {
    file,
    folder: 'pet-profiles',
    parent_id: petId,
    side: PET_PROFILE_SIDE,
    limit: 1,
    missing: petNotFound,
  })
}

export function uploadWalkPhoto(
  deps: UploadDeps,
  actor: Actor,
  walkId: string,
  file: Bytes,
  fields: WalkPhotoFields,
): Promise<UploadedPhoto> {
  const place = { kind: 'walk_photo', walk_id: walkId } as const
  const limit = { limit: WALK_PHOTOS_MAX, missing: walkNotFound, full: photoLimitReached }
  return upload(deps, actor, place, { file, folder: 'walk-photos', parent_id: walkId, side: PHOTO_SIDE, fields, ...limit })
}

export async function uploadImage(deps: UploadDeps, actor: Actor, file: Bytes): Promise<UploadedPhoto> {
  const limit = { limit: IMAGES_MAX, missing: mediaNotFound, full: imageLimitReached }
  return upload(deps, actor, { kind: 'image' }, { file, folder: 'images', parent_id: crypto.randomUUID(), side: PHOTO_SIDE, ...limit })
}

interface UploadOptions {
  readonly file: Bytes
  readonly folder: PhotoFolder
  readonly parent_id: string
  readonly side: number
  readonly limit: number
  readonly missing: () => AppError
  readonly full?: () => AppError
  readonly fields?: WalkPhotoFields
}

/**
 * Asks first whether the photo is allowed, then makes and stores it, and writes its row last. A failure in between leaves at most objects without a row,
 * which the sweep deletes. The hash of the file recognises a repeat.
 */
async function upload(deps: UploadDeps, actor: Actor, place: Place, options: UploadOptions): Promise<UploadedPhoto> {
  const { file, folder, parent_id, side, limit, missing, full, fields } = options
  const content_hash = await sha256Hex(file)
  const slot = signedIn(await findSlot(deps.db, actor, place, content_hash, deps.now()))
  if (!slot.is_found) throw missing()
  if (slot.photo) return present(deps, slot, folder, actor, parent_id)
  refuseSuspended(slot)
  if (full && slot.photo_count >= limit) throw full()

  const rendered = await renderPhoto(deps.images, cleanImage(file), side)
  const object_key = newObjectKey(folder, actor.user_id, parent_id, rendered.type)
  const object = { object_key, has_thumbnails: rendered.thumbnails.length > 0 }
  await putObjects(deps, object, [
    { key: object_key, type: rendered.type, parts: rendered.parts },
    ...rendered.thumbnails.map((thumbnail) => ({
      key: thumbnailKey(object_key, thumbnail.side),
      type: rendered.type,
      parts: thumbnail.parts,
    })),
  ])
  const photo: NewPhoto = {
    id: crypto.randomUUID(),
    ...object,
    content_hash,
    width: rendered.width,
    height: rendered.height,
    location: fields?.lat !== undefined && fields.lng !== undefined ? { lat: fields.lat, lng: fields.lng } : null,
    taken_at: fields?.taken_at ?? null,
  }
  const now = signedIn(await insertPhoto(deps.db, actor, place, photo, limit, deps.now()))
  deps.waitUntil(announce(deps, now.outbox_ids))
  if (now.photo?.id !== photo.id) deps.waitUntil(removeObjects(deps, object))
  if (now.photo) return present(deps, now, folder, actor, parent_id)
  if (now.is_found) refuseSuspended(now)
  throw now.is_found && full ? full() : missing()
}

interface NewObject {
  readonly key: string
  readonly type: StoredType
  readonly parts: readonly Bytes[]
}

async function putObjects(deps: Pick<Deps, 'bucket' | 'waitUntil'>, object: PhotoObject, objects: readonly NewObject[]): Promise<void> {
  const put = ({ key, type, parts }: NewObject) => deps.bucket.put(key, new Blob([...parts]), { httpMetadata: { contentType: type } })
  const results = await Promise.allSettled(objects.map(put))
  const failure = results.find((result) => result.status === 'rejected')
  if (!failure) return
  deps.waitUntil(removeObjects(deps, object))
  throw temporarilyUnavailable({ cause: failure.reason, headers: { 'Retry-After': '1' } })
}

/** Ignores errors, because the sweep finds what is left. */
async function removeObjects({ bucket }: Pick<Deps, 'bucket'>, object: PhotoObject): Promise<void> {
  await bucket.delete(allKeysOf(object)).catch(() => {})
}

async function present({ media }: Pick<Deps, 'media'>, { photo, is_public }: Slot, folder: PhotoFolder, actor: Actor, parentId: string) {
  if (!photo) throw mediaNotFound()
  const { id, width, height } = photo
  const signature = is_public ? '' : await media.sign(pathIn(folder, actor.user_id, parentId))
  return { id, ...photoPaths(photo, folder === 'pet-profiles' ? 200 : 400, signature), width, height }
}

export async function removeWalkPhoto(
  deps: Pick<Deps, 'db' | 'jobs' | 'now' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  ids: { walk_id: string; photo_id: string },
): Promise<void> {
  const { is_found, outbox_ids } = signedIn(await deleteWalkPhoto(deps.db, actor, ids, deps.now()))
  if (!is_found) throw walkNotFound()
  deps.waitUntil(announce(deps, outbox_ids))
}

export async function listMyImages({ db, cursors }: Pick<Deps, 'db' | 'cursors'>, actor: Actor, { cursor, limit }: PageQuery) {
  const list = imagePages(cursors, actor.user_id)
  const key = await list.after(cursor)
  const after = key && { created_at: key[0], id: key[1] }
  const { images } = signedIn(await listImages(db, actor, { after, limit }))
  const { items, next_cursor } = await list.page(images, limit, ({ created_at, id }) => [created_at, id])
  return { items: items.map(presentImage), next_cursor }
}

function presentImage({ object_key, has_thumbnails, ...image }: ImageRow): Image {
  return { ...image, ...photoPaths({ object_key, has_thumbnails }, 400) }
}

/** Deletes an image. It also succeeds when there is no such image, and when the image is another person's, so that nobody learns which images others have. */
export async function removeImage(
  deps: Pick<Deps, 'db' | 'jobs' | 'now' | 'waitUntil' | 'wakeAt'>,
  actor: Actor,
  imageId: string,
): Promise<void> {
  const { outbox_ids } = signedIn(await deleteImage(deps.db, actor, imageId))
  deps.waitUntil(announce(deps, outbox_ids))
}

/**
 * Which object may be seen, and how long it may be cached. Photos of pets and other images are open to whoever knows their name. A photo of a walk that is
 * not shared needs a signature.
 */
export async function openMedia(
  { db, media }: Pick<Deps, 'db' | 'media'>,
  params: MediaParams,
  { expires, signature }: MediaQuery,
): Promise<{ key: string; type: string; cache: string }> {
  const found = readMediaKey(params)
  if (!found) throw mediaNotFound()
  const { key, object_key, kind, folder, type } = found
  const secondsLeft = signature ? await media.verify(folder, { expires: Number(expires), signature }) : null
  if (secondsLeft !== null) return { key, type, cache: `private, max-age=${secondsLeft}, immutable` }
  if (kind === 'walk-photos' && !(await isPublicWalkPhoto(db, object_key))) throw mediaNotFound()
  return { key, type, cache: `public, max-age=${CACHE_SECONDS[kind]}` }
}
