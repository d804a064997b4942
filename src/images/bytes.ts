export type Bytes = Uint8Array<ArrayBuffer>

const LATIN1 = new TextDecoder('latin1')

/** A piece of a file as text, one character a byte. */
export function text(file: Bytes, from: number, to: number): string {
  return LATIN1.decode(file.subarray(from, to))
}

/** `magic` has one character a byte. */
export function startsWith(file: Bytes, at: number, magic: string): boolean {
  if (at + magic.length > file.length) return false
  for (let i = 0; i < magic.length; i++) if (file[at + i] !== magic.charCodeAt(i)) return false
  return true
}

export function viewOf(file: Bytes): DataView<ArrayBuffer> {
  return new DataView(file.buffer, file.byteOffset, file.byteLength)
}

export function join(parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** The pieces of a file that are kept. Neighbouring pieces become one view. */
export class KeptParts {
  readonly #file: Bytes
  readonly #spans: [from: number, to: number][] = []
  constructor(file: Bytes) {
    this.#file = file
  }

  keep(from: number, to: number): void {
    const last = this.#spans.at(-1)
    if (last?.[1] === from) last[1] = to
    else this.#spans.push([from, to])
  }

  take(): Bytes[] {
    return this.#spans.map(([from, to]) => this.#file.subarray(from, to))
  }
}
