/** Files built byte by byte, as phones and attackers write them. */
export type Bytes = Uint8Array<ArrayBuffer>

export function join(...parts: (Uint8Array | readonly number[] | string)[]): Bytes {
  const arrays = parts.map((part) => (typeof part === 'string' ? latin1(part) : Uint8Array.from(part)))
  const whole = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const array of arrays) {
    whole.set(array, at)
    at += array.length
  }
  return whole
}

function latin1(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

export function toLatin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes)
}

const u16 = (value: number) => [value >> 8, value & 0xff]
const u32 = (value: number) => [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]
const u32le = (value: number) => u32(value).toReversed()

export const SOI = [0xff, 0xd8]
export const EOI = [0xff, 0xd9]

export function segment(marker: number, content: Uint8Array | readonly number[] | string): Bytes {
  const body = join(content)
  return join([0xff, marker], u16(body.length + 2), body)
}

/** A JPEG with `extra` between its start and the rest. */
export function withSegments(jpeg: Uint8Array, ...extra: Uint8Array[]): Bytes {
  return join(jpeg.subarray(0, 2), ...extra, jpeg.subarray(2))
}

/** A JPEG whose header says how large it is, with almost no data behind the header. */
export function jpegOfSize(width: number, height: number): Bytes {
  const frame = segment(0xc0, [8, ...u16(height), ...u16(width), 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])
  return join(SOI, frame, segment(0xda, [3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]), [0x12, 0x34], EOI)
}

/** The Multi-Picture segment of a file whose pictures have these sizes. `before` is the number of bytes before the segment in the first picture. */
export function multiPicture(sizes: readonly number[], before: number): Bytes {
  const base = before + 8 // marker, length, 'MPF\0'
  let at = 0
  const entries = sizes.map((size, i) => {
    const from = i === 0 ? 0 : at - base
    at += size
    return [...u32(i === 0 ? 0x030000 : 0), ...u32(size), ...u32(from), ...u32(0)]
  })
  const directory = join(
    u16(3),
    [...u16(0xb000), ...u16(7), ...u32(4), 0x30, 0x31, 0x30, 0x30],
    [...u16(0xb001), ...u16(4), ...u32(1), ...u32(sizes.length)],
    [...u16(0xb002), ...u16(7), ...u32(16 * sizes.length), ...u32(50)],
    u32(0),
  )
  return segment(0xe2, join('MPF\0', 'MM\0*', u32(8), directory, ...entries))
}

/** What a Samsung camera puts behind a picture. */
export function samsungTrailer(...blocks: { type: number; name: string; data: string }[]): Bytes {
  const bodies = blocks.map(({ type, name, data }) => join([0, 0], [type & 0xff, type >> 8], u32le(name.length), name, data))
  const total = bodies.reduce((sum, { length }) => sum + length, 0)
  let from = total
  const entries = bodies.map((body, i) => {
    const entry = [0, 0, (blocks[i]?.type ?? 0) & 0xff, (blocks[i]?.type ?? 0) >> 8, ...u32le(from), ...u32le(body.length)]
    from -= body.length
    return entry
  })
  const directory = join('SEFH', u32le(107), u32le(blocks.length), ...entries)
  return join(...bodies, directory, u32le(directory.length), 'SEFT')
}

export function pngChunk(kind: string, content: Uint8Array | readonly number[] | string): Bytes {
  const body = join(kind, content)
  return join(u32(body.length - 4), body, u32(crc32(body)))
}

/** A PNG with `extra` behind its header. */
export function withChunks(png: Uint8Array, ...extra: Uint8Array[]): Bytes {
  return join(png.subarray(0, 33), ...extra, png.subarray(33))
}

export function pngOfSize(width: number, height: number): Bytes {
  const header = pngChunk('IHDR', [...u32(width), ...u32(height), 8, 2, 0, 0, 0])
  return join('\x89PNG\r\n\x1a\n', header, pngChunk('IDAT', [0x78, 0x9c, 0x63, 0, 0]), pngChunk('IEND', []))
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

export function riffChunk(kind: string, content: Uint8Array | readonly number[] | string): Bytes {
  const body = join(content)
  return join(kind, u32le(body.length), body, body.length % 2 ? [0] : [])
}

export function webp(...chunks: Uint8Array[]): Bytes {
  const body = join('WEBP', ...chunks)
  return join('RIFF', u32le(body.length), body)
}

/** An extended WebP with the picture of a simple one and further chunks around it. */
export function extendedWebp(simple: Uint8Array, size: { width: number; height: number }, flags: number, ...extra: Uint8Array[]): Bytes {
  const u24 = (value: number) => [value & 0xff, (value >> 8) & 0xff, value >> 16]
  const header = riffChunk('VP8X', [flags, 0, 0, 0, ...u24(size.width - 1), ...u24(size.height - 1)])
  return webp(header, simple.subarray(12), ...extra)
}

export function box(kind: string, ...content: (Uint8Array | readonly number[] | string)[]): Bytes {
  const body = join(...content)
  return join(u32(body.length + 8), kind, body)
}

/** The boxes of a still HEIC of that size. It holds no picture. */
export function heicOfSize(width: number, height: number, ...further: Uint8Array[]): Bytes {
  const extent = (w: number, h: number) => box('ispe', u32(0), u32(w), u32(h))
  const properties = box('iprp', box('ipco', extent(512, 512), extent(width, height)))
  return join(
    box('ftyp', 'heic', u32(0), 'mif1heic'),
    box('meta', u32(0), box('hdlr', u32(0)), properties),
    box('mdat', new Uint8Array(64)),
    ...further,
  )
}

/** EXIF with the position where a photo was taken, in one of the two byte orders. It is a TIFF structure. */
export function gpsTiff(orientation: number): Bytes {
  const entry = (tag: number, type: number, count: number, value: readonly number[]) => [...u16(tag), ...u16(type), ...u32(count), ...value]
  const degrees = [...u32(37), ...u32(1), ...u32(33), ...u32(1), ...u32(5_912), ...u32(100)]
  return join(
    'MM\0*',
    u32(8),
    u16(2),
    entry(0x0112, 3, 1, [...u16(orientation), 0, 0]),
    entry(0x8825, 4, 1, u32(38)),
    u32(0),
    u16(2),
    entry(1, 2, 2, [0x4e, 0, 0, 0]),
    entry(2, 5, 3, u32(68)),
    u32(0),
    degrees,
  )
}

/** Texts that give a position away: XMP's marks, the photo lab's coordinates as text and as EXIF's fractions, and the device. Each is too long to stand in noise by chance. */
const TRACES = [
  'GPSLatitude',
  'http://ns.adobe.com',
  'xmpmeta',
  'rdf:RDF',
  'Galaxy',
  'SM-S921N',
  '37,33.98',
  '126,58.67',
  toLatin1(join(u32(5_912), u32(100))),
  toLatin1(join(u32le(5_912), u32le(100))),
  toLatin1(join(u32(4_021), u32(100))),
  toLatin1(join(u32le(4_021), u32le(100))),
]

/** Lists which of these texts a file holds. */
export function tracesIn(file: Uint8Array): string[] {
  const text = toLatin1(file)
  return TRACES.filter((trace) => text.includes(trace))
}

/** Counts how often EXIF begins in a file, as JPEG, PNG and WebP write it. */
export function countExif(file: Uint8Array): number {
  return toLatin1(file).match(/Exif\0\0|eXIf(MM|II)|EXIF.\0\0\0/gs)?.length ?? 0
}
