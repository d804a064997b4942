import { type DefinedError, temporarilyUnavailable } from '../../core/errors.ts'
import { THUMBNAIL_SIDES, type ThumbnailSide } from '../../core/media.ts'
import { type Bytes, type CleanImage, cleanImage, imageMalformed, imageTooManyPixels, imageUnsupported } from '../../images/clean-image.ts'
import type { StoredType } from './object-keys.ts'

const QUALITY = 82
/**
 * Cloudflare's error codes (https://developers.cloudflare.com/images/reference/errors/): a format it does not read, too many pixels for it, data it cannot
 * decode.
 */
const UNSUPPORTED = new Set([9412, 9420, 9520])
const TOO_LARGE = new Set([9402, 9413])
const BROKEN = new Set([9416, 9516, 9523])
/** A photo that is kept at its own size is drawn by phones, which hold at most this much of one. */
const KEPT_PIXELS_MAX = 64_000_000
const KEPT_SIDE_MAX = 16_384

export interface Rendered {
  readonly type: StoredType
  readonly width: number
  readonly height: number
  readonly parts: readonly Bytes[]
  readonly thumbnails: readonly { readonly side: ThumbnailSide; readonly parts: readonly Bytes[] }[]
}

/**
 * Makes what is stored of a photo: an upright JPEG with at most the given longest side, and its thumbnails. Without the service, or when its monthly limit
 * is used up, it is the photo as it was sent, without metadata and thumbnails.
 */
export async function renderPhoto(images: ImagesBinding | null, image: CleanImage, longestSide: number): Promise<Rendered> {
  if (!images) return asItIs(image, { unreadable: imageUnsupported, tooLarge: imageTooManyPixels })
  try {
    const photo = await resize(images, image.parts, longestSide)
    const thumbnails = await Promise.all(
      THUMBNAIL_SIDES.map(async (side) => ({ side, parts: (await resize(images, photo.parts, side)).parts })),
    )
    return { type: 'image/jpeg', width: photo.width, height: photo.height, parts: photo.parts, thumbnails }
  } catch (error) {
    const problem = problemOf(error, image)
    if (problem) throw problem({ cause: error })
    console.warn(JSON.stringify({ level: 'warn', message: 'a photo is kept at its own size', error: String(error) }))
    return asItIs(image, { unreadable: temporarilyUnavailable, tooLarge: temporarilyUnavailable })
  }
}

/** What is wrong with the image, or `null` where nothing is. */
function problemOf(error: unknown, image: CleanImage) {
  const code = codeOf(error)
  if (TOO_LARGE.has(code)) return imageTooManyPixels
  // Not every account reads HEIC, and the service does not always tell an unknown format from a broken file.
  if (UNSUPPORTED.has(code) || (BROKEN.has(code) && image.type === 'image/heic')) return imageUnsupported
  return BROKEN.has(code) ? imageMalformed : null
}

interface Refusals {
  readonly unreadable: DefinedError
  readonly tooLarge: DefinedError
}

function asItIs({ type, width, height, parts }: CleanImage, { unreadable, tooLarge }: Refusals): Rendered {
  // Only the service can read a HEIC.
  if (type === 'image/heic') throw unreadable()
  if (width * height > KEPT_PIXELS_MAX || Math.max(width, height) > KEPT_SIDE_MAX) throw tooLarge()
  return { type, width, height, parts, thumbnails: [] }
}

/** The result is cleaned once more, because by default the service keeps a copyright notice in EXIF. */
async function resize(images: ImagesBinding, parts: readonly Bytes[], side: number): Promise<CleanImage> {
  const result = await images
    .input(streamOf(parts))
    .transform({ width: side, height: side, fit: 'scale-down' })
    .output({ format: 'image/jpeg', quality: QUALITY, background: '#ffffff', anim: false })
  return cleanImage(new Uint8Array(await result.response().arrayBuffer()))
}

function streamOf(parts: readonly Bytes[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
}

/** The code of an `ImagesError`. Some versions of the runtime pass it in the message only. */
function codeOf(error: unknown): number {
  if (!(error instanceof Error)) return 0
  return 'code' in error && typeof error.code === 'number' ? error.code : Number(/\b9[45]\d\d\b/.exec(error.message)?.[0] ?? 0)
}
