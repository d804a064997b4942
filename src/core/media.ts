import { base64url } from 'jose'
import { deriveHmacKey } from './derived-key.ts'

/** Longest sides of the thumbnails, in pixels. */
export const THUMBNAIL_SIDES = [200, 400] as const
export type ThumbnailSide = (typeof THUMBNAIL_SIDES)[number]

/** A photo's largest object in R2, and whether thumbnails lie beside it. */
export interface PhotoObject {
  readonly object_key: string
  readonly has_thumbnails: boolean
}

/** The key of a thumbnail beside its photo. The SQL function `pet_card` makes the same one. */
export function thumbnailKey(objectKey: string, side: ThumbnailSide): string {
  return objectKey.replace('.', `_${side}.`)
}

/** Paths of a photo on this API's own origin. A photo without thumbnails is its own thumbnail. */
export function photoPaths({ object_key, has_thumbnails }: PhotoObject, side: ThumbnailSide, query = '') {
  const suffix = query && `?${query}`
  return {
    photo_url: `/media/${object_key}${suffix}`,
    thumbnail_url: `/media/${has_thumbnails ? thumbnailKey(object_key, side) : object_key}${suffix}`,
  }
}

/** Signatures that open one folder to whoever holds them, for at most five minutes. */
export interface MediaSignatures {
  /** `expires=…&signature=…`. It stays the same for two and a half minutes, so that clients can cache the address. */
  sign(folder: string): Promise<string>
  /** The seconds for which it is still valid, or `null`. */
  verify(folder: string, signed: { expires: number; signature: string }): Promise<number | null>
}

const WINDOW_SECONDS = 150
const PURPOSE = 'withbowwow media url 1'

/** `keys`: current first, then the previous one while rotating. */
export function createMediaSignatures({ keys, now }: { keys: readonly [string, ...string[]]; now: () => Date }): MediaSignatures {
  const seconds = () => Math.floor(now().getTime() / 1_000)
  const contentOf = (folder: string, expires: number) => new TextEncoder().encode(`${folder}\n${expires}`)
  return {
    async sign(folder) {
      const expires = (Math.floor(seconds() / WINDOW_SECONDS) + 2) * WINDOW_SECONDS
      const signature = await crypto.subtle.sign('HMAC', await deriveHmacKey(keys[0], PURPOSE), contentOf(folder, expires))
      return `expires=${expires}&signature=${base64url.encode(new Uint8Array(signature))}`
    },

    async verify(folder, { expires, signature }) {
      const left = expires - seconds()
      if (left <= 0 || !/^[\w-]{43}$/.test(signature)) return null
      const mac = new Uint8Array(base64url.decode(signature))
      for (const secret of keys) {
        if (await crypto.subtle.verify('HMAC', await deriveHmacKey(secret, PURPOSE), mac, contentOf(folder, expires))) return left
      }
      return null
    },
  }
}
