import { readdirSync, readFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { cleanImage } from '../../src/images/clean-image.ts'
import {
  box,
  type Bytes,
  extendedWebp,
  heicOfSize,
  join,
  jpegOfSize,
  multiPicture,
  pngChunk,
  pngOfSize,
  riffChunk,
  samsungTrailer,
  segment,
  toLatin1,
  withChunks,
  withSegments,
} from '../support/image-files.ts'
import { makePhoto } from '../support/photos.ts'

const clean = (file: Bytes) => join(...cleanImage(file).parts)
const FILES = `${import.meta.dirname}/files`
const read = (name: string) => join(readFileSync(`${FILES}/${name}`))
const pixelsOf = (file: Bytes) => sharp(file).removeAlpha().toColourspace('srgb').raw().toBuffer()

const SIZE = { width: 320, height: 240 }
const [jpeg, progressive, png, lossy] = await Promise.all(
  (['jpeg', 'progressive-jpeg', 'png', 'webp'] as const).map((format) => makePhoto({ format, ...SIZE })),
)
const pictures = { jpeg, progressive, png, lossy, extended: extendedWebp(lossy!, SIZE, 0) } as Record<string, Bytes>

/** As others have met them: the smallest file with each peculiarity. */
describe('a file from a phone, a camera or a program', () => {
  const names = readdirSync(FILES).filter((name) => name !== 'cgbi.png')

  it.each(names)('%s is taken, and shows what it showed', async (name) => {
    const file = read(name)
    const cleaned = clean(file)
    expect(await pixelsOf(cleaned)).toEqual(await pixelsOf(file))
    expect(toLatin1(cleaned)).not.toMatch(/html|doctype|ftyp|Exif|xmp/i)
  })

  it('is refused with what is taken instead, where it is a PNG that only Apple reads', () => {
    expect(() => cleanImage(read('cgbi.png'))).toThrow(
      expect.objectContaining({ definition: expect.objectContaining({ status: 415 }), detail: expect.stringContaining('JPEG, PNG, WebP') }),
    )
  })
})

describe('whatever is behind the picture', () => {
  const film = join(box('ftyp', 'mp42', [0, 0, 0, 0], 'isommp42'), box('mdat', new Uint8Array(900)), box('moov'))
  const trailers: [name: string, bytes: Bytes][] = [
    ['a byte', join([0x14])],
    ['a byte that could begin a marker', join([0xff])],
    ['a line break', join('\r\n')],
    ['padding', new Uint8Array(36_864)],
    ['a picture that nothing announces', jpegOfSize(160, 120)],
    ['two of them, with padding between', join(new Uint8Array(12), jpegOfSize(160, 120), new Uint8Array(500), jpegOfSize(640, 480))],
    ['the same picture, cut short', jpeg!.subarray(0, 500)],
    ['a film', film],
    [
      'the blocks of a Samsung camera',
      samsungTrailer(
        { type: 0x0a01, name: 'Image_UTC_Data', data: '1763942400000' },
        { type: 0x0a30, name: 'MotionPhoto_Data', data: toLatin1(film) },
      ),
    ],
    ['blocks that are broken', samsungTrailer({ type: 1, name: 'Image_UTC_Data', data: '1' }).subarray(0, -3)],
    ['the captions of an agency', join('AXS!', new Uint8Array(30), '8BIM\x04\x04')],
    ['an archive', join('PK\x03\x04', new Uint8Array(60), 'PK\x05\x06', new Uint8Array(18))],
    ['a page', join('<!DOCTYPE html><script>alert(1)</script>')],
  ]

  it.each(trailers)('is thrown away: %s', (_, trailer) => {
    for (const picture of Object.values(pictures)) expect(clean(join(picture, trailer))).toEqual(clean(picture))
    expect(cleanImage(join(heicOfSize(640, 480), trailer))).toMatchObject({ type: 'image/heic', width: 640, height: 480 })
  })

  it('is thrown away where the picture announces it', () => {
    const preview = jpegOfSize(160, 120)
    const size = jpeg!.length + multiPicture([0, 0], 2).length
    const announcing = withSegments(jpeg!, multiPicture([size, preview.length], 2))
    expect(clean(join(announcing, preview))).toEqual(clean(jpeg!))
    expect(clean(join(announcing, preview.subarray(0, 40)))).toEqual(clean(jpeg!))
  })

  it('is thrown away, whatever it is', () => {
    const names = fc.constantFrom(...Object.keys(pictures))
    fc.assert(
      fc.property(names, fc.uint8Array({ minLength: 1, maxLength: 2_000 }), (name, bytes) => {
        expect(clean(join(pictures[name]!, bytes))).toEqual(clean(pictures[name]!))
      }),
      { numRuns: 500 },
    )
  })
})

describe('whatever is said beside the picture', () => {
  const texts = [
    '<html>',
    '<!DOCTYPE plist PUBLIC>',
    '<script>alert(1)</script>',
    '<?php eval(1)',
    'PK\x03\x04',
    '%PDF-1.4',
    '<svg>',
    'Rar!\x1a',
  ]

  it.each(texts)('is dropped, be it %j', (text) => {
    const said = [
      withSegments(jpeg!, segment(0xfe, text), segment(0xe1, `Exif\0\0${text}`), segment(0xed, `Photoshop 3.0\0${text}`)),
      withSegments(jpeg!, segment(0xe2, `ICC_PROFILE\0\x01\x01${text.repeat(30)}`)),
      withChunks(png!, pngChunk('tEXt', text), pngChunk('iCCP', `icc\0\0${text}`), pngChunk('prVt', text), pngChunk('gAMA', `0000${text}`)),
      extendedWebp(lossy!, SIZE, 0x0c, riffChunk('EXIF', text), riffChunk('XMP ', text), riffChunk('ODDS', text)),
    ]
    const without = [jpeg!, jpeg!, png!, extendedWebp(lossy!, SIZE, 0)]
    expect(said.map(clean)).toEqual(without.map(clean))
  })
})

it('bytes between two segments are dropped, as decoders pass over them', () => {
  const stray = [join([0]), join([0x0e, 0xff, 0, 0x41]), join([0xff, 0xff]), join('a house in Seoul')]
  for (const bytes of stray) expect(clean(withSegments(jpeg!, segment(0xfe, 'x'), bytes, segment(0xfe, 'y'), bytes))).toEqual(clean(jpeg!))
})

it('a picture of four inks keeps its colours, whatever Adobe writes behind the mark that says how to read them', async () => {
  const inks = join(
    await sharp({ create: { width: 16, height: 16, channels: 3, background: '#2080c0' } })
      .toColourspace('cmyk')
      .jpeg()
      .toBuffer(),
  )
  const at = toLatin1(inks).indexOf('\xff\xee\0\x0eAdobe')
  expect(at).toBeGreaterThan(0)
  const longer = join(inks.subarray(0, at), segment(0xee, join(inks.subarray(at + 4, at + 16), 'a house in Seoul')), inks.subarray(at + 16))
  expect(await pixelsOf(clean(longer))).toEqual(await pixelsOf(inks))
  expect(clean(longer)).toEqual(clean(inks))
})

it('a thumbnail in the head of a JPEG is dropped, and the head is not', async () => {
  const headed = (sides: number[], pixels: number[]) =>
    withSegments(jpeg!, segment(0xe0, join('JFIF\0', [1, 2, 0, 0, 1, 0, 1], sides, pixels)))
  expect(clean(headed([1, 1], [255, 0, 0]))).toEqual(clean(headed([0, 0], [])))
})

describe("a PNG's colour profile", () => {
  const profileOf = async (file: Bytes) => (await sharp(file).metadata()).icc
  const packed = async () => deflateSync((await profileOf(read('p3.png')))!)

  it('is kept, so that its colours are those of the same JPEG', async () => {
    for (const name of ['p3.png', 'p3.jpg']) {
      const [red = 0, green = 9, blue = 9] = await pixelsOf(clean(read(name)))
      expect([red > 250, green < 5, blue < 5]).toEqual([true, true, true])
      expect(await profileOf(clean(read(name)))).toEqual(await profileOf(read(name)))
    }
  })

  it('comes without what its name or its end could hide', async () => {
    const secret = 'a house in Seoul'
    const hiding = withChunks(png!, pngChunk('iCCP', join(`${secret}\0\0`, await packed(), deflateSync(Buffer.from(secret)), secret)))
    expect(toLatin1(clean(hiding))).not.toContain(secret)
    expect(await profileOf(clean(hiding))).toEqual(await profileOf(read('p3.png')))
  })

  it.each([
    ['is no profile', deflateSync(Buffer.alloc(500))],
    ['is not packed', Buffer.alloc(500, 1)],
    ['is cut short', Buffer.from([0x78, 0x9c, 0x63])],
    ['unpacks to more than any profile has', deflateSync(Buffer.alloc(20_000_000))],
    ['is empty', Buffer.alloc(0)],
  ])('is dropped where it %s', (_, bytes) => {
    expect(clean(withChunks(png!, pngChunk('iCCP', join('icc\0\0', bytes))))).toEqual(clean(png!))
  })

  it('is dropped where it stands behind the data, as readers do not look for it there', async () => {
    const late = join(png!.subarray(0, -12), pngChunk('iCCP', join('icc\0\0', await packed())), png!.subarray(-12))
    expect(clean(late)).toEqual(clean(png!))
  })
})

it.each([
  [8_064, 6_048],
  [8_160, 6_120],
  [16_000, 4_000],
  [16_382, 3_900],
  [10_000, 10_000],
])('a photo of %s×%s is taken by its header', (width, height) => {
  for (const file of [jpegOfSize(width, height), pngOfSize(width, height), heicOfSize(width, height)])
    expect(cleanImage(file)).toMatchObject({ width, height })
})
