import { type Bytes, type Chunks, FILE_MAX_BYTES, inflate } from './bytes.ts'
import { Refusal } from './refusal.ts'

/** Reads a part of the archive. */
export type ReadRange = (offset: number, length: number) => Promise<Bytes>

/** Where a file lies in an archive. */
export interface Entry {
  readonly name: string
  readonly offset: number
  readonly packed: number
  readonly bytes: number
  readonly method: 'stored' | 'deflated'
  readonly is_encrypted: boolean
}

export const ENTRIES_MAX = 5_000
const END = 0x06054b50
const END_BYTES = 22
const COMMENT_MAX = 65_535
const HEADER = 0x02014b50
const HEADER_BYTES = 46
const LOCAL = 0x04034b50
const LOCAL_BYTES = 30
/** Room for what a local header may say beyond the directory. */
export const LOCAL_SLACK_BYTES = 4_096
const DIRECTORY_MAX_BYTES = 8 * 1_048_576

/**
 * Lists the files of an archive from its directory (PKWARE's APPNOTE.TXT), which stands at its end. An archive is never read from front to back, so each of its files can be
 * read by itself, in any message. Null where the archive has more files than are taken.
 */
export async function readDirectory(read: ReadRange, size: number): Promise<Entry[] | null> {
  const tail = await read(Math.max(0, size - END_BYTES - COMMENT_MAX), Math.min(size, END_BYTES + COMMENT_MAX))
  const end = findEnd(tail)
  if (end === null) throw new Refusal('unreadable')
  const view = viewOf(tail)
  const count = view.getUint16(end + 10, true)
  const length = view.getUint32(end + 12, true)
  const offset = view.getUint32(end + 16, true)
  if (count > ENTRIES_MAX) return null
  if (length > DIRECTORY_MAX_BYTES || offset + length > size) throw new Refusal('unreadable')
  return readHeaders(length === 0 ? new Uint8Array(0) : await read(offset, length), count)
}

function findEnd(tail: Bytes): number | null {
  const view = viewOf(tail)
  for (let at = tail.length - END_BYTES; at >= 0; at--)
    if (view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) <= tail.length) return at
  return null
}

function readHeaders(directory: Bytes, count: number): Entry[] | null {
  const view = viewOf(directory)
  const entries: Entry[] = []
  let at = 0
  while (entries.length < count) {
    if (at + HEADER_BYTES > directory.length || view.getUint32(at, true) !== HEADER) throw new Refusal('unreadable')
    const flags = view.getUint16(at + 8, true)
    const method = view.getUint16(at + 10, true)
    const nameLength = view.getUint16(at + 28, true)
    const next = at + HEADER_BYTES + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    if (next > directory.length) throw new Refusal('unreadable')
    entries.push({
      name: nameOf(directory.subarray(at + HEADER_BYTES, at + HEADER_BYTES + nameLength), (flags & 0x800) !== 0),
      offset: view.getUint32(at + 42, true),
      packed: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      method: method === 0 ? 'stored' : 'deflated',
      // No key is known, and neither is any other way of packing.
      is_encrypted: (flags & 1) !== 0 || (method !== 0 && method !== 8),
    })
    at = next
  }
  // The count has sixteen bits, so of 70,000 files it says 4,464.
  const hasMore = at + 4 <= directory.length && view.getUint32(at, true) === HEADER
  return hasMore ? null : entries
}

/** Windows in Korea writes names in CP949 and does not say so. */
function nameOf(bytes: Bytes, isUtf8: boolean): string {
  for (const label of isUtf8 ? ['utf-8'] : ['utf-8', 'euc-kr']) {
    try {
      return new TextDecoder(label, { fatal: true, ignoreBOM: false }).decode(bytes)
    } catch {
      // The next one may fit.
    }
  }
  return String.fromCharCode(...bytes.subarray(0, 200))
}

/** How much of the archive must be read for a file of it. */
export const rangeOf = (entry: Entry): { offset: number; length: number } => ({
  offset: entry.offset,
  length: LOCAL_BYTES + LOCAL_SLACK_BYTES + entry.packed,
})

/** What is in a file of an archive, from the part of the archive that `rangeOf` names. Not a byte more comes out than the directory says. */
export async function* unpackEntry(entry: Entry, range: Chunks, onBytes: (count: number) => void): Chunks {
  if (entry.is_encrypted) throw new Refusal('encrypted')
  if (entry.bytes > FILE_MAX_BYTES) throw new Refusal('too_large')
  const packed = contentOf(entry, range)
  let unpacked = 0
  for await (const chunk of entry.method === 'stored' ? packed : inflate(packed, 'deflate-raw', onBytes)) {
    unpacked += chunk.length
    if (unpacked > entry.bytes) throw new Refusal('unreadable')
    if (entry.method === 'stored') onBytes(chunk.length)
    yield chunk
  }
  if (unpacked !== entry.bytes) throw new Refusal('unreadable')
}

async function* contentOf(entry: Entry, range: Chunks): Chunks {
  let held: Bytes = new Uint8Array(0)
  let skip: number | null = null
  let left = entry.packed
  for await (const chunk of range) {
    let rest: Bytes = chunk
    if (skip === null) {
      const joined = new Uint8Array(held.length + chunk.length)
      joined.set(held)
      joined.set(chunk, held.length)
      held = joined
      if (held.length < LOCAL_BYTES) continue
      const view = viewOf(held)
      if (view.getUint32(0, true) !== LOCAL) throw new Refusal('unreadable')
      skip = LOCAL_BYTES + view.getUint16(26, true) + view.getUint16(28, true)
      rest = held
    }
    const from = Math.min(skip, rest.length)
    skip -= from
    const part = rest.subarray(from, from + left)
    left -= part.length
    if (part.length > 0) yield part
    if (left === 0) return
  }
  if (left > 0) throw new Refusal('unreadable')
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
