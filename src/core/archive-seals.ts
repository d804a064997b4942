import { deriveHmacKey } from './derived-key.ts'
import { toHex } from './hash.ts'

const MANIFEST = 'withbowwow archive manifest 1'
const LINK = 'withbowwow archive link 1'

/** What proves that this server has written something. The secret is never rotated, so an archive of years ago still proves it. In hex. */
export interface ArchiveSeals {
  sealManifest(text: string): Promise<string>
  isManifestSeal(text: string, seal: string): Promise<boolean>
  signLink(text: string): Promise<string>
  isLinkSignature(text: string, signature: string): Promise<boolean>
}

export function createArchiveSeals(secret: string): ArchiveSeals {
  const encoder = new TextEncoder()
  const sign = async (purpose: string, text: string) =>
    toHex(new Uint8Array(await crypto.subtle.sign('HMAC', await deriveHmacKey(secret, purpose), encoder.encode(text))))
  async function verify(purpose: string, text: string, seal: string): Promise<boolean> {
    if (!/^[0-9a-f]{64}$/.test(seal)) return false
    const mac = Uint8Array.from(seal.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    return crypto.subtle.verify('HMAC', await deriveHmacKey(secret, purpose), mac, encoder.encode(text))
  }
  return {
    sealManifest: (text) => sign(MANIFEST, text),
    isManifestSeal: (text, seal) => verify(MANIFEST, text, seal),
    signLink: (text) => sign(LINK, text),
    isLinkSignature: (text, signature) => verify(LINK, text, signature),
  }
}
