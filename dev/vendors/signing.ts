import { base64url, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { z } from 'zod'

/** How a token is signed: properly, or in one of the ways a verifier must refuse. */
export const signingSchema = z.enum(['rs256', 'none', 'hs256', 'unknown_kid', 'wrong_key']).default('rs256')
export type Signing = z.infer<typeof signingSchema>

export type Signer = Awaited<ReturnType<typeof createSigner>>

/** A vendor's RS256 keys, made at start. Two are published, and the first signs. */
export async function createSigner() {
  let keys = await Promise.all([createKey(), createKey()])
  const stranger = await createKey()

  return {
    jwks: () => ({ keys: keys.map(({ jwk }) => jwk) }),
    /** Makes a new key that signs from now on, and stops publishing the oldest. */
    async rotate() {
      keys = [await createKey(), keys[0]!]
    },
    async sign(claims: JWTPayload, how: Signing = 'rs256'): Promise<string> {
      const { kid, privateKey, spki } = keys[0]!
      if (how === 'none') return `${base64url.encode('{"alg":"none"}')}.${base64url.encode(JSON.stringify(claims))}.`
      const jwt = new SignJWT(claims)
      // The classic attack: the public key, which everybody has, as the secret of an HMAC.
      if (how === 'hs256') return jwt.setProtectedHeader({ alg: 'HS256', kid, typ: 'JWT' }).sign(new TextEncoder().encode(spki))
      const key = how === 'rs256' ? privateKey : stranger.privateKey
      return jwt.setProtectedHeader({ alg: 'RS256', kid: how === 'unknown_kid' ? stranger.kid : kid, typ: 'JWT' }).sign(key)
    },
  }
}

async function createKey() {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = crypto.randomUUID().replaceAll('-', '')
  const { n, e } = await exportJWK(publicKey)
  return { kid, privateKey, spki: await exportSPKI(publicKey), jwk: { kid, kty: 'RSA', alg: 'RS256', use: 'sig', n, e } }
}
