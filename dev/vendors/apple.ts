import { createHash, createPublicKey } from 'node:crypto'
import { decodeJwt, jwtVerify } from 'jose'
import { z } from 'zod'
import { workerVars } from '../credentials.ts'
import { createSigner, signingSchema } from './signing.ts'
import { createHost, notify, nowSeconds, randomToken, readControl, readForm, Refusal, type Vendor } from './vendor.ts'

const ISSUER = 'https://appleid.apple.com'
const CLIENT_IDS = workerVars.APPLE_CLIENT_IDS.split(',')
const BUNDLE_ID = CLIENT_IDS[0]!
/** Six months, as Apple counts them. */
const MAX_SECRET_LIFE = 15_777_000
const DAY = 86_400

export const appleLoginSchema = z.strictObject({
  provider: z.literal('apple'),
  id: z.string().min(1).meta({ description: 'the sub' }),
  email: z.email().optional(),
  nickname: z.string().optional().meta({ description: 'never in a token: the app forwards the name itself, as full_name' }),
  aud: z.string().default(BUNDLE_ID),
  nonce: z.string().nullable().optional().meta({ description: 'raw; null for none; left out, a random one' }),
  nonce_as_it_is: z.boolean().default(false).meta({ description: 'the app gave Apple the raw nonce, as pages of the web do' }),
  nonce_supported: z.boolean().default(true).meta({ description: 'false: the platform does not pass a nonce on' }),
  expires_in: z.int().default(DAY),
  code_expires_in: z.int().default(300),
  redirect_uri: z.url().optional().meta({ description: 'of a web login; the exchange must repeat it' }),
  first: z.boolean().optional().meta({ description: 'whether Apple tells the e-mail; by default at the first login since linking' }),
  boolean_strings: z.boolean().default(false),
})

const notificationSchema = z.strictObject({
  sub: z.string().min(1),
  type: z.enum(['consent-revoked', 'account-delete', 'account-deleted', 'email-disabled', 'email-enabled']),
  to: z.url().optional(),
  jti: z.string().optional(),
  aud: z.string().default(BUNDLE_ID),
  iss: z.string().default(ISSUER),
  email: z.string().optional(),
  event_time: z.union([z.int(), z.string()]).optional(),
  events_as: z.enum(['text', 'object']).default('text').meta({ description: 'Apple sends text, and its documentation shows an object' }),
  sign: signingSchema,
})

interface Grant {
  sub: string
  clientId: string
}

/** Sign in with Apple. https://developer.apple.com/documentation/signinwithapplerestapi */
export async function createApple({ workerUrl }: { workerUrl: string }) {
  const signer = await createSigner()
  const teamKey = createPublicKey(workerVars.APPLE_PRIVATE_KEY)
  const codes = new Map<string, Grant & { expiresAt: number; nonce?: string; redirectUri?: string }>()
  const refreshTokens = new Map<string, Grant>()
  const accessTokens = new Map<string, Grant>()
  const emails = new Map<string, string>()
  const seen = new Set<string>()
  const revoked = new Set<string>()

  function idClaims(
    sub: string,
    aud: string,
    { expiresIn = DAY, nonce, isNonceSupported = true }: { expiresIn?: number; nonce?: string; isNonceSupported?: boolean } = {},
  ) {
    const now = nowSeconds()
    const nonceClaims = isNonceSupported ? nonce && { nonce, nonce_supported: true } : { nonce_supported: false }
    return { iss: ISSUER, aud, exp: now + expiresIn, iat: now, sub, ...nonceClaims, auth_time: now }
  }

  function emailClaims(sub: string, spell: (value: boolean) => unknown = (value) => value) {
    const email = emails.get(sub)
    return email ? { email, email_verified: spell(true), is_private_email: spell(email.endsWith('@privaterelay.appleid.com')) } : {}
  }

  function revoke(sub: string) {
    revoked.add(sub)
    // The next login counts as the first again.
    seen.delete(sub)
    for (const tokens of [refreshTokens, accessTokens]) for (const [token, grant] of tokens) if (grant.sub === sub) tokens.delete(token)
  }

  const host = createHost()
  host.get('/auth/keys', (c) => c.json(signer.jwks(), 200, { 'Cache-Control': 'max-age=86400' }))

  host.post('/auth/token', async (c) => {
    const form = await readForm(c)
    const clientId = await checkClient(form)
    if (form.grant_type === 'authorization_code') {
      const grant = codes.get(form.code ?? '')
      if (!grant || grant.expiresAt <= nowSeconds()) throw refusal('invalid_grant', 'The code has expired or has been revoked.')
      if (grant.clientId !== clientId) throw refusal('invalid_grant', 'The code was not issued to the client.')
      if (grant.redirectUri !== form.redirect_uri) throw refusal('invalid_grant', 'redirect_uri does not match the authorization request.')
      codes.delete(form.code!)
      const refreshToken = `r${randomToken()}.0.sim`
      refreshTokens.set(refreshToken, { sub: grant.sub, clientId })
      return c.json({ ...(await tokens(grant, grant.nonce)), refresh_token: refreshToken })
    }
    if (form.grant_type === 'refresh_token') {
      const grant = refreshTokens.get(form.refresh_token ?? '')
      if (grant?.clientId !== clientId) throw refusal('invalid_grant', 'The token has expired or has been revoked.')
      return c.json(await tokens(grant))
    }
    throw refusal(form.grant_type ? 'unsupported_grant_type' : 'invalid_request', 'grant_type')
  })

  host.post('/auth/revoke', async (c) => {
    const form = await readForm(c)
    await checkClient(form)
    if (!form.token) throw refusal('invalid_request', 'token is required.')
    const grant = refreshTokens.get(form.token) ?? accessTokens.get(form.token)
    if (grant) revoke(grant.sub)
    return c.body(null, 200)
  })

  async function tokens({ sub, clientId }: Grant, nonce?: string) {
    const accessToken = `a${randomToken()}.0.sim`
    accessTokens.set(accessToken, { sub, clientId })
    const id_token = await signer.sign({ ...idClaims(sub, clientId, nonce ? { nonce } : {}), ...emailClaims(sub) })
    return { access_token: accessToken, token_type: 'Bearer', expires_in: 3_600, id_token }
  }

  /** The client secret: a JWT signed with the key that Apple gave the team. */
  async function checkClient({ client_id = '', client_secret = '' }: Record<string, string>): Promise<string> {
    if (!client_id || !client_secret) throw refusal('invalid_request', 'client_id and client_secret are required.')
    if (!CLIENT_IDS.includes(client_id)) throw refusal('invalid_client', 'client_id mismatch.')
    try {
      const { payload, protectedHeader } = await jwtVerify(client_secret, teamKey, {
        algorithms: ['ES256'],
        issuer: workerVars.APPLE_TEAM_ID,
        subject: client_id,
        audience: ISSUER,
        requiredClaims: ['iat', 'exp'],
      })
      if (protectedHeader.kid !== workerVars.APPLE_KEY_ID) throw new Error('kid')
      if (payload.exp! - payload.iat! > MAX_SECRET_LIFE) throw new Error('exp')
      return client_id
    } catch (error) {
      throw refusal('invalid_client', `client_secret is not valid: ${(error as Error).message}`)
    }
  }

  const control = createHost()
  control.get('/apple/users/:sub', (c) => {
    const sub = c.req.param('sub')
    return c.json({ revoked: revoked.has(sub), refresh_tokens: [...refreshTokens.values()].filter((it) => it.sub === sub).length })
  })
  control.post('/apple/notify', async (c) => {
    const {
      sub,
      type,
      to,
      jti = randomToken(16),
      aud,
      iss,
      email,
      event_time = Date.now(),
      events_as,
      sign,
    } = await readControl(c, notificationSchema)
    if (type === 'consent-revoked' || type.startsWith('account-delete')) revoke(sub)
    const told = type.startsWith('email-') && {
      email: email ?? emails.get(sub) ?? 'sim@privaterelay.appleid.com',
      is_private_email: 'true',
    }
    const event = { type, sub, event_time, ...told }
    const events = events_as === 'text' ? JSON.stringify(event) : event
    const payload = await signer.sign({ iss, aud, iat: nowSeconds(), exp: nowSeconds() + DAY, jti, events }, sign)
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ payload }) }
    return c.json({ ...(await notify(new Request(to ?? `${workerUrl}/auth/apple/notifications`, init), 5_000)), jti, payload })
  })
  control.post('/apple/token', async (c) => {
    const { sign, ...claims } = await readControl(c, z.looseObject({ sign: signingSchema }))
    const token = await signer.sign({ ...idClaims('sim', BUNDLE_ID), ...claims }, sign)
    return c.json({ identity_token: token, claims: sign === 'none' ? claims : decodeJwt(token) })
  })
  control.post('/apple/rotate', async (c) => {
    await signer.rotate()
    return c.json(signer.jwks())
  })

  /** What an app has after the system's sheet: the identity token, a code, and the nonce that it hashed. */
  async function login(input: z.infer<typeof appleLoginSchema>) {
    const { id: sub, aud, expires_in: expiresIn, redirect_uri: redirectUri } = input
    const raw = input.nonce === null ? undefined : (input.nonce ?? randomToken(16))
    const nonce = raw && (input.nonce_as_it_is ? raw : createHash('sha256').update(raw).digest('hex'))
    if (input.email) emails.set(sub, input.email)
    const first = input.first ?? !seen.has(sub)
    seen.add(sub)
    revoked.delete(sub)
    const code = `c${randomToken()}.0.sim`
    const clientId = CLIENT_IDS.includes(aud) ? aud : BUNDLE_ID
    const expiresAt = nowSeconds() + input.code_expires_in
    codes.set(code, { sub, clientId, expiresAt, ...(nonce && { nonce }), ...(redirectUri && { redirectUri }) })
    const claims = {
      ...idClaims(sub, aud, { expiresIn, isNonceSupported: input.nonce_supported, ...(nonce && { nonce }) }),
      ...(first && { ...emailClaims(sub, input.boolean_strings ? String : undefined), real_user_status: 2 }),
    }
    return {
      identity_token: await signer.sign(claims),
      code,
      ...(redirectUri && { redirect_uri: redirectUri }),
      ...(raw && { nonce: raw }),
    }
  }

  function reset() {
    for (const held of [codes, refreshTokens, accessTokens, emails, seen, revoked]) held.clear()
  }

  return { hosts: { 'appleid.apple.com': host }, control, reset, login } satisfies Vendor & { login: unknown }
}

function refusal(error: string, error_description: string) {
  return new Refusal(400, { error, error_description })
}
