import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import type { User } from './actor.ts'

const ISSUER = 'withbowwow'
const AUDIENCE = 'withbowwow-app'
const TYPE = 'at+jwt'
/** Rules §2: an hour. Logging out ends it sooner, because every statement looks at its session. */
export const ACCESS_TOKEN_SECONDS = 3_600
/** Longer than any of ours; keeps a huge forgery from being hashed. */
const LENGTH_MAX = 1_024

export interface AccessTokens {
  issue(user: User): Promise<string>
  /** `null` for whatever is not a live token of ours. */
  verify(token: string): Promise<User | null>
}

/** `keys`: current first, then the previous one while rotating; each at least 32 characters. */
export function createAccessTokens({ keys, now }: { keys: readonly [string, ...string[]]; now: () => Date }): AccessTokens {
  const secrets = new Map(keys.map((key) => [keyId(key), new TextEncoder().encode(key)]))
  const [current] = keys

  return {
    async issue({ user_id, session_id }) {
      const issuedAt = Math.floor(now().getTime() / 1_000)
      return new SignJWT({ type: 'access', sid: session_id })
        .setProtectedHeader({ alg: 'HS256', typ: TYPE, kid: keyId(current) })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(user_id)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
        .sign(new TextEncoder().encode(current))
    },

    async verify(token) {
      if (token.length > LENGTH_MAX) return null
      try {
        const secret = secrets.get(decodeProtectedHeader(token).kid ?? '')
        if (!secret) return null
        const { payload } = await jwtVerify(token, secret, {
          algorithms: ['HS256'],
          typ: TYPE,
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['exp', 'iat', 'sub'],
          maxTokenAge: ACCESS_TOKEN_SECONDS,
          currentDate: now(),
        })
        const { sub, sid, type } = payload
        if (type !== 'access' || !isUuid(sub) || !isUuid(sid)) return null
        return { user_id: sub, session_id: sid }
      } catch {
        return null
      }
    },
  }
}

/** Names a key without giving anything of it away: FNV-1a over the text, which is enough to tell two keys apart. */
function keyId(key: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(value)
}
