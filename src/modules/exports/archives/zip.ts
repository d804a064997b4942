/**
 * Writes a zip (APPNOTE 6.3.10) a file at a time. Each file is written whole with its sizes before it, so a reader needs no data descriptors, and the time of every
 * entry is the same, so two archives of the same content have the same bytes. There is no zip64, because an archive has a cap (`BYTES_MAX`, `FILES_MAX`).
 */
export interface ZipEntry {
  readonly name: string
  readonly offset_bytes: number
  readonly stored_bytes: number
  readonly bytes: number
  readonly is_deflated: boolean
  readonly crc32: number
}

/** 1980-01-01, the first day that a zip knows. */
const DATE = 0x21
const VERSION = 20
/** Names are UTF-8. */
const FLAGS = 0x0800
const encoder = new TextEncoder()

export function localHeader(entry: ZipEntry): Uint8Array<ArrayBuffer> {
  const name = encoder.encode(entry.name)
  const bytes = new Uint8Array(30 + name.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x04034b50, true)
  view.setUint16(4, VERSION, true)
  writeFields(view, 6, entry, name.length)
  bytes.set(name, 30)
  return bytes
}

/** The fields that local and central headers have in common, from the flags to the length of the extra field. */
function writeFields(view: DataView, at: number, { is_deflated, crc32, stored_bytes, bytes }: ZipEntry, nameLength: number): void {
  view.setUint16(at, FLAGS, true)
  view.setUint16(at + 2, is_deflated ? 8 : 0, true)
  view.setUint16(at + 6, DATE, true)
  view.setUint32(at + 8, crc32, true)
  view.setUint32(at + 12, stored_bytes, true)
  view.setUint32(at + 16, bytes, true)
  view.setUint16(at + 20, nameLength, true)
}

/** The end of a zip whose entries take its first `offset` bytes. */
export function centralDirectory(entries: readonly ZipEntry[], offset: number): Uint8Array<ArrayBuffer> {
  const names = entries.map(({ name }) => encoder.encode(name))
  const size = names.reduce((sum, name) => sum + 46 + name.length, 0)
  const bytes = new Uint8Array(size + 22)
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const [i, entry] of entries.entries()) {
    const name = names[i] ?? new Uint8Array()
    view.setUint32(at, 0x02014b50, true)
    view.setUint16(at + 4, VERSION, true)
    view.setUint16(at + 6, VERSION, true)
    writeFields(view, at + 8, entry, name.length)
    view.setUint32(at + 42, entry.offset_bytes, true)
    bytes.set(name, at + 46)
    at += 46 + name.length
  }
  view.setUint32(at, 0x06054b50, true)
  view.setUint16(at + 8, entries.length, true)
  view.setUint16(at + 10, entries.length, true)
  view.setUint32(at + 12, size, true)
  view.setUint32(at + 16, offset, true)
  return bytes
}

let tables: Uint32Array[] | undefined

/** Four tables, so that a step takes four bytes. */
function crcTables(): Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1
    return c
  })
  const made = [first]
  for (let k = 1; k < 4; k++) made.push(Uint32Array.from(made[k - 1]!, (c) => (c >>> 8) ^ first[c & 255]!))
  return made
}

export function crc32(bytes: Uint8Array): number {
  const [one, two, three, four] = (tables ??= crcTables()) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array]
  let c = 0xffffffff
  let i = 0
  for (; i + 4 <= bytes.length; i += 4) {
    c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    c = four[c & 255]! ^ three[(c >>> 8) & 255]! ^ two[(c >>> 16) & 255]! ^ one[c >>> 24]!
  }
  for (; i < bytes.length; i++) c = (c >>> 8) ^ one[(c ^ bytes[i]!) & 255]!
  return (c ^ 0xffffffff) >>> 0
}

export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
