import { type Bytes, KeptParts, refuseOtherFile, text, viewOf } from './bytes.ts'
import { imageMalformed, imageUnsupported } from './errors.ts'
import { orientationOnly, readOrientation } from './exif.ts'
import type { FoundImage } from './types.ts'

const SIGNATURE_BYTES = 8
const CHUNK_BYTES = 12
/** Most programs write 8 kB of data a chunk, some a row. */
const CHUNKS_MAX = 20_000
/** The chunks of the picture itself, and those that say how to read its colours. */
const KEPT = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB'])
const ANIMATION = new Set(['acTL', 'fcTL', 'fdAT'])
/** Bit depths by colour type. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] }

/** https://www.w3.org/TR/png-3/ */
export function cleanPng(file: Bytes): FoundImage {
  const view = viewOf(file)
  const kept = new KeptParts(file)
  kept.keep(0, SIGNATURE_BYTES)
  let header: { width: number; height: number } | undefined
  let orientation = 1
  let previous = ''
  let hasData = false
  let count = 0
  for (let at = SIGNATURE_BYTES; ;) {
    if (at + CHUNK_BYTES > file.length || ++count > CHUNKS_MAX) throw imageMalformed()
    const length = view.getUint32(at)
    const kind = text(file, at + 4, at + 8)
    const end = at + CHUNK_BYTES + length
    if (end > file.length || !/^[A-Za-z]{4}$/.test(kind) || (kind === 'IHDR') !== (at === SIGNATURE_BYTES)) throw imageMalformed()
    if (ANIMATION.has(kind)) throw imageUnsupported({ detail: '움직이는 사진은 올릴 수 없어요.' })
    if (kind === 'IHDR') header = readHeader(file, at + 8, length)
    if (kind === 'IDAT') {
      // The data are one stream. Data after another chunk are a second picture.
      if (hasData && previous !== 'IDAT') throw imageMalformed()
      hasData = true
    } else if (kind !== 'IEND') refuseOtherFile(file, at + 8, end - 4)
    if (kind === 'eXIf') orientation = readOrientation(file.subarray(at + 8, end - 4))
    if (KEPT.has(kind)) kept.keep(at, end)
    else if (kind < 'a') throw imageMalformed() // an unknown chunk that a reader needs
    if (kind === 'IEND') {
      if (!header || !hasData || length !== 0 || end !== file.length) throw imageMalformed()
      return { type: 'image/png', ...header, orientation, parts: withOrientation(kept.take(), orientation) }
    }
    previous = kind
    at = end
  }
}

function readHeader(file: Bytes, at: number, length: number): { width: number; height: number } {
  if (length !== 13) throw imageMalformed()
  const view = viewOf(file)
  const width = view.getUint32(at)
  const height = view.getUint32(at + 4)
  const isKnown =
    DEPTHS[view.getUint8(at + 9)]?.includes(view.getUint8(at + 8)) && view.getUint16(at + 10) === 0 && view.getUint8(at + 12) < 2
  if (!isKnown || width === 0 || height === 0) throw imageMalformed()
  return { width, height }
}

const HEADER_END = SIGNATURE_BYTES + CHUNK_BYTES + 13

function withOrientation([start, ...rest]: Bytes[], orientation: number): Bytes[] {
  if (!start) throw imageMalformed()
  if (orientation === 1) return [start, ...rest]
  return [start.subarray(0, HEADER_END), exifChunk(orientation), start.subarray(HEADER_END), ...rest]
}

function exifChunk(orientation: number): Bytes {
  const tiff = orientationOnly(orientation)
  const chunk = new Uint8Array(CHUNK_BYTES + tiff.length)
  const view = viewOf(chunk)
  view.setUint32(0, tiff.length)
  chunk.set([0x65, 0x58, 0x49, 0x66], 4)
  chunk.set(tiff, 8)
  view.setUint32(8 + tiff.length, crc32(chunk.subarray(4, 8 + tiff.length)))
  return chunk
}

function crc32(bytes: Bytes): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
