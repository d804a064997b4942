import { base64url, CompactEncrypt, compactDecrypt } from 'jose'

/** Encrypts tokens that we must give back to a vendor later. A copy of the database is then not a copy of people's tokens. */
export interface Vault {
  seal(secret: string): Promise<string>
  /** `null` when it was encrypted with another key. */
  open(sealed: string): Promise<string | null>
}

/** `key`: 32 bytes in base64. */
export function createVault(key: string): Vault {
  const bytes = base64url.decode(key.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''))
  return {
    seal: (secret) =>
      new CompactEncrypt(new TextEncoder().encode(secret)).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(bytes),
    async open(sealed) {
      try {
        return new TextDecoder().decode((await compactDecrypt(sealed, bytes)).plaintext)
      } catch {
        return null
      }
    },
  }
}
