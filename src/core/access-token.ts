import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import type { Actor } from './actor.ts'
import { sha256Hex } from './hash.ts'

const ISSUER = 'withbowwow'
const AUDIENCE = 'withbowwow-app'
const TYPE = 'at+jwt'
/** docs/product.md#sessions. Logging out ends it sooner, because every statement checks its session. */
export const ACCESS_TOKEN_SECONDS = 3_600
/** Our tokens are shorter. Longer input is rejected before the signature is checked. */
const LENGTH_MAX = 1_024

export interface AccessTokens {
  issue(actor: Actor): Promise<string>
  /** `null` for anything that is not a live token of ours. */
  verify(token: string): Promise<Actor | null>
}

/** `keys`: the current one first, then the previous one while rotating. Each has at least 32 characters. */
export function createAccessTokens({ keys, now }: { keys: readonly [string, ...string[]]; now: () => Date }): AccessTokens {
  return {
    async issue({ user_id, session_id, is_banned }) {
      const issuedAt = Math.floor(now().getTime() / 1_000)
      const { kid, key } = await toSigningKey(keys[0])
      return new SignJWT({ type: 'access', sid: session_id, ...(is_banned && { ban: true }) })
        .setProtectedHeader({ alg: 'HS256', typ: TYPE, kid })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(user_id)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
        .sign(key)
    },

    async verify(token) {
      if (token.length > LENGTH_MAX) return null
      try {
        const { kid } = decodeProtectedHeader(token)
        const known = (await Promise.all(keys.map(toSigningKey))).find((candidate) => candidate.kid === kid)
        if (!known) return null
        const { payload } = await jwtVerify(token, known.key, {
          algorithms: ['HS256'],
          typ: TYPE,
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['exp', 'iat', 'sub'],
          maxTokenAge: ACCESS_TOKEN_SECONDS,
          currentDate: now(),
        })
        const { sub, sid, type, ban } = payload
        if (type !== 'access' || !isUuid(sub) || !isUuid(sid)) return null
        return { user_id: sub, session_id: sid, ...(ban === true && { is_banned: true }) }
      } catch {
        return null
      }
    },
  }
}

interface SigningKey {
  /** Eight hex digits of the secret's hash. They tell two keys apart and do not reveal the secret. */
  readonly kid: string
  readonly key: CryptoKey
}

const signingKeys = new Map<string, SigningKey>()

/** Imported once an isolate, because importing costs as much as signing. The key is kept and not its promise, which would belong to one request. */
async function toSigningKey(secret: string): Promise<SigningKey> {
  const known = signingKeys.get(secret)
  if (known) return known
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])
  const signingKey = { kid: (await sha256Hex(`withbowwow key id\n${secret}`)).slice(0, 8), key }
  signingKeys.set(secret, signingKey)
  return signingKey
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(value)
}
