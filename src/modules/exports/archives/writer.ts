import { sha256Hex } from '../../../core/hash.ts'
import { crc32, deflate, localHeader } from './zip.ts'

export interface WrittenFile {
  readonly name: string
  readonly offset_bytes: number
  readonly stored_bytes: number
  readonly bytes: number
  readonly is_deflated: boolean
  readonly crc32: number
  readonly sha256: string
  readonly row_count: number | null
}

/** Collects the files of one slice. */
export class SliceWriter {
  readonly files: WrittenFile[] = []
  readonly chunks: Uint8Array<ArrayBuffer>[] = []
  /** What this slice has written. */
  bytes = 0
  /** Of text, before it was deflated. */
  textBytes = 0
  readonly #start: number

  /** `start` is where the slice begins in the archive. */
  constructor(start: number) {
    this.#start = start
  }

  get end(): number {
    return this.#start + this.bytes
  }

  async addText(name: string, text: string, row_count: number | null = null): Promise<void> {
    const bytes = new Uint8Array(new TextEncoder().encode(text))
    this.textBytes += bytes.length
    await this.#add(name, bytes, await deflate(bytes), row_count)
  }

  /** Recordings and pictures are packed already, so they are stored as they are. */
  async addBytes(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#add(name, bytes, null, null)
  }

  addRaw(bytes: Uint8Array<ArrayBuffer>): void {
    this.chunks.push(bytes)
    this.bytes += bytes.length
  }

  async #add(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    deflated: Uint8Array<ArrayBuffer> | null,
    row_count: number | null,
  ): Promise<void> {
    const stored = deflated ?? bytes
    const file: WrittenFile = {
      name,
      offset_bytes: this.end,
      stored_bytes: stored.length,
      bytes: bytes.length,
      is_deflated: deflated !== null,
      crc32: crc32(bytes),
      sha256: await sha256Hex(bytes),
      row_count,
    }
    this.files.push(file)
    this.addRaw(localHeader(file))
    this.addRaw(stored)
  }
}
