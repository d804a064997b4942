import { deriveHmacKey } from './derived-key.ts'

/** Random bytes that follow from a name: the same for the same name, and known to nobody without the secret. */
export interface KeyedSeeds {
  /** 32 bytes. */
  of(name: string): Promise<Uint8Array>
}

export function createKeyedSeeds(secret: string): KeyedSeeds {
  return {
    async of(name) {
      const key = await deriveHmacKey(secret, 'withbowwow seeds 1')
      return new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(name)))
    },
  }
}
