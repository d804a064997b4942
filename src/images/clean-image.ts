import { imageTooManyPixels, imageUnsupported } from './errors.ts'
import { cleanHeic } from './heic.ts'
import { cleanJpeg } from './jpeg.ts'
import { cleanPng } from './png.ts'
import { startsWith } from './bytes.ts'
import type { CleanImage, FoundImage } from './types.ts'
import { cleanWebp } from './webp.ts'

export type { Bytes } from './bytes.ts'
export { imageMalformed, imageTooManyPixels, imageUnsupported } from './errors.ts'
export type { CleanImage } from './types.ts'

/** What Cloudflare's image service takes: https://developers.cloudflare.com/images/get-started/limits/ */
const PIXELS_MAX = 100_000_000

/**
 * Recognises a picture by its content, without decoding it, and takes out the picture alone (docs/product.md#photos). Metadata, and whatever is beside or
 * behind the picture, is left behind unread. Throws if there is no whole picture.
 */
export function cleanImage(file: Uint8Array<ArrayBuffer>): CleanImage {
  const { type, orientation, parts, ...stored } = findImage(file)
  if (stored.width * stored.height > PIXELS_MAX) throw imageTooManyPixels()
  const isTurned = orientation >= 5
  return { type, parts, width: isTurned ? stored.height : stored.width, height: isTurned ? stored.width : stored.height }
}

function findImage(file: Uint8Array<ArrayBuffer>): FoundImage {
  if (startsWith(file, 0, '\xff\xd8\xff')) return cleanJpeg(file)
  if (startsWith(file, 0, '\x89PNG\r\n\x1a\n')) return cleanPng(file)
  if (startsWith(file, 0, 'RIFF') && startsWith(file, 8, 'WEBP')) return cleanWebp(file)
  if (startsWith(file, 4, 'ftyp')) return cleanHeic(file)
  throw imageUnsupported()
}
