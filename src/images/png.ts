import { type Bytes, KeptParts, text, viewOf } from './bytes.ts'
import { imageMalformed, imageMoves, imageUnsupported } from './errors.ts'
import { orientationOnly, readOrientation } from './exif.ts'
import { packProfile, unpackProfile } from './profile.ts'
import type { FoundImage } from './types.ts'

const SIGNATURE_BYTES = 8
const CHUNK_BYTES = 12
const HEADER_END = SIGNATURE_BYTES + CHUNK_BYTES + 13
/** Most programs write 8 kB of data a chunk, some a row. */
const CHUNKS_MAX = 20_000
/** The chunks that say how to read the colours, and how many bytes each has at most. */
const COLOURS: Readonly<Record<string, number>> = { PLTE: 768, tRNS: 256, gAMA: 4, cHRM: 32, sRGB: 1, cICP: 4 }
const ANIMATION = new Set(['acTL', 'fcTL', 'fdAT'])
/** Bit depths by colour type. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] }

/** https://www.w3.org/TR/png-3/. The picture ends at its IEND. What is behind it is not read. */
export function cleanPng(file: Bytes): FoundImage {
  const view = viewOf(file)
  // Xcode's own form of PNG, which only Apple's devices read.
  if (text(file, 12, 16) === 'CgBI') throw imageUnsupported()
  const size = readHeader(file)
  const kept = new KeptParts(file)
  let packedProfile: Bytes | null = null
  let orientation = 1
  let previous = ''
  let hasData = false
  let count = 0
  for (let at = HEADER_END; ;) {
    if (at + CHUNK_BYTES > file.length || ++count > CHUNKS_MAX) throw imageMalformed()
    const length = view.getUint32(at)
    const kind = text(file, at + 4, at + 8)
    const end = at + CHUNK_BYTES + length
    const content = file.subarray(at + 8, end - 4)
    if (end > file.length || !/^[A-Za-z]{4}$/.test(kind)) throw imageMalformed()
    if (ANIMATION.has(kind)) throw imageMoves()
    if (kind === 'IDAT') {
      // The data are one stream. Data after another chunk are a second picture.
      if (hasData && previous !== 'IDAT') throw imageMalformed()
      hasData = true
      kept.keep(at, end)
    } else if (length <= (COLOURS[kind] ?? -1)) kept.keep(at, end)
    else if (kind === 'iCCP' && !hasData) packedProfile ??= content
    else if (kind === 'eXIf') orientation = readOrientation(content)
    else if (kind === 'IEND') {
      if (!hasData || length !== 0) throw imageMalformed()
      kept.keep(at, end)
      const profile = packedProfile && readProfile(packedProfile)
      const added = [
        ...(profile ? [profileChunk(profile)] : []),
        ...(orientation === 1 ? [] : [chunk('eXIf', orientationOnly(orientation))]),
      ]
      return { type: 'image/png', ...size, orientation, parts: [file.subarray(0, HEADER_END), ...added, ...kept.take()] }
    } else if (kind < 'a') throw imageMalformed() // an unknown chunk that a reader needs
    previous = kind
    at = end
  }
}

function readHeader(file: Bytes): { width: number; height: number } {
  const view = viewOf(file)
  const at = SIGNATURE_BYTES + 8
  if (file.length < HEADER_END || view.getUint32(SIGNATURE_BYTES) !== 13 || text(file, at - 4, at) !== 'IHDR') throw imageMalformed()
  const width = view.getUint32(at)
  const height = view.getUint32(at + 4)
  const isKnown =
    DEPTHS[view.getUint8(at + 9)]?.includes(view.getUint8(at + 8)) && view.getUint16(at + 10) === 0 && view.getUint8(at + 12) < 2
  if (!isKnown || width === 0 || height === 0) throw imageMalformed()
  return { width, height }
}

/** A name, a zero, the method (which is always 0), and the packed profile. */
function readProfile(content: Bytes): Bytes | null {
  const nameEnd = content.subarray(0, 80).indexOf(0)
  return nameEnd < 1 || content[nameEnd + 1] !== 0 ? null : unpackProfile(content.subarray(nameEnd + 2))
}

/** The profile is packed anew, so that nothing else comes along with it. */
function profileChunk(profile: Bytes): Bytes {
  const packed = packProfile(profile)
  const content = new Uint8Array(5 + packed.length)
  content.set([0x49, 0x43, 0x43])
  content.set(packed, 5)
  return chunk('iCCP', content)
}

function chunk(kind: string, content: Bytes): Bytes {
  const bytes = new Uint8Array(CHUNK_BYTES + content.length)
  const view = viewOf(bytes)
  view.setUint32(0, content.length)
  for (let i = 0; i < 4; i++) bytes[4 + i] = kind.charCodeAt(i)
  bytes.set(content, 8)
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)))
  return bytes
}

function crc32(bytes: Bytes): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
