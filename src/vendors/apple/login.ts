import { importPKCS8, SignJWT } from 'jose'
import { z } from 'zod'
import { parseInstant } from '../../core/fields.ts'
import { sha256Hex } from '../../core/hash.ts'
import { exchange, type Fetch, postForm, vendorUnavailable } from '../http.ts'
import { type SocialLogin, socialLoginRejected } from '../social.ts'
import { type TokenRules, verifyToken } from '../verify-token.ts'

interface AppleCredentials {
  readonly identity_token: string
  /** The raw nonce. The token carries its SHA-256 in hex, or with `redirect_uri` the nonce itself. */
  readonly nonce?: string | undefined
  readonly authorization_code?: string | undefined
  /** Of a login through a services id. Apple compares it with the one that the authorization began with. */
  readonly redirect_uri?: string | undefined
}

interface AppleNotice {
  readonly notice_id: string
  /** As Apple spells it, for example `consent-revoked`. It may be one that we do not know. */
  readonly type: string
  readonly provider_id: string | null
  /** When Apple signed the notice, if that says nothing readable. */
  readonly occurred_at: Date
}

export interface AppleLogin extends SocialLogin<AppleCredentials> {
  /** Reads a server-to-server notice. `null` when Apple did not sign it for us. */
  readNotice(payload: string): Promise<AppleNotice | null>
}

interface AppleConfig {
  readonly APPLE_TEAM_ID: string
  readonly APPLE_KEY_ID: string
  /** PKCS 8. Line breaks may be written as `\n`. */
  readonly APPLE_PRIVATE_KEY: string
  readonly APPLE_CLIENT_IDS: readonly string[]
}

const ISSUER = 'https://appleid.apple.com'
const CLIENT_SECRET_SEC = 300

/** Apple may send booleans as strings. */
const isTrue = (value: unknown) => value === true || value === 'true'
const isFalse = (value: unknown) => value === false || value === 'false'
const claimsSchema = z.object({
  sub: z.string().min(1),
  aud: z.string(),
  nonce: z.string().optional(),
  nonce_supported: z.unknown().optional(),
  email: z.string().optional(),
  email_verified: z.unknown().optional(),
})
const grantSchema = z.object({ refresh_token: z.string().min(1), id_token: z.string().min(1) })
const failureSchema = z.object({ error: z.string() })
/** Apple sends `events` as text that holds JSON. Its documentation shows the object itself. */
const noticeSchema = z.object({
  jti: z.string().min(1).max(500),
  iat: z.number(),
  events: z.union([z.string().transform(parseJson), z.looseObject({})]),
})
const eventSchema = z.object({ type: z.string(), sub: z.string().optional(), event_time: z.unknown().optional() })

export function createAppleLogin({ fetch, now, config }: { fetch: Fetch; now: () => Date; config: AppleConfig }): AppleLogin {
  const signedBy = { vendor: 'apple', issuers: [ISSUER], algorithms: ['RS256'], jwks_url: `${ISSUER}/auth/keys` }
  const identityRules: TokenRules = { ...signedBy, audiences: config.APPLE_CLIENT_IDS, required_claims: ['sub'] }
  const noticeRules: TokenRules = { ...signedBy, audiences: config.APPLE_CLIENT_IDS, required_claims: ['jti', 'events'] }

  async function readIdentityToken(token: string) {
    const claims = claimsSchema.safeParse(await verifyToken({ fetch, now }, identityRules, token))
    if (!claims.success) throw socialLoginRejected()
    return claims.data
  }

  /** A client secret for one call, for the client that the code or token was issued to. */
  async function client(client_id: string) {
    const key = await importPKCS8(config.APPLE_PRIVATE_KEY.replaceAll('\\n', '\n'), 'ES256')
    const issuedAt = Math.floor(now().getTime() / 1_000)
    const client_secret = await new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid: config.APPLE_KEY_ID })
      .setIssuer(config.APPLE_TEAM_ID)
      .setSubject(client_id)
      .setAudience(ISSUER)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + CLIENT_SECRET_SEC)
      .sign(key)
    return { client_id, client_secret }
  }

  /** The refresh token that a later revocation needs. The login is proven already, so an error at Apple costs only this token. */
  async function redeemCode(
    { code, redirect_uri }: { code: string; redirect_uri: string | undefined },
    { sub, aud }: { sub: string; aud: string },
  ): Promise<string | null> {
    const fields = { grant_type: 'authorization_code', ...(await client(aud)), code, ...(redirect_uri !== undefined && { redirect_uri }) }
    const form = postForm(`${ISSUER}/auth/token`, fields)
    const answer = await exchange(fetch, 'apple', form).catch((error: unknown) => ({ status: 0, body: { error: String(error) } }))
    const error = failureSchema.safeParse(answer.body).data?.error
    if (answer.status === 400 && error === 'invalid_grant') throw socialLoginRejected()
    const grant = grantSchema.safeParse(answer.body)
    if (answer.status !== 200 || !grant.success) {
      console.warn(JSON.stringify({ level: 'warn', message: 'apple gave no refresh token', status: answer.status, error }))
      return null
    }
    const granted = await readIdentityToken(grant.data.id_token)
    if (granted.sub !== sub || granted.aud !== aud) throw socialLoginRejected()
    return grant.data.refresh_token
  }

  return {
    async identify({ identity_token, nonce, authorization_code, redirect_uri }) {
      const claims = await readIdentityToken(identity_token)
      const binding = await compareNonce(claims, nonce)
      if (binding === 'other' || (binding === 'as it is' && redirect_uri === undefined)) throw socialLoginRejected()
      const vendor_token = authorization_code ? await redeemCode({ code: authorization_code, redirect_uri }, claims) : null
      // Whoever has seen the token knows a nonce that is not hashed. Only the code then shows that the login is theirs.
      if (binding === 'as it is' && !vendor_token)
        throw authorization_code ? vendorUnavailable({ cause: new Error('apple did not redeem the code') }) : socialLoginRejected()
      return {
        provider: 'apple',
        provider_id: claims.sub,
        email: (isTrue(claims.email_verified) && claims.email) || null,
        vendor_token,
        vendor_client_id: vendor_token && claims.aud,
      }
    },

    async revoke({ vendor_token, vendor_client_id }) {
      if (!vendor_token || !vendor_client_id) return
      const fields = { ...(await client(vendor_client_id)), token: vendor_token, token_type_hint: 'refresh_token' }
      const { status } = await exchange(fetch, 'apple', postForm(`${ISSUER}/auth/revoke`, fields))
      if (status !== 200) throw vendorUnavailable({ cause: new Error(`apple did not revoke: ${status}`) })
    },

    async readNotice(payload) {
      const notice = noticeSchema.safeParse(await verifyToken({ fetch, now }, noticeRules, payload))
      if (!notice.success) return null
      const event = eventSchema.safeParse(notice.data.events)
      const issuedMs = Math.min(notice.data.iat * 1_000 + 999, now().getTime())
      return {
        notice_id: notice.data.jti,
        type: event.data?.type ?? 'unreadable',
        provider_id: event.data?.sub ?? null,
        // Nothing has happened after Apple signed that it did.
        occurred_at: new Date(Math.min(readTimeMs(event.data?.event_time) ?? issuedMs, issuedMs)),
      }
    },
  }
}

/** How the nonce that the app names stands in the token. Some platforms do not pass it on, and Apple then says that it is not supported there. */
async function compareNonce(
  claims: { nonce?: string | undefined; nonce_supported?: unknown },
  nonce: string | undefined,
): Promise<'hashed' | 'as it is' | 'absent' | 'other'> {
  if (claims.nonce === undefined) return nonce === undefined || isFalse(claims.nonce_supported) ? 'absent' : 'other'
  if (nonce === undefined) return 'other'
  if (claims.nonce.toLowerCase() === (await sha256Hex(nonce))) return 'hashed'
  return claims.nonce === nonce ? 'as it is' : 'other'
}

/** Seconds beyond this are the year 5138, and milliseconds below it the year 1973. */
const SECONDS_MAX = 1e11

/** Milliseconds of a time in seconds or milliseconds, as a number or as text, or of an ISO date. `null` where it is none. */
function readTimeMs(time: unknown): number | null {
  if (typeof time !== 'number' && typeof time !== 'string') return null
  const text = String(time).trim()
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  const ms = Number.isNaN(number) ? parseInstant(text) : number < SECONDS_MAX ? number * 1_000 : number
  return ms >= 0 && ms <= 8.64e15 ? ms : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
