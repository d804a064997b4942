const keys = new Map<string, CryptoKey>()

/** A key to sign with, for one purpose alone, because one secret is behind all keys. */
export const deriveHmacKey = (secret: string, purpose: string): Promise<CryptoKey> =>
  derive(secret, purpose, { name: 'HMAC', hash: 'SHA-256', length: 256 }, ['sign', 'verify'])

/** A key to encrypt with for one purpose alone. */
export const deriveAesKey = (secret: string, purpose: string): Promise<CryptoKey> =>
  derive(secret, purpose, { name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt'])

async function derive(
  secret: string,
  purpose: string,
  algorithm: Parameters<SubtleCrypto['deriveKey']>[2],
  usages: string[],
): Promise<CryptoKey> {
  const id = `${purpose}\n${secret}`
  const known = keys.get(id)
  if (known) return known
  const encoder = new TextEncoder()
  const base = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, ['deriveKey'])
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(purpose) }
  const key = await crypto.subtle.deriveKey(hkdf, base, algorithm, false, usages)
  keys.set(id, key)
  return key
}
