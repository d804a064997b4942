import { createPublicKey } from 'node:crypto'
import type { Context } from 'hono'
import { decodeJwt, jwtVerify } from 'jose'
import { z } from 'zod'
import { workerVars } from '../credentials.ts'
import { createHost, nowSeconds, randomToken, readAuthorization, readForm, Refusal, type Vendor } from './vendor.ts'

export const FCM_SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
export const PLAY_SCOPE = 'https://www.googleapis.com/auth/androidpublisher'

const TOKEN_URL = 'https://oauth2.googleapis.com/token'
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const TOKEN_SEC = 3_599

const accountSchema = z.object({ client_email: z.string(), private_key_id: z.string(), private_key: z.string() })

/** Service accounts by their e-mail, each with the scope that it was given. */
const accounts = new Map(
  [
    { file: workerVars.FCM_SERVICE_ACCOUNT, scope: FCM_SCOPE },
    { file: workerVars.PLAY_SERVICE_ACCOUNT, scope: PLAY_SCOPE },
  ].map(({ file, scope }) => {
    const account = accountSchema.parse(JSON.parse(file))
    return [account.client_email, { ...account, scope, publicKey: createPublicKey(account.private_key) }]
  }),
)

export type GoogleOauth = ReturnType<typeof createGoogleOauth>

/** Google's access tokens for service accounts. */
export function createGoogleOauth() {
  const issued = new Map<string, { scope: string; expiresAt: number }>()

  const host = createHost()
  host.post('/token', async (c) => {
    const { grant_type, assertion = '' } = await readForm(c)
    if (grant_type !== GRANT) throw new Refusal(400, { error: 'unsupported_grant_type', error_description: 'Invalid grant_type' })
    const account = accounts.get(readIssuer(assertion))
    if (!account) throw new Refusal(400, { error: 'invalid_grant', error_description: 'Invalid grant: account not found' })
    const { payload, protectedHeader } = await jwtVerify(assertion, account.publicKey, {
      algorithms: ['RS256'],
      audience: TOKEN_URL,
      requiredClaims: ['iat', 'exp', 'scope'],
    }).catch(() => {
      throw new Refusal(400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' })
    })
    if (protectedHeader.kid !== account.private_key_id || (payload.exp ?? 0) - (payload.iat ?? 0) > 3_600)
      throw new Refusal(400, { error: 'invalid_grant', error_description: 'Token must be a short-lived token (60 minutes)' })
    if (payload['scope'] !== account.scope) throw new Refusal(400, { error: 'invalid_scope', error_description: 'Invalid OAuth scope' })
    const access_token = `ya29.c.${randomToken()}`
    issued.set(access_token, { scope: account.scope, expiresAt: nowSeconds() + TOKEN_SEC })
    return c.json({ access_token, expires_in: TOKEN_SEC, token_type: 'Bearer' })
  })

  // Access tokens stay at a reset, because Workers cache them.
  return {
    hosts: { 'oauth2.googleapis.com': host },
    /** Whether a request carries a live access token of this scope. */
    allows(c: Context, scope: string): boolean {
      const token = issued.get(readAuthorization(c, 'Bearer') ?? '')
      return token?.scope === scope && token.expiresAt > nowSeconds()
    },
    /** Ends every access token of this scope. */
    withdraw(scope: string): void {
      for (const [token, { scope: of }] of issued) if (of === scope) issued.delete(token)
    },
  } satisfies Vendor & { allows: unknown; withdraw: unknown }
}

function readIssuer(assertion: string): string {
  try {
    return decodeJwt(assertion).iss ?? ''
  } catch {
    throw new Refusal(400, { error: 'invalid_grant', error_description: 'Invalid JWT' })
  }
}
