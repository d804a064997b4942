import { constants, deflateRawSync, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import { cleanImage } from '../../src/images/clean-image.ts'
import {
  box,
  type Bytes,
  EOI,
  heicOfSize,
  join,
  jpegOfSize,
  multiPicture,
  pngChunk,
  pngOfSize,
  riffChunk,
  segment,
  SOI,
} from '../support/image-files.ts'

const LARGE = 10 * 1_048_576
/** Cleaning takes at most as long as adding up all bytes so many times. That is 100 ms where one time takes 4 ms, as on a small server. */
const PASSES_MAX = 25

interface Hostile {
  readonly head: Bytes
  /** Repeated until the file is as large as it may be. */
  readonly unit: Bytes
  readonly tail: Bytes
  /** States the size in the head, where the format wants that. */
  readonly finish?: (file: Bytes) => Bytes
}

function build({ head, unit, tail, finish = (file) => file }: Hostile, bytes: number): Bytes {
  const count = Math.floor((bytes - head.length - tail.length) / unit.length)
  const file = new Uint8Array(head.length + count * unit.length + tail.length)
  file.set(head)
  file.set(unit, head.length)
  // Doubles what stands there already.
  for (let done = unit.length; done < count * unit.length; done *= 2)
    file.copyWithin(head.length + done, head.length, head.length + Math.min(done, count * unit.length - done))
  file.set(tail, head.length + count * unit.length)
  return finish(file)
}

/** CPU time of this thread. On a busy machine the clock goes on without it. */
function nowMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** The best of some, because the first one is compiled on the way. */
function bestOf(count: number, work: () => void): number {
  const times = Array.from({ length: count }, () => {
    const began = nowMs()
    work()
    return nowMs() - began
  })
  return Math.min(...times)
}

function tryToClean(file: Bytes): void {
  try {
    cleanImage(file)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
}

function addUp(file: Bytes): number {
  let sum = 0
  for (let at = 0; at < file.length; at++) sum = (sum + file[at]!) | 0
  return sum
}

const PASSES_MEASURED = 8
const ZEROS = new Uint8Array(LARGE)

/** Measured next to what is compared with it, so that the machine and its other work count on both sides. */
function onePassMs(): number {
  const ms = bestOf(3, () => {
    for (let pass = 0; pass < PASSES_MEASURED; pass++) addUp(ZEROS)
  })
  return ms / PASSES_MEASURED
}

/** In passes over ten megabytes. Measured again where it seems too much, because other work on the machine can only make it seem more. */
function passesToClean(hostile: Hostile): number {
  const file = build(hostile, LARGE)
  let passes = Infinity
  for (let tries = 0; tries < 4 && passes >= PASSES_MAX; tries++) passes = Math.min(passes, bestOf(3, () => tryToClean(file)) / onePassMs())
  return passes
}

const NOTHING = join()
const FIFTEEN = Array.from({ length: 15 }, () => 1)
const jpeg = jpegOfSize(640, 480)
const png = pngOfSize(640, 480)
const heic = heicOfSize(640, 480)
const afterSoi = jpeg.subarray(2)
const inScan = jpeg.subarray(0, -2)

const betweenSegments = (unit: Bytes): Hostile => ({ head: join(SOI), unit, tail: afterSoi })
const inTheScan = (unit: readonly number[]): Hostile => ({ head: inScan, unit: join(unit), tail: join([0], EOI) })
const betweenChunks = (unit: Bytes): Hostile => ({ head: png.subarray(0, 33), unit, tail: png.subarray(33) })
/** Bytes that cannot be packed, the same in every run. */
const noise = (length: number) => Uint8Array.from({ length }, (_, i) => Math.imul(i ^ (i >>> 7), 0x9e3779b1) >>> 24)
const oneChunk = (kind: string, content: Bytes): Hostile => ({
  head: join(png.subarray(0, 33), pngChunk(kind, content)),
  unit: pngChunk('tEXt', new Uint8Array(10_000)),
  tail: png.subarray(33),
})
const ZEROS_PACKED = deflateRawSync(ZEROS, { finishFlush: constants.Z_SYNC_FLUSH })
/** Three megabytes that unpack to three gigabytes. */
const BOMB = join([0x78, 0x9c], ...Array.from({ length: 300 }, () => ZEROS_PACKED))
/** An extended WebP of one pixel, and whatever comes after it. */
const afterPicture = (unit: Bytes): Hostile => {
  const picture = riffChunk('VP8L', [0x2f, 0, 0, 0, 0, 0])
  const head = join('RIFF', [0, 0, 0, 0], 'WEBP', riffChunk('VP8X', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), picture)
  return { head, unit, tail: NOTHING, finish: (file) => withSize(file, 4, file.length - 8, true) }
}
const brands = (unit: Bytes): Hostile => ({
  head: join([0, 0, 0, 0], 'ftypheic', [0, 0, 0, 0]),
  unit,
  tail: join('heic', heic.subarray(24)),
  finish: (file) => withSize(file, 0, file.length - heic.length + 24, false),
})
const behindHeic = (unit: Bytes): Hostile => ({ head: heic, unit, tail: NOTHING })

function withSize(file: Bytes, at: number, size: number, isLittle: boolean): Bytes {
  new DataView(file.buffer).setUint32(at, size, isLittle)
  return file
}

it.each<[name: string, hostile: Hostile]>([
  ['a JPEG of empty pieces of a profile', betweenSegments(segment(0xe2, 'ICC_PROFILE\0\x01\x01'))],
  ['a JPEG of long pieces of a profile', betweenSegments(segment(0xe2, join('ICC_PROFILE\0\x01\x01', new Uint8Array(65_000))))],
  ['a JPEG of empty comments', betweenSegments(segment(0xfe, ''))],
  ['a JPEG of long comments', betweenSegments(segment(0xfe, new Uint8Array(65_000).fill(0x41)))],
  ['a JPEG of tables', betweenSegments(segment(0xdb, ''))],
  ['a JPEG of lists of pictures', betweenSegments(multiPicture(FIFTEEN, 2))],
  ['a JPEG of fill bytes', betweenSegments(join([0xff]))],
  ['a scan of stuffed bytes', inTheScan([0xff, 0])],
  ['a scan of fill bytes', inTheScan([0xff])],
  ['a scan of restarts', inTheScan([0xff, 0xd0])],
  ['scans without data', { head: inScan, unit: jpeg.subarray(-16, -2), tail: join(EOI) }],
  ['a JPEG before zeros', { head: jpeg, unit: join([0]), tail: NOTHING }],
  [
    'a JPEG that says of fifteen pictures that they lie behind its zeros',
    { head: join(SOI, multiPicture([LARGE, ...FIFTEEN], 2), afterSoi), unit: join([0]), tail: join([1]) },
  ],
  ['a PNG of empty texts', betweenChunks(pngChunk('tEXt', ''))],
  ['a PNG of chunks that are kept and not in turn', betweenChunks(join(pngChunk('gAMA', ''), pngChunk('tEXt', '')))],
  ['a PNG of empty data', betweenChunks(pngChunk('IDAT', ''))],
  ['a PNG of long texts', betweenChunks(pngChunk('tEXt', new Uint8Array(1_000_000).fill(0x41)))],
  ['a PNG of profiles that unpack to megabytes', betweenChunks(pngChunk('iCCP', join('ICC\0\0', deflateSync(new Uint8Array(4_000_000)))))],
  ['a PNG of one profile that unpacks to gigabytes', oneChunk('iCCP', join('ICC\0\0', BOMB))],
  ['a PNG of one profile that is packed badly', oneChunk('iCCP', join('ICC\0\0', deflateSync(noise(LARGE - 20_000), { level: 0 })))],
  ['a PNG of directories that never end', betweenChunks(pngChunk('eXIf', join('MM\0*\0\0\0\x08\xff\xff', new Uint8Array(65_000))))],
  ['a JPEG of directories that never end', betweenSegments(segment(0xe1, join('Exif\0\0MM\0*\0\0\0\x08\xff\xff', new Uint8Array(65_000))))],
  ['a JPEG before another nine megabytes of JPEG', { head: jpeg, unit: jpeg, tail: NOTHING }],
  ['a PNG before another nine megabytes of PNG', { head: png, unit: png, tail: NOTHING }],
  ['a WebP of empty metadata', afterPicture(riffChunk('XMP ', ''))],
  ['a WebP of chunks that are kept and not in turn', afterPicture(join(riffChunk('ALPH', ''), riffChunk('EXIF', '')))],
  ['a WebP of long metadata', afterPicture(riffChunk('XMP ', new Uint8Array(1_000_000).fill(0x41)))],
  ['a HEIC of brands', brands(join('mif1'))],
  ['a HEIC of empty boxes', behindHeic(box('free'))],
  ['a HEIC of large boxes', behindHeic(box('free', new Uint8Array(100_000)))],
])('%s is cleaned or refused about as fast as it can be read once', (_, hostile) => {
  expect(passesToClean(hostile)).toBeLessThan(PASSES_MAX)
})

it('so is whatever repeats any few segments, chunks or boxes until ten megabytes are full', () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom('ICC_PROFILE\0\x01\x01', 'MPF\0MM\0*\0\0\0\x08', 'Exif\0\0MM\0*\0\0\0\x08', 'JFIF\0', 'Adobe')
      .map((text) => join(text)),
  )
  const marker = fc.constantFrom(0xc0, 0xc4, 0xda, 0xdb, 0xdd, 0xe0, 0xe1, 0xe2, 0xee, 0xef, 0xfe)
  const chunk = fc.constantFrom('PLTE', 'IDAT', 'tRNS', 'gAMA', 'tEXt', 'eXIf', 'iCCP', 'prVt')
  const riff = fc.constantFrom('ICCP', 'ALPH', 'EXIF', 'XMP ', 'VP8 ', 'odd ')
  const boxKind = fc.constantFrom('free', 'meta', 'iprp', 'ipco', 'ispe', 'mdat', 'uuid')
  const several = (piece: fc.Arbitrary<Uint8Array>, put: (unit: Bytes) => Hostile) =>
    fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => put(join(...pieces)))
  const hostile = fc.oneof(
    several(
      fc.tuple(marker, content).map(([kind, body]) => segment(kind, body)),
      betweenSegments,
    ),
    several(
      fc.tuple(chunk, content).map(([kind, body]) => pngChunk(kind, body)),
      betweenChunks,
    ),
    several(
      fc.tuple(riff, content).map(([kind, body]) => riffChunk(kind, body)),
      afterPicture,
    ),
    several(
      fc.tuple(boxKind, content).map(([kind, body]) => box(kind, body)),
      behindHeic,
    ),
    several(fc.uint8Array({ minLength: 1, maxLength: 8 }), (unit) => inTheScan([...unit])),
  )
  fc.assert(
    fc.property(hostile, (it) => {
      expect(passesToClean(it)).toBeLessThan(PASSES_MAX)
    }),
    { numRuns: 30 },
  )
})
