import { importPKCS8, SignJWT } from 'jose'
import { z } from 'zod'
import { sha256Hex } from '../../core/hash.ts'
import { exchange, type Fetch, postForm, vendorUnavailable } from '../http.ts'
import { type SocialLogin, socialLoginRejected } from '../social.ts'
import { type TokenRules, verifyToken } from '../verify-token.ts'

interface AppleCredentials {
  readonly identity_token: string
  /** The raw nonce. The token carries its SHA-256 in hex. */
  readonly nonce?: string | undefined
  readonly authorization_code?: string | undefined
}

interface AppleNotice {
  readonly notice_id: string
  /** As Apple spells it, for example `consent-revoked`. It may be one that we do not know. */
  readonly type: string
  readonly provider_id: string | null
  readonly occurred_at: Date | null
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
const claimsSchema = z.object({
  sub: z.string().min(1),
  aud: z.string(),
  nonce: z.string().optional(),
  email: z.string().optional(),
  email_verified: z.unknown().optional(),
})
const grantSchema = z.object({ refresh_token: z.string().min(1), id_token: z.string().min(1) })
const failureSchema = z.object({ error: z.string() })
const noticeSchema = z.object({ jti: z.string().min(1).max(500), events: z.string() })
const eventSchema = z.object({ type: z.string(), sub: z.string().optional(), event_time: z.int().min(0).max(8.64e15).optional() })

export function createAppleLogin({ fetch, now, config }: { fetch: Fetch; now: () => Date; config: AppleConfig }): AppleLogin {
  const signedBy = { vendor: 'apple', issuer: ISSUER, algorithms: ['RS256'], jwks_url: `${ISSUER}/auth/keys` }
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
  async function redeemCode(code: string, { sub, aud }: { sub: string; aud: string }): Promise<string | null> {
    const form = postForm(`${ISSUER}/auth/token`, { grant_type: 'authorization_code', ...(await client(aud)), code })
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
    async identify({ identity_token, nonce, authorization_code }) {
      const claims = await readIdentityToken(identity_token)
      if (claims.nonce !== (nonce === undefined ? undefined : await sha256Hex(nonce))) throw socialLoginRejected()
      const vendor_token = authorization_code ? await redeemCode(authorization_code, claims) : null
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
      const event = eventSchema.safeParse(parseJson(notice.data.events))
      return {
        notice_id: notice.data.jti,
        type: event.data?.type ?? 'unreadable',
        provider_id: event.data?.sub ?? null,
        occurred_at: event.data?.event_time === undefined ? null : new Date(event.data.event_time),
      }
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
