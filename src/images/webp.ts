import { type Bytes, KeptParts, refuseOtherFile, startsWith, text, viewOf } from './bytes.ts'
import { imageMalformed, imageUnsupported } from './errors.ts'
import { isIccProfile, orientationOnly, readOrientation } from './exif.ts'
import type { FoundImage } from './types.ts'

const RIFF_HEADER_BYTES = 12
const CHUNK_HEADER_BYTES = 8
const EXTENDED_BYTES = 10
/** A still picture needs six at most; programs add some of their own. */
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

/** https://developers.google.com/speed/webp/docs/riff_container */
export function cleanWebp(file: Bytes): FoundImage {
  const view = viewOf(file)
  if (file.length < RIFF_HEADER_BYTES + CHUNK_HEADER_BYTES || view.getUint32(4, true) + 8 !== file.length) throw imageMalformed()
  const chunks = listChunks(file)
  const [first, ...rest] = chunks
  if (!first) throw imageMalformed()
  if (first.kind !== 'VP8X') {
    const size = readBitstream(file, first)
    if (!size || rest.length > 0) throw imageMalformed()
    return { type: 'image/webp', ...size, orientation: 1, parts: [file] }
  }
  if (first.contentEnd - first.from !== CHUNK_HEADER_BYTES + EXTENDED_BYTES) throw imageMalformed()
  const flags = view.getUint8(first.from + 8)
  if (flags & IS_ANIMATED || chunks.some(({ kind }) => kind === 'ANIM' || kind === 'ANMF'))
    throw imageUnsupported({ detail: '움직이는 사진은 올릴 수 없어요.' })

  const canvas = { width: uint24(view, first.from + 12) + 1, height: uint24(view, first.from + 15) + 1 }
  const kept = new KeptParts(file)
  let orientation = 1
  let pictures = 0
  let keptFlags = flags & HAS_ALPHA
  for (const chunk of rest) {
    const size = readBitstream(file, chunk)
    if (size) {
      if (++pictures > 1 || size.width !== canvas.width || size.height !== canvas.height) throw imageMalformed()
      kept.keep(chunk.from, chunk.to)
    } else if (chunk.kind === 'ALPH') kept.keep(chunk.from, chunk.to)
    else {
      refuseOtherFile(file, chunk.from, chunk.to)
      if (chunk.kind === 'EXIF') orientation = readOrientation(tiffOf(file.subarray(chunk.from + 8, chunk.contentEnd)))
      if (chunk.kind === 'ICCP' && isIccProfile(file.subarray(chunk.from + 8, chunk.contentEnd))) {
        keptFlags |= HAS_PROFILE
        kept.keep(chunk.from, chunk.to)
      }
    }
  }
  if (pictures !== 1) throw imageMalformed()
  const content = [...kept.take(), ...(orientation === 1 ? [] : [exifChunk(orientation)])]
  const header = file.slice(0, first.to)
  header[first.from + 8] = keptFlags | (orientation === 1 ? 0 : HAS_EXIF)
  header.fill(0, first.from + 9, first.from + 12) // reserved
  viewOf(header).setUint32(
    4,
    content.reduce((sum, { length }) => sum + length, header.length - 8),
    true,
  )
  return { type: 'image/webp', ...canvas, orientation, parts: [header, ...content] }
}

function listChunks(file: Bytes): Chunk[] {
  const view = viewOf(file)
  const chunks: Chunk[] = []
  for (let from = RIFF_HEADER_BYTES; from < file.length;) {
    if (from + CHUNK_HEADER_BYTES > file.length || chunks.length === CHUNKS_MAX) throw imageMalformed()
    const contentEnd = from + CHUNK_HEADER_BYTES + view.getUint32(from + 4, true)
    const to = contentEnd + (contentEnd & 1)
    if (to > file.length) throw imageMalformed()
    chunks.push({ kind: text(file, from, from + 4), from, contentEnd, to })
    from = to
  }
  return chunks
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
