import { base64url } from 'jose'
import { pathIn, type PhotoFolder, photoFolders } from '../../core/folders.ts'
import { type PhotoObject, THUMBNAIL_SIDES, thumbnailKey } from '../../core/media.ts'
import type { MediaParams } from './schema.ts'

const EXTENSIONS = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' } as const
export type StoredType = keyof typeof EXTENSIONS

/** A new key in the folder of its owner and its pet or walk, so that each can be deleted as a whole. The name is 128 random bits. */
export function newObjectKey(folder: PhotoFolder, userId: string, parentId: string, type: StoredType): string {
  return pathIn(folder, userId, parentId, `${base64url.encode(crypto.getRandomValues(new Uint8Array(16)))}.${EXTENSIONS[type]}`)
}

export function allKeysOf({ object_key, has_thumbnails }: PhotoObject): string[] {
  return [object_key, ...(has_thumbnails ? THUMBNAIL_SIDES.map((side) => thumbnailKey(object_key, side)) : [])]
}

/** The key without size and extension. It is the same for a photo and its thumbnails. */
export function nameOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1 + NAME_LENGTH)
}

const NAME_LENGTH = 22
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const IDS = new RegExp(`^${UUID}/${UUID}$`)
const NAME = new RegExp(`^[\\w-]{${NAME_LENGTH}}(_${THUMBNAIL_SIDES.join('|_')})?\\.(jpg|png|webp)$`)

/** What the name of an object in R2 says: the name of its photo, also for a thumbnail, and its type. `null` for a name that this API never gives. */
export function readName(name: string): { readonly photo_name: string; readonly type: StoredType } | null {
  const [, thumbnail = '', extension] = NAME.exec(name) ?? []
  const type = (Object.keys(EXTENSIONS) as StoredType[]).find((it) => EXTENSIONS[it] === extension)
  return type ? { photo_name: name.replace(`${thumbnail}.`, '.'), type } : null
}

export interface MediaKey {
  readonly key: string
  /** The photo's own key, also for a thumbnail. */
  readonly object_key: string
  readonly kind: PhotoFolder
  /** The folder that a signature opens. */
  readonly folder: string
  readonly type: StoredType
}

/** `null` for a path that cannot be one of our keys. */
export function readMediaKey({ kind, user_id, parent_id, name }: MediaParams): MediaKey | null {
  const folder = `${kind}/${user_id}/${parent_id}`
  const photoFolder = photoFolders.find((it) => it === kind)
  const named = IDS.test(`${user_id}/${parent_id}`) ? readName(name) : null
  if (!photoFolder || !named) return null
  return { key: `${folder}/${name}`, object_key: `${folder}/${named.photo_name}`, kind: photoFolder, folder, type: named.type }
}
