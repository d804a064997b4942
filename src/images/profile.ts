import { Unzlib, zlibSync } from 'fflate'
import { type Bytes, join, startsWith, viewOf } from './bytes.ts'

const HEADER_BYTES = 128
/** Phones write half a kilobyte, the calibration of a monitor some hundred. */
const UNPACKED_MAX_BYTES = 1_048_576
/** What is unpacked at a time: a byte can become a thousand. */
const SLICE_BYTES = 256

/** Whether the bytes are one whole ICC profile. */
export function isProfile(bytes: Bytes): boolean {
  return bytes.length > HEADER_BYTES && viewOf(bytes).getUint32(0) === bytes.length && startsWith(bytes, 36, 'acsp')
}

/** Unpacks a profile that was packed with zlib. `null` where it is no whole profile, or too large a one. */
export function unpackProfile(packed: Bytes): Bytes | null {
  const pieces: Bytes[] = []
  let size = 0
  const unpacker = new Unzlib((piece) => {
    pieces.push(piece.slice())
    size += piece.length
  })
  try {
    for (let at = 0; at < packed.length && size <= UNPACKED_MAX_BYTES; at += SLICE_BYTES)
      unpacker.push(packed.subarray(at, at + SLICE_BYTES), at + SLICE_BYTES >= packed.length)
  } catch {
    return null
  }
  const profile = join(pieces)
  return size <= UNPACKED_MAX_BYTES && isProfile(profile) ? profile : null
}

export function packProfile(profile: Bytes): Bytes {
  return zlibSync(profile, { level: 1 }) as Bytes
}
