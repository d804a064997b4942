/** An entry of a zip, as its central directory has it. */
export interface Entry {
  readonly name: string
  readonly is_deflated: boolean
  readonly stored_bytes: number
  readonly bytes: number
  readonly offset: number
  /** Where the next entry, or the central directory, begins. */
  readonly end: number
}

const END_BYTES = 22
const COMMENT_MAX = 65_535
const DIRECTORY_MAX = 16 * 1024 ** 2
const ENTRIES_MAX = 65_000
/** No file that we write is larger. */
const STORED_MAX = 32 * 1024 ** 2
export const INFLATED_MAX = 48 * 1024 ** 2

/** The file is no zip that we can read, or one that we do not want to read. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

export async function readRange(bucket: R2Bucket, key: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const object = await bucket.get(key, { range: { offset, length } })
  if (!object) throw new Unreadable('the file is gone')
  const bytes = new Uint8Array(await object.arrayBuffer())
  if (bytes.length !== length) throw new Unreadable('the file is shorter than it was')
  return bytes
}

/** Reads the central directory, with two trips. Nothing is inflated. */
export async function readEntries(bucket: R2Bucket, key: string, size: number): Promise<readonly Entry[]> {
  const tailLength = Math.min(size, END_BYTES + COMMENT_MAX)
  if (tailLength < END_BYTES) throw new Unreadable('too short')
  const tail = await readRange(bucket, key, size - tailLength, tailLength)
  const view = new DataView(tail.buffer)
  let at = tailLength - END_BYTES
  while (at >= 0 && view.getUint32(at, true) !== 0x06054b50) at--
  if (at < 0) throw new Unreadable('no end of a central directory')
  const count = view.getUint16(at + 10, true)
  const length = view.getUint32(at + 12, true)
  const offset = view.getUint32(at + 16, true)
  if (length > DIRECTORY_MAX || count > ENTRIES_MAX || offset + length > size || count * 46 > length)
    throw new Unreadable('a central directory that cannot be')
  if (count === 0) return []
  return parseDirectory(await readRange(bucket, key, offset, length), count, offset)
}

function parseDirectory(bytes: Uint8Array<ArrayBuffer>, count: number, directoryAt: number): readonly Entry[] {
  const view = new DataView(bytes.buffer)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const entries: Omit<Entry, 'end'>[] = []
  const names = new Set<string>()
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) throw new Unreadable('a broken entry')
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)]
    const nameLength = view.getUint16(at + 28, true)
    if (at + 46 + nameLength > bytes.length) throw new Unreadable('a broken name')
    const entry = {
      name: decode(decoder, bytes.subarray(at + 46, at + 46 + nameLength)),
      is_deflated: method === 8,
      stored_bytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    }
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    if (entry.name.endsWith('/')) continue
    if (flags & 1 || (method !== 0 && method !== 8)) throw new Unreadable('an entry that is packed in another way')
    if (entry.stored_bytes > STORED_MAX || entry.bytes > INFLATED_MAX || entry.offset >= directoryAt)
      throw new Unreadable('an entry that cannot be')
    if (names.has(entry.name)) throw new Unreadable('a name twice')
    names.add(entry.name)
    entries.push(entry)
  }
  // The count has sixteen bits, so of 70,000 files it says 4,464.
  if (at !== bytes.length) throw new Unreadable('more or fewer files than it says')
  const sorted = entries.toSorted((a, b) => a.offset - b.offset)
  return sorted.map((entry, i) => {
    const end = sorted[i + 1]?.offset ?? directoryAt
    // Entries that lie over each other are how a small file becomes a large one.
    if (entry.offset + 30 + entry.stored_bytes > end) throw new Unreadable('entries that overlap')
    return { ...entry, end }
  })
}

function decode(decoder: TextDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new Unreadable('a name that is no UTF-8')
  }
}

/** The content of an entry. `stretch` holds the file from `start` on, up to the entry's end at least. Never makes more than `bytes`. */
export async function contentOf(entry: Entry, stretch: Uint8Array<ArrayBuffer>, start: number): Promise<Uint8Array<ArrayBuffer>> {
  const at = entry.offset - start
  const view = new DataView(stretch.buffer, stretch.byteOffset)
  if (view.getUint32(at, true) !== 0x04034b50) throw new Unreadable('no entry where one should be')
  const from = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true)
  if (from + entry.stored_bytes > entry.end - start) throw new Unreadable('an entry that reaches into the next')
  const stored = stretch.subarray(from, from + entry.stored_bytes)
  if (!entry.is_deflated) return stored
  return inflate(stored, entry.bytes)
}

async function inflate(stored: Uint8Array<ArrayBuffer>, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length)
  const reader = new Blob([stored]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader()
  let at = 0
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const { value } = chunk
      if (at + value.length > length) throw new Unreadable('more than it said')
      bytes.set(value, at)
      at += value.length
    }
  } catch (cause) {
    await reader.cancel().catch(() => {})
    throw cause instanceof Unreadable ? cause : new Unreadable('broken content', { cause })
  }
  if (at !== length) throw new Unreadable('less than it said')
  return bytes
}

/** Entries that lie one after the other, so that one trip reads them: up to `max` bytes, and at least one. */
export function windowFrom(entries: readonly Entry[], index: number, max: number): readonly Entry[] {
  const first = entries[index]
  if (!first) return []
  let last = index
  while (entries[last + 1] && entries[last + 1]!.end - first.offset <= max) last++
  return entries.slice(index, last + 1)
}
