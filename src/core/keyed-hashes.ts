import { toHex } from './hash.ts'

const PURPOSE = 'withbowwow keyed hashes 1'
const BLOCK_BYTES = 64

/** What turns a text into a number that says nothing about it without the secret: HMAC-SHA-256 (RFC 2104). */
export interface KeyedHashes {
  /** In hex. */
  of(text: string): Promise<string>
  /** The key as it is mixed into the inner and the outer hash, in hex. With both Postgres hashes what only it knows (`keyed_hash`). */
  pads(): Promise<{ readonly inner: string; readonly outer: string }>
}

export function createKeyedHashes(secret: string): KeyedHashes {
  const pads = async () => {
    const encoder = new TextEncoder()
    const base = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, ['deriveBits'])
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(PURPOSE) }
    const key = new Uint8Array(BLOCK_BYTES)
    key.set(new Uint8Array(await crypto.subtle.deriveBits(hkdf, base, 256)))
    return { inner: key.map((byte) => byte ^ 0x36), outer: key.map((byte) => byte ^ 0x5c) }
  }
  const sha256 = async (head: Uint8Array, tail: Uint8Array) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array([...head, ...tail])))
  return {
    async of(text) {
      const { inner, outer } = await pads()
      return toHex(await sha256(outer, await sha256(inner, new TextEncoder().encode(text))))
    },
    async pads() {
      const { inner, outer } = await pads()
      return { inner: toHex(inner), outer: toHex(outer) }
    },
  }
}
