import { type Bytes, join, KeptParts, startsWith, viewOf } from './bytes.ts'
import { imageMalformed, imageUnsupported } from './errors.ts'
import { orientationOnly, readOrientation } from './exif.ts'
import { isProfile } from './profile.ts'
import type { FoundImage } from './types.ts'

const EOI = 0xd9
const SOS = 0xda
const DNL = 0xdc
const APP0 = 0xe0
const APP1 = 0xe1
const APP2 = 0xe2
const APP14 = 0xee
const APP15 = 0xef
const COM = 0xfe
/** Baseline, extended and progressive: the frames that browsers show. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2])
/** DHT, DQT, DRI: the tables that decoding needs. */
const TABLES = new Set([0xc4, 0xdb, 0xdd])
/** A progressive picture has about ten; thousands are a way to keep a decoder busy. */
const SCANS_MAX = 100
/** A profile takes 255 at most, large metadata one for each 64 kB. */
const SEGMENTS_MAX = 1_000
const MARKS = [
  { marker: APP0, name: 'JFIF\0', bytes: 14 },
  { marker: APP14, name: 'Adobe', bytes: 12 },
] as const
const PROFILE_HEADER = 'ICC_PROFILE\0'
const PROFILE_CONTENT_AT = 4 + PROFILE_HEADER.length + 2

interface Segment {
  readonly marker: number
  readonly from: number
  readonly to: number
}

/**
 * https://www.w3.org/Graphics/JPEG/itu-t81.pdf, Annex B. The picture ends at its EOI. What cameras write behind it (previews, films, padding) is not read.
 */
export function cleanJpeg(file: Bytes): FoundImage {
  const segments = listSegments(file)
  const [frame, ...scans] = segments.filter(({ marker }) => FRAMES.has(marker) || marker === SOS)
  if (!frame || frame.marker === SOS || scans.some(({ marker }) => marker !== SOS)) throw imageMalformed()
  const exif = segments.find(({ marker, from }) => marker === APP1 && startsWith(file, from + 4, 'Exif\0\0'))
  const orientation = exif ? readOrientation(file.subarray(exif.from + 10, exif.to)) : 1

  const pieces = segments.filter(({ marker, from }) => marker === APP2 && startsWith(file, from + 4, PROFILE_HEADER))
  const profile = join(pieces.map(({ from, to }) => file.subarray(Math.min(from + PROFILE_CONTENT_AT, to), to)))
  const keptPieces = new Set(isProfile(profile) ? pieces : [])
  const kept = new KeptParts(file)
  for (const segment of segments) if (isPicture(segment) || keptPieces.has(segment)) kept.keep(segment.from, segment.to)
  const start = file.subarray(0, 2)
  return {
    type: 'image/jpeg',
    ...readFrame(file, frame),
    orientation,
    parts: [start, ...readMarks(file, segments), ...(orientation === 1 ? [] : [exifSegment(orientation)]), ...kept.take()],
  }
}

/** All segments behind the first marker, up to the end of the picture. A scan includes its compressed data. */
function listSegments(file: Bytes): Segment[] {
  const view = viewOf(file)
  const segments: Segment[] = []
  let scans = 0
  for (let at = 2; ;) {
    const marker = file[at + 1]
    if (marker === undefined) throw imageMalformed()
    if (file[at] !== 0xff || marker === 0xff || marker === 0) {
      at++ // a fill byte, or one that some program has left between two segments
      continue
    }
    if (marker === EOI) {
      if (scans === 0) throw imageMalformed()
      return [...segments, { marker, from: at, to: at + 2 }]
    }
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8) || at + 4 > file.length || segments.length === SEGMENTS_MAX)
      throw imageMalformed()
    if (!isKnown(marker)) throw imageUnsupported()
    const end = at + 2 + view.getUint16(at + 2)
    if (end < at + 4 || end > file.length || (marker === SOS && ++scans > SCANS_MAX)) throw imageMalformed()
    const to = marker === SOS ? endOfScan(file, end) : end
    segments.push({ marker, from: at, to })
    at = to
  }
}

function isKnown(marker: number): boolean {
  return isPicture({ marker }) || marker === DNL || (marker >= APP0 && marker <= APP15) || marker === COM
}

function isPicture({ marker }: Pick<Segment, 'marker'>): boolean {
  return FRAMES.has(marker) || TABLES.has(marker) || marker === SOS || marker === EOI
}

/** JFIF's and Adobe's segments, which say how to read the colours, without a thumbnail or whatever else follows. */
function readMarks(file: Bytes, segments: readonly Segment[]): Bytes[] {
  return MARKS.flatMap(({ marker, name, bytes }) => {
    const found = segments.find((it) => it.marker === marker && it.to - it.from >= 4 + bytes && startsWith(file, it.from + 4, name))
    if (!found) return []
    const mark = file.slice(found.from, found.from + 4 + bytes)
    mark.set([0, bytes + 2], 2)
    if (marker === APP0) mark.fill(0, -2) // the thumbnail's sides
    return [mark]
  })
}

function readFrame(file: Bytes, { from, to }: Segment): { width: number; height: number } {
  const view = viewOf(file)
  if (to - from < 10) throw imageMalformed()
  const precision = view.getUint8(from + 4)
  const height = view.getUint16(from + 5)
  const width = view.getUint16(from + 7)
  const components = view.getUint8(from + 9)
  if (to - from !== 10 + 3 * components || width === 0 || height === 0) throw imageMalformed()
  if (precision !== 8 || ![1, 3, 4].includes(components)) throw imageUnsupported()
  return { width, height }
}

/** Compressed data end at the next marker that is neither a stuffed byte nor a restart. */
function endOfScan(file: Bytes, from: number): number {
  for (let at = from; at + 1 < file.length; at++) {
    if (file[at] !== 0xff) continue
    const next = file[at + 1]!
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7) && next !== 0xff) return at
  }
  throw imageMalformed()
}

function exifSegment(orientation: number): Bytes {
  const tiff = orientationOnly(orientation)
  const segment = new Uint8Array(10 + tiff.length)
  segment.set([0xff, APP1, 0, 8 + tiff.length, 0x45, 0x78, 0x69, 0x66, 0, 0])
  segment.set(tiff, 10)
  return segment
}
