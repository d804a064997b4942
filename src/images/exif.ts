import { type Bytes, startsWith, viewOf } from './bytes.ts'

const ORIENTATION = 0x0112
const SHORT = 3
const ENTRY_BYTES = 12

/** The orientation (1 to 8) in the first directory of EXIF's TIFF structure, or 1 where it states no valid one. */
export function readOrientation(tiff: Bytes): number {
  const isLittle = startsWith(tiff, 0, 'II*\0')
  if (!isLittle && !startsWith(tiff, 0, 'MM\0*')) return 1
  const view = viewOf(tiff)
  if (tiff.length < 8) return 1
  const directory = view.getUint32(4, isLittle)
  if (directory + 2 > tiff.length) return 1
  const entries = view.getUint16(directory, isLittle)
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + i * ENTRY_BYTES
    if (at + ENTRY_BYTES > tiff.length) return 1
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue
    const value = view.getUint16(at + 8, isLittle)
    return view.getUint16(at + 2, isLittle) === SHORT && value >= 1 && value <= 8 ? value : 1
  }
  return 1
}

/** A TIFF structure that holds the orientation and nothing else. */
export function orientationOnly(orientation: number): Bytes {
  const tiff = new Uint8Array(26)
  tiff.set([0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, ORIENTATION >> 8, ORIENTATION & 0xff, 0, SHORT, 0, 0, 0, 1, 0, orientation])
  return tiff
}
