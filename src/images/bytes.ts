import { imageMalformed } from './errors.ts'

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

/** Heads of other kinds of file. Some readers look for them in the middle of a file as well. */
const OTHER_FILES = ['%pdf-', 'pk\x03\x04', 'rar!\x1a', '7z\xbc\xaf\x27\x1c', '<script', '<?php', '<html', '<svg', '<!doctype']

/** Metadata is removed anyway. A file that hides a program in it is refused, because nobody does that to a picture by accident. */
export function refuseOtherFile(file: Bytes, from: number, to: number): void {
  const content = text(file, from, to).toLowerCase()
  if (OTHER_FILES.some((magic) => content.includes(magic))) throw imageMalformed()
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
