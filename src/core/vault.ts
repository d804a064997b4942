import { base64url, CompactEncrypt, compactDecrypt } from 'jose'

/** Encrypts what we must be able to give back to a vendor, so that a copy of the database is not a copy of people's tokens. */
export interface Vault {
  seal(secret: string): Promise<string>
  /** `null` when it was sealed with another key. */
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
