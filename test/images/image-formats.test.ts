import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import { cleanImage } from '../../src/images/clean-image.ts'
import type { CleanImage } from '../../src/images/types.ts'
import {
  box,
  countExif,
  type Bytes,
  EOI,
  extendedWebp,
  gpsTiff,
  heicOfSize,
  join,
  jpegOfSize,
  pngChunk,
  pngOfSize,
  riffChunk,
  segment,
  SOI,
  tracesIn,
  toLatin1,
  webp,
  withChunks,
  withSegments,
} from '../support/image-files.ts'
import { inspectPhoto, makePhoto } from '../support/photos.ts'

const fileOf = ({ parts }: CleanImage) => join(...parts)
const clean = (file: Bytes) => fileOf(cleanImage(file))

/** The code of the problem, or `accepted`. Anything else that is thrown fails the test. */
function verdict(file: Bytes): string {
  try {
    cleanImage(file)
    return 'accepted'
  } catch (error) {
    if (error instanceof AppError) return error.definition.code
    throw error
  }
}

const [jpeg, progressive, png, lossy] = await Promise.all([
  makePhoto(),
  makePhoto({ format: 'progressive-jpeg' }),
  makePhoto({ format: 'png', width: 200, height: 150 }),
  makePhoto({ format: 'webp' }),
])
const SIZE = { width: 640, height: 480 }
const [animatedWebp, gif, avif] = await Promise.all([
  makePhoto({ format: 'webp', is_animated: true, width: 64, height: 64 }),
  makePhoto({ format: 'gif', width: 64, height: 64 }),
  makePhoto({ format: 'avif', width: 64, height: 64 }),
])

describe('a photo that says where it was taken', () => {
  const formats = ['jpeg', 'progressive-jpeg', 'png', 'webp'] as const

  it.each(formats)('as %s keeps its picture and its way up, and nothing else', async (format) => {
    for (const orientation of [1, 3, 6, 8]) {
      const file = await makePhoto({ format, orientation, has_gps: true })
      expect(tracesIn(file)).not.toEqual([])
      const image = cleanImage(file)
      const cleaned = fileOf(image)
      expect(tracesIn(cleaned)).toEqual([])
      expect(countExif(cleaned)).toBe(orientation === 1 ? 0 : 1)
      const turned = orientation >= 5
      expect(image).toMatchObject(turned ? { width: 480, height: 640 } : SIZE)
      const [before, after] = [await inspectPhoto(file, [[10, 10, 60, 60]]), await inspectPhoto(cleaned, [[10, 10, 60, 60]])]
      expect(after).toMatchObject({ width: 640, height: 480, orientation, colors: before.colors })
    }
  })

  it('keeps the colour profile that it needs, and no other bytes under that name', async () => {
    const file = await makePhoto({ has_profile: true, has_gps: true })
    expect((await inspectPhoto(clean(file))).has_profile).toBe(true)
    const secret = segment(0xe2, join('ICC_PROFILE\0', [1, 1], 'a house in Seoul'.repeat(20)))
    expect(toLatin1(clean(withSegments(jpeg, secret)))).not.toContain('a house in Seoul')
  })

  it('loses comments, text and what applications write, wherever they stand', () => {
    const words = 'a house in Seoul'
    const inJpeg = withSegments(jpeg, segment(0xfe, words), segment(0xe1, `Exif\0\0${words}`), segment(0xed, `Photoshop 3.0\0${words}`))
    const between = withSegments(progressive, segment(0xec, words))
    const inPng = withChunks(
      png,
      pngChunk('tEXt', `Comment\0${words}`),
      pngChunk('iTXt', words),
      pngChunk('tIME', words),
      pngChunk('prVt', words),
    )
    const inWebp = extendedWebp(lossy, SIZE, 0x0c, riffChunk('EXIF', words), riffChunk('XMP ', words), riffChunk('ODDS', words))
    for (const file of [inJpeg, between, inPng, inWebp]) {
      expect(toLatin1(file)).toContain(words)
      expect(toLatin1(clean(file))).not.toContain(words)
    }
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('keeps orientation %s in every format', async (orientation) => {
    const exif = join('Exif\0\0', gpsTiff(orientation))
    const files = [
      withSegments(jpeg, segment(0xe1, exif)),
      withChunks(png, pngChunk('eXIf', gpsTiff(orientation))),
      extendedWebp(lossy, SIZE, 0x08, riffChunk('EXIF', gpsTiff(orientation))),
      extendedWebp(lossy, SIZE, 0x08, riffChunk('EXIF', exif)),
    ]
    for (const file of files) {
      const cleaned = clean(file)
      expect(tracesIn(cleaned)).toEqual([])
      expect((await inspectPhoto(cleaned)).orientation).toBe(orientation)
    }
  })

  it.each([0, 9, 65_535])('is taken for upright where its orientation is %s', (orientation) => {
    expect(toLatin1(clean(withSegments(jpeg, segment(0xe1, join('Exif\0\0', gpsTiff(orientation))))))).not.toContain('Exif')
  })
})

describe('refused, by its content and whatever it is called', () => {
  const tooMany = 'image_too_many_pixels'
  const frame = segment(0xc0, [8, 0, 8, 0, 8, 1, 1, 0x11, 0])
  const scan = join(segment(0xda, [1, 1, 0, 0, 63, 0]), [1])

  const hostile: [name: string, file: Bytes, code: string][] = [
    ['a flood of pixels in JPEG', jpegOfSize(65_500, 65_500), tooMany],
    ['a flood of pixels in PNG', pngOfSize(65_500, 65_500), tooMany],
    ['a flood of pixels in WebP', extendedWebp(lossy, { width: 16_777_216, height: 255 }, 0), 'image_malformed'],
    ['a flood of pixels in HEIC', heicOfSize(65_500, 65_500), tooMany],
    ['more than a hundred megapixels', jpegOfSize(10_001, 10_000), tooMany],
    ['more than a hundred megapixels in a strip', jpegOfSize(65_500, 1_530), tooMany],
    ['a PNG wider than any', pngOfSize(0xffffffff, 0xffffffff), tooMany],
    ['no pixels in JPEG', jpegOfSize(0, 480), 'image_malformed'],
    ['no pixels in PNG', pngOfSize(0, 10), 'image_malformed'],
    ['an SVG', join('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), 'image_unsupported'],
    ['a page', join('<!doctype html><img src=x onerror=alert(1)>'), 'image_unsupported'],
    ['a PDF', join('%PDF-1.7\n%\xe2\xe3\xcf\xd3'), 'image_unsupported'],
    ['an archive', join('PK\x03\x04', new Uint8Array(40)), 'image_unsupported'],
    ['a GIF', gif, 'image_unsupported'],
    ['an AVIF', avif, 'image_unsupported'],
    ['a film', join(box('ftyp', 'isom', [0, 0, 0, 0], 'isommp42'), box('moov')), 'image_unsupported'],
    ['a HEIC that moves', heicOfSize(640, 480, box('moov')), 'image_unsupported'],
    ['a WebP that moves', animatedWebp, 'image_unsupported'],
    ['a WebP that says it does not move', extendedWebp(lossy, SIZE, 0, riffChunk('ANMF', new Uint8Array(24))), 'image_unsupported'],
    ['a PNG that moves', withChunks(png, pngChunk('acTL', [0, 0, 0, 2, 0, 0, 0, 0])), 'image_unsupported'],
    ['nothing but a beginning', join(SOI, [0xff]), 'image_malformed'],
    ['two bytes', join(SOI), 'image_unsupported'],
    ['the end without a picture', join(SOI, EOI), 'image_malformed'],
    ['a frame without data', join(SOI, frame, EOI), 'image_malformed'],
    ['data without a frame', join(SOI, scan, EOI), 'image_malformed'],
    ['two frames', join(SOI, frame, frame, scan, EOI), 'image_malformed'],
    ['a thousand scans', join(SOI, frame, ...Array.from({ length: 1_000 }, () => scan), EOI), 'image_malformed'],
    ['a picture in a picture', join(SOI, SOI, frame, scan, EOI), 'image_malformed'],
    ['lossless JPEG', join(SOI, segment(0xc3, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]), scan, EOI), 'image_unsupported'],
    ['a segment longer than its file', join(SOI, [0xff, 0xe1, 0xff, 0xff], 'Exif'), 'image_malformed'],
    [
      'data in two places of a PNG',
      join(png.subarray(0, -12), pngChunk('tEXt', 'a'), pngChunk('IDAT', [1]), png.subarray(-12)),
      'image_malformed',
    ],
    ['a PNG with a chunk that nobody knows and none can do without', withChunks(png, pngChunk('EVIL', 'x')), 'image_malformed'],
    ['a palette longer than any', withChunks(png, pngChunk('PLTE', new Uint8Array(771))), 'image_malformed'],
    ['a frame behind its data', join(SOI, scan, frame, EOI), 'image_malformed'],
    ['a JPEG of arithmetic code', join(SOI, segment(0xc9, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]), scan, EOI), 'image_unsupported'],
    [
      'a PNG for Apple’s devices alone',
      join(png.subarray(0, 8), pngChunk('CgBI', [0x50, 0, 0x20, 2]), png.subarray(8)),
      'image_unsupported',
    ],
    ['a PNG with two headers', withChunks(png, png.subarray(8, 33)), 'image_malformed'],
    ['a WebP without a picture', webp(riffChunk('VP8X', [0, 0, 0, 0, 1, 0, 0, 1, 0, 0])), 'image_malformed'],
    ['a WebP that is larger than its picture', extendedWebp(lossy, { width: 641, height: 480 }, 0), 'image_malformed'],
    ['a RIFF of sound', join('RIFF', [4, 0, 0, 0], 'WAVE'), 'image_unsupported'],
    [
      'a HEIC without a size',
      join(box('ftyp', 'heic', [0, 0, 0, 0], 'mif1heic'), box('meta', [0, 0, 0, 0]), box('mdat')),
      'image_malformed',
    ],
    ['boxes that overlap', join(box('ftyp', 'heic', [0, 0, 0, 0], 'heic'), [0, 0, 0, 4], 'meta'), 'image_malformed'],
    ['nothing', new Uint8Array(0), 'image_unsupported'],
  ]

  it.each(hostile)('%s', (_, file, code) => {
    expect(verdict(file)).toBe(code)
  })

  it('what is cut short, wherever it is', async () => {
    const small = await Promise.all(
      (['jpeg', 'png', 'webp'] as const).map((format) => makePhoto({ format, width: 40, height: 30, has_gps: true })),
    )
    for (const file of [...small, heicOfSize(640, 480)]) {
      expect(verdict(file)).toBe('accepted')
      for (let length = 0; length < file.length; length++) expect(verdict(file.slice(0, length))).not.toBe('accepted')
    }
  })
})

describe('whatever bytes come', () => {
  const seeds = [jpeg, progressive, png, lossy, heicOfSize(640, 480)]
  const anyFile = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .tuple(
        fc.constantFrom('\xff\xd8\xff', '\x89PNG\r\n\x1a\n', 'RIFF\x20\0\0\0WEBP', '\0\0\0\x18ftypheic'),
        fc.uint8Array({ maxLength: 300 }),
      )
      .map(([magic, rest]) => join(magic, rest)),
    // A real one with some of its first bytes changed, which is where its structure is.
    fc
      .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(1_200), fc.nat(255)), { minLength: 1, maxLength: 6 }))
      .map(([seed, changes]) => {
        const file = seed.slice()
        for (const [at, value] of changes) file[at % file.length] = value
        return file
      }),
  )

  it('they are refused with a problem, or hold the picture alone: to clean it again changes nothing', () => {
    fc.assert(
      fc.property(anyFile, (bytes) => {
        const file = join(bytes)
        if (verdict(file) !== 'accepted') return
        const cleaned = clean(file)
        expect(clean(cleaned)).toEqual(cleaned)
        expect(cleaned.length).toBeLessThanOrEqual(file.length + 46)
      }),
      { numRuns: 3_000 },
    )
  })

  it('what stands in metadata never comes out, whatever it is and wherever it stands', () => {
    const secret = fc.uint8Array({ minLength: 16, maxLength: 400 }).filter((bytes) => new Set(bytes).size > 8)
    const place = fc.constantFrom<(content: Uint8Array) => Bytes>(
      (content) => withSegments(jpeg, segment(0xe1, join('Exif\0\0', content))),
      (content) => withSegments(progressive, segment(0xe5, content), segment(0xfe, content)),
      (content) => withChunks(png, pngChunk('zTXt', content), pngChunk('eXIf', content)),
      (content) => extendedWebp(lossy, SIZE, 0x0c, riffChunk('EXIF', content), riffChunk('XMP ', content)),
    )
    fc.assert(
      fc.property(place, secret, (put, content) => {
        const file = put(content)
        if (verdict(file) !== 'accepted') return
        expect(toLatin1(clean(file))).not.toContain(toLatin1(content))
      }),
      { numRuns: 500 },
    )
  })
})
