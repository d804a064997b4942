import { type Chunks, inflate, peek, readAll } from './bytes.ts'
import { readFit } from './fit.ts'
import { Refusal } from './refusal.ts'
import { decodeText } from './text.ts'
import type { ReadTrack } from './tracks.ts'

/** Eight hours of a watch that writes every second, with all that it can measure. */
const FIT_MAX_BYTES = 8 * 1_048_576
const HEAD_BYTES = 16

export type Kind = 'zip' | 'gzip' | 'fit' | 'xml'

/** What a file is, by its first bytes. Names are not asked, because people change them. */
export function kindOf(head: Uint8Array): Kind | null {
  const [a, b, c, d] = head
  if (a === 0x50 && b === 0x4b && (c === 3 || c === 5)) return 'zip'
  if (a === 0x1f && b === 0x8b) return 'gzip'
  if (head[8] === 0x2e && head[9] === 0x46 && head[10] === 0x49 && head[11] === 0x54) return 'fit'
  const first = [...head].find((byte, i) => !(i < 3 && [0xef, 0xbb, 0xbf, 0xff, 0xfe].includes(byte)) && byte !== 0 && byte > 0x20)
  return first === 0x3c && (a !== undefined || d !== undefined) ? 'xml' : null
}

/** Reads the recordings of one file, which may be packed once. `onBytes` is told of what is unpacked. */
export async function readFile(chunks: Chunks, onBytes: (count: number) => void): Promise<ReadTrack[]> {
  const outer = await peek(chunks, HEAD_BYTES)
  if (kindOf(outer.head) !== 'gzip') return readPlain(outer)
  const inner = await peek(inflate(outer.all, 'gzip', onBytes), HEAD_BYTES)
  // What is packed twice is no recording, and may be packed a thousand times.
  if (kindOf(inner.head) === 'gzip') throw new Refusal('nested_archive')
  return readPlain(inner)
}

async function readPlain({ head, all }: { head: Uint8Array; all: Chunks }): Promise<ReadTrack[]> {
  switch (kindOf(head)) {
    case 'fit':
      return readFit(await readAll(all, FIT_MAX_BYTES))
    case 'xml': {
      // The parser's tables of letters would take some milliseconds of every start.
      const { readXml } = await import('./xml.ts')
      return readXml(decodeText(all))
    }
    case 'zip':
      throw new Refusal('nested_archive')
    default:
      throw new Refusal('unsupported_format')
  }
}
