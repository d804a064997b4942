const keys = new Map<string, CryptoKey>()

/** A signing key for one purpose, derived from the secret that all purposes share. */
export async function deriveHmacKey(secret: string, purpose: string): Promise<CryptoKey> {
  const id = `${purpose}\n${secret}`
  const known = keys.get(id)
  if (known) return known
  const encoder = new TextEncoder()
  const base = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, ['deriveKey'])
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(purpose) }
  const key = await crypto.subtle.deriveKey(hkdf, base, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign', 'verify'])
  keys.set(id, key)
  return key
}
