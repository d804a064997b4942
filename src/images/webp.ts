import { type Bytes, KeptParts, startsWith, text, viewOf } from './bytes.ts'
import { imageMalformed, imageMoves } from './errors.ts'
import { orientationOnly, readOrientation } from './exif.ts'
import { isProfile } from './profile.ts'
import type { FoundImage } from './types.ts'

const RIFF_HEADER_BYTES = 12
const CHUNK_HEADER_BYTES = 8
const EXTENDED_BYTES = 10
/** A still picture needs six at most; programs add some of their own. Those behind the hundredth are not read. */
const CHUNKS_MAX = 100
const HAS_PROFILE = 0x20
const HAS_ALPHA = 0x10
const HAS_EXIF = 0x08
const IS_ANIMATED = 0x02

interface Chunk {
  readonly kind: string
  readonly from: number
  /** Where its content ends. A byte of padding may follow. */
  readonly contentEnd: number
  readonly to: number
}

/** https://developers.google.com/speed/webp/docs/riff_container. The file ends where its header says. What is behind is not read. */
export function cleanWebp(file: Bytes): FoundImage {
  const chunks = listChunks(file)
  const [first, ...rest] = chunks
  if (!first) throw imageMalformed()
  const kept = new KeptParts(file)
  if (first.kind !== 'VP8X') {
    const size = readBitstream(file, first)
    if (!size) throw imageMalformed()
    kept.keep(first.from, first.to)
    return { type: 'image/webp', ...size, orientation: 1, parts: riff(kept.take()) }
  }
  const canvas = readCanvas(file, first)
  if (rest.some(({ kind }) => kind === 'ANIM' || kind === 'ANMF')) throw imageMoves()
  let flags = viewOf(file).getUint8(first.from + CHUNK_HEADER_BYTES) & HAS_ALPHA
  let orientation = 1
  let hasPicture = false
  for (const chunk of rest) {
    const content = file.subarray(chunk.from + CHUNK_HEADER_BYTES, chunk.contentEnd)
    if (chunk.kind === 'EXIF') orientation = readOrientation(tiffOf(content))
    if (hasPicture) continue
    const size = readBitstream(file, chunk)
    if (size && (size.width !== canvas.width || size.height !== canvas.height)) throw imageMalformed()
    if (size) hasPicture = true
    const isKeptProfile = chunk.kind === 'ICCP' && !(flags & HAS_PROFILE) && isProfile(content)
    if (isKeptProfile) flags |= HAS_PROFILE
    if (size || isKeptProfile || chunk.kind === 'ALPH') kept.keep(chunk.from, chunk.to)
  }
  if (!hasPicture) throw imageMalformed()
  const exif = orientation === 1 ? [] : [exifChunk(orientation)]
  const header = file.slice(first.from, first.to)
  header[CHUNK_HEADER_BYTES] = flags | (exif.length > 0 ? HAS_EXIF : 0)
  header.fill(0, CHUNK_HEADER_BYTES + 1, CHUNK_HEADER_BYTES + 4) // reserved
  return { type: 'image/webp', ...canvas, orientation, parts: riff([header, ...kept.take(), ...exif]) }
}

function listChunks(file: Bytes): Chunk[] {
  const view = viewOf(file)
  const end = file.length < RIFF_HEADER_BYTES ? Infinity : view.getUint32(4, true) + 8
  if (end > file.length) throw imageMalformed()
  const chunks: Chunk[] = []
  for (let from = RIFF_HEADER_BYTES; from < end && chunks.length < CHUNKS_MAX;) {
    if (from + CHUNK_HEADER_BYTES > end) throw imageMalformed()
    const contentEnd = from + CHUNK_HEADER_BYTES + view.getUint32(from + 4, true)
    const to = contentEnd + (contentEnd & 1)
    if (to > end) throw imageMalformed()
    chunks.push({ kind: text(file, from, from + 4), from, contentEnd, to })
    from = to
  }
  return chunks
}

/** The sides that the extended header states. */
function readCanvas(file: Bytes, { from, contentEnd }: Chunk): { width: number; height: number } {
  const view = viewOf(file)
  const at = from + CHUNK_HEADER_BYTES
  if (contentEnd - at !== EXTENDED_BYTES) throw imageMalformed()
  if (view.getUint8(at) & IS_ANIMATED) throw imageMoves()
  return { width: uint24(view, at + 4) + 1, height: uint24(view, at + 7) + 1 }
}

/** The sides that a chunk of compressed data states, or `null` for any other chunk. */
function readBitstream(file: Bytes, { kind, from, contentEnd }: Chunk): { width: number; height: number } | null {
  const view = viewOf(file)
  const at = from + CHUNK_HEADER_BYTES
  if (kind === 'VP8 ') {
    const isKeyFrame = contentEnd - at > 10 && (view.getUint8(at) & 1) === 0 && startsWith(file, at + 3, '\x9d\x01\x2a')
    if (!isKeyFrame) throw imageMalformed()
    return atLeastOne({ width: view.getUint16(at + 6, true) & 0x3fff, height: view.getUint16(at + 8, true) & 0x3fff })
  }
  if (kind === 'VP8L') {
    if (contentEnd - at <= 5 || view.getUint8(at) !== 0x2f) throw imageMalformed()
    const bits = view.getUint32(at + 1, true)
    if (bits >>> 29 !== 0) throw imageMalformed()
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  return null
}

function atLeastOne(size: { width: number; height: number }) {
  if (size.width === 0 || size.height === 0) throw imageMalformed()
  return size
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
}

/** Removes JPEG's prefix, which some writers put before the TIFF structure. */
function tiffOf(content: Bytes): Bytes {
  return startsWith(content, 0, 'Exif\0\0') ? content.subarray(6) : content
}

function exifChunk(orientation: number): Bytes {
  const tiff = orientationOnly(orientation)
  const chunk = new Uint8Array(CHUNK_HEADER_BYTES + tiff.length)
  chunk.set([0x45, 0x58, 0x49, 0x46, tiff.length])
  chunk.set(tiff, CHUNK_HEADER_BYTES)
  return chunk
}

/** A file of these chunks. */
function riff(chunks: readonly Bytes[]): Bytes[] {
  const header = new Uint8Array([0x52, 0x49, 0x46, 0x46, 0, 0, 0, 0, 0x57, 0x45, 0x42, 0x50])
  viewOf(header).setUint32(
    4,
    chunks.reduce((sum, { length }) => sum + length, 4),
    true,
  )
  return [header, ...chunks]
}
