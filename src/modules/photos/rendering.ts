import { temporarilyUnavailable } from '../../core/errors.ts'
import { THUMBNAIL_SIDES, type ThumbnailSide } from '../../core/media.ts'
import { type Bytes, type CleanImage, cleanImage, imageMalformed, imageUnsupported } from '../../images/clean-image.ts'
import type { StoredType } from './object-keys.ts'

const QUALITY = 82
/** Cloudflare's error codes: no image, an area too large, a format it does not read, a broken image. */
const IMAGE_AT_FAULT = new Set([9412, 9413, 9520, 9523])

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
  if (!images) return asItIs(image, imageUnsupported)
  try {
    const photo = await resize(images, image.parts, longestSide)
    const thumbnails = await Promise.all(
      THUMBNAIL_SIDES.map(async (side) => ({ side, parts: (await resize(images, photo.parts, side)).parts })),
    )
    return { type: 'image/jpeg', width: photo.width, height: photo.height, parts: photo.parts, thumbnails }
  } catch (error) {
    const code = codeOf(error)
    if (code === 9520) throw imageUnsupported({ cause: error })
    if (IMAGE_AT_FAULT.has(code)) throw imageMalformed({ cause: error })
    console.warn(JSON.stringify({ level: 'warn', message: 'a photo is kept at its own size', error: String(error) }))
    return asItIs(image, temporarilyUnavailable)
  }
}

function asItIs({ type, width, height, parts }: CleanImage, unreadable: typeof temporarilyUnavailable | typeof imageUnsupported): Rendered {
  // Only the service can read a HEIC.
  if (type === 'image/heic') throw unreadable()
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
