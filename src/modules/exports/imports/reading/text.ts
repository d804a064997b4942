import { type Bytes, type Chunks, peek } from './bytes.ts'
import { Refusal } from './refusal.ts'

const HEAD_BYTES = 256

/** Decodes text by its byte order mark, by its first character, or by what its XML declaration says. */
export async function* decodeText(chunks: Chunks): AsyncIterable<string> {
  const { head, all } = await peek(chunks, HEAD_BYTES)
  const decoder = decoderFor(encodingOf(head))
  // A BOM is dropped by the decoder. What comes before the declaration otherwise is no XML.
  for await (const chunk of all) yield decode(decoder, chunk)
  yield decode(decoder)
}

function encodingOf(head: Bytes): string {
  const [a, b, c] = head
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return 'utf-16le'
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return 'utf-16be'
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(String.fromCharCode(...head))?.[1]
  // A text that says it is UTF-16 and whose bytes are not was converted without changing what it says.
  return declared && !/^utf-?16/i.test(declared) ? declared : 'utf-8'
}

function decoderFor(label: string): TextDecoder {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: false })
  } catch (cause) {
    throw new Refusal('unsupported_encoding', { cause })
  }
}

function decode(decoder: TextDecoder, chunk?: Bytes): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
  } catch (cause) {
    throw new Refusal('unreadable', { cause })
  }
}
