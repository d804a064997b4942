import { type Bytes, KeptParts, refuseOtherFile, startsWith, viewOf } from './bytes.ts'
import { imageMalformed, imageUnsupported } from './errors.ts'
import { isIccProfile, orientationOnly, readOrientation } from './exif.ts'
import type { FoundImage } from './types.ts'
import { isSamsungTrailer, listFurtherPictures, type Span } from './jpeg-trailers.ts'

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
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
const ICC_HEADER = 'ICC_PROFILE\0'
const ICC_CONTENT_AT = ICC_HEADER.length + 2

/** https://www.w3.org/Graphics/JPEG/itu-t81.pdf, Annex B */
export function cleanJpeg(file: Bytes): FoundImage {
  const kept = new KeptParts(file)
  const { end, width, height, orientation, furtherPictures } = readPicture(file, 0, kept)
  refuseTrailer(file, end, furtherPictures)
  const [start, ...rest] = kept.take()
  if (!start) throw imageMalformed()
  const parts = orientation === 1 ? [start, ...rest] : [start.subarray(0, 2), exifSegment(orientation), start.subarray(2), ...rest]
  return { type: 'image/jpeg', width, height, orientation, parts }
}

interface Picture {
  readonly end: number
  readonly width: number
  readonly height: number
  readonly orientation: number
  readonly furtherPictures: readonly Span[]
}

interface Segment {
  readonly marker: number
  readonly from: number
  readonly to: number
  /** A piece of an ICC profile. */
  readonly isProfile?: true
}

/** Reads one picture from its first marker to its last, and keeps the segments that it needs. */
function readPicture(file: Bytes, from: number, kept: KeptParts): Picture {
  const view = viewOf(file)
  let frame: { width: number; height: number } | undefined
  let exif: Segment | undefined
  let furtherPictures: readonly Span[] = []
  let scans = 0
  let count = 0
  const segments: Segment[] = []
  if (!startsWith(file, from, '\xff\xd8')) throw imageMalformed()
  kept.keep(from, from + 2)
  for (let at = from + 2; ;) {
    const marker = file[at + 1]
    if (file[at] !== 0xff || marker === undefined) throw imageMalformed()
    if (marker === 0xff) {
      at++ // a fill byte
      continue
    }
    if (marker === EOI) {
      if (!frame || scans === 0) throw imageMalformed()
      const isProfileWhole = isIccProfile(joinProfile(file, segments))
      for (const segment of segments) if (isProfileWhole || !segment.isProfile) kept.keep(segment.from, segment.to)
      kept.keep(at, at + 2)
      return {
        end: at + 2,
        ...frame,
        orientation: exif ? readOrientation(file.subarray(exif.from + 10, exif.to)) : 1,
        furtherPictures,
      }
    }
    if (marker === SOI || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd7) || at + 4 > file.length) throw imageMalformed()
    if (++count > SEGMENTS_MAX) throw imageMalformed()
    const segment = { marker, from: at, to: at + 2 + view.getUint16(at + 2) }
    if (segment.to < at + 4 || segment.to > file.length) throw imageMalformed()
    at = segment.to
    if (FRAMES.has(marker)) {
      if (frame) throw imageMalformed()
      frame = readFrame(file, segment)
      segments.push(segment)
    } else if (TABLES.has(marker)) segments.push(segment)
    else if (marker === SOS) {
      if (!frame || ++scans > SCANS_MAX) throw imageMalformed()
      at = endOfScan(file, segment.to)
      segments.push({ marker, from: segment.from, to: at })
    } else if (marker === APP2 && startsWith(file, segment.from + 4, ICC_HEADER)) {
      refuseOtherFile(file, segment.from, segment.to)
      segments.push({ ...segment, isProfile: true })
    } else if (isNeededMark(file, segment)) segments.push(segment)
    else if ((marker >= APP0 && marker <= APP15) || marker === COM) {
      refuseOtherFile(file, segment.from, segment.to)
      if (marker === APP1 && startsWith(file, segment.from + 4, 'Exif\0\0')) exif ??= segment
      if (marker === APP2 && startsWith(file, segment.from + 4, 'MPF\0')) furtherPictures = listFurtherPictures(file, segment)
    } else throw imageUnsupported()
  }
}

/** JFIF's segment without a thumbnail, and Adobe's, which says how to read the colours. */
function isNeededMark(file: Bytes, { marker, from, to }: Segment): boolean {
  if (marker === APP0) return to - from === 18 && startsWith(file, from + 4, 'JFIF\0')
  return marker === APP14 && to - from === 16 && startsWith(file, from + 4, 'Adobe')
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
  for (let at = from; ; at++) {
    at = file.indexOf(0xff, at)
    const next = file[at + 1]
    if (at < 0 || next === undefined) throw imageMalformed()
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7) && next !== 0xff) return at
  }
}

function joinProfile(file: Bytes, segments: readonly Segment[]): Bytes {
  const pieces = segments.filter(({ isProfile }) => isProfile).map(({ from, to }) => file.subarray(from + 4 + ICC_CONTENT_AT, to))
  const profile = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    profile.set(piece, at)
    at += piece.length
  }
  return profile
}

function exifSegment(orientation: number): Bytes {
  const tiff = orientationOnly(orientation)
  const segment = new Uint8Array(10 + tiff.length)
  segment.set([0xff, APP1, 0, 8 + tiff.length, 0x45, 0x78, 0x69, 0x66, 0, 0])
  segment.set(tiff, 10)
  return segment
}

/** Allows only what phones are known to write behind a picture. Anything else there refuses the file. */
function refuseTrailer(file: Bytes, end: number, furtherPictures: readonly Span[]): void {
  for (let at = end; at < file.length;) {
    const blankEnd = endOfBlank(file, at)
    const further = furtherPictures.find(({ from }) => from >= at && from <= blankEnd)
    if (further) {
      const { end: pictureEnd } = readPicture(file, further.from, new KeptParts(file))
      if (pictureEnd > further.to || further.to > endOfBlank(file, pictureEnd)) throw imageMalformed()
      at = further.to
    } else if (isSamsungTrailer(file, at)) return
    else throw imageMalformed()
  }
}

/** Where the zeros end that begin here: cameras fill up to a round number with them. */
function endOfBlank(file: Bytes, from: number): number {
  let at = from
  while (file[at] === 0) at++
  return at
}
