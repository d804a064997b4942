import { type Bytes, startsWith, viewOf } from './bytes.ts'

export interface Span {
  readonly from: number
  readonly to: number
}

const PICTURES_TAG = 0xb002
const ENTRY_BYTES = 12
const PICTURE_BYTES = 16
const PICTURES_MAX = 16

/** The pictures that a Multi-Picture segment (CIPA DC-007) declares behind the first one: a gain map, a depth map, a preview. */
export function listFurtherPictures(file: Bytes, segment: Span): Span[] {
  const base = segment.from + 8
  const isLittle = startsWith(file, base, 'II*\0')
  if (!isLittle && !startsWith(file, base, 'MM\0*')) return []
  const view = viewOf(file)
  const fits = (at: number, bytes: number) => at >= base && at + bytes <= segment.to
  if (!fits(base, 8)) return []
  const directory = base + view.getUint32(base + 4, isLittle)
  if (!fits(directory, 2)) return []
  const entries = view.getUint16(directory, isLittle)
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + i * ENTRY_BYTES
    if (!fits(at, ENTRY_BYTES)) return []
    if (view.getUint16(at, isLittle) !== PICTURES_TAG) continue
    const count = Math.floor(view.getUint32(at + 4, isLittle) / PICTURE_BYTES)
    const list = base + view.getUint32(at + 8, isLittle)
    if (count > PICTURES_MAX || !fits(list, count * PICTURE_BYTES)) return []
    return Array.from({ length: count }, (_, n) => {
      const size = view.getUint32(list + n * PICTURE_BYTES + 4, isLittle)
      const from = base + view.getUint32(list + n * PICTURE_BYTES + 8, isLittle)
      return { from, to: from + size }
    }).slice(1)
  }
  return []
}

/**
 * Whether a Samsung trailer begins here and ends with the file. Samsung cameras write it behind every picture: blocks (the time of the shot, a moving
 * picture) and a directory of them.
 */
export function isSamsungTrailer(file: Bytes, at: number): boolean {
  const end = file.length - 8
  if (end < at || !startsWith(file, end + 4, 'SEFT')) return false
  const view = viewOf(file)
  const directory = end - view.getUint32(end, true)
  if (directory < at || !startsWith(file, directory, 'SEFH') || directory + 12 > end) return false
  const count = view.getUint32(directory + 8, true)
  if (count === 0 || directory + 12 + count * ENTRY_BYTES !== end) return false
  let first = directory
  for (let i = 0; i < count; i++) {
    const entry = directory + 12 + i * ENTRY_BYTES
    const from = directory - view.getUint32(entry + 4, true)
    if (from < at || from + view.getUint32(entry + 8, true) > directory) return false
    first = Math.min(first, from)
  }
  return first === at
}
