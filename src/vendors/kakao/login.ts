import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { isEqualSecret } from '../../core/hash.ts'
import { type Answer, exchange, exchangePatiently, type Fetch, parseAnswer, postForm, vendorUnavailable, vendorUrl } from '../http.ts'
import { couldBeGrant, type SocialIdentity, type SocialLogin, socialLoginRejected } from '../social.ts'
import { type TokenRules, verifyToken } from '../verify-token.ts'

type KakaoCredentials =
  | { readonly code: string; readonly redirect_uri: string }
  | { readonly access_token: string }
  | { readonly id_token: string; readonly nonce?: string | undefined }

export interface KakaoLogin extends SocialLogin<KakaoCredentials> {
  /** Where a browser logs in with Kakao. It comes back to `redirect_uri` with a code and the `state`. */
  authorizationUrl(of: { readonly redirect_uri: string; readonly state: string }): string
  /** Whether Kakao sent this webhook to us. It has no signature, so our own admin key and app id prove it. */
  isGenuineNotice(notice: { authorization: string | undefined; app_id: string | undefined }): Promise<boolean>
}

interface KakaoConfig {
  readonly KAKAO_APP_ID: number
  readonly KAKAO_REST_API_KEY: string
  readonly KAKAO_NATIVE_APP_KEY: string
  readonly KAKAO_CLIENT_SECRET: string
  readonly KAKAO_ADMIN_KEY: string
  readonly VENDOR_GATEWAY?: string | undefined
}

const API = 'https://kapi.kakao.com'
/** Errors of Kakao's own that come as a bad request: internal, maintenance, timeout, maintenance (with 503). */
const PASSING_CODES: ReadonlySet<number | string> = new Set([-1, -7, -603, -9798, 'KOE003'])
/** Errors of the token or the person: malformed, restricted, not linked, gone, expired, without consent, under 14. */
const REJECTING_CODES: ReadonlySet<number | string> = new Set([-2, -4, -101, -103, -401, -402, -406])
const NOT_LINKED = -101

const failureSchema = z.object({ code: z.number().optional(), error: z.string().optional(), error_code: z.string().optional() })
const grantSchema = z.object({ access_token: z.string().min(1) })
const tokenInfoSchema = z.object({ id: z.int(), app_id: z.int() })
const profileSchema = z.object({
  id: z.int(),
  kakao_account: z
    .object({ email: z.string().optional(), is_email_valid: z.boolean().optional(), is_email_verified: z.boolean().optional() })
    .optional(),
})
const claimsSchema = z.object({ sub: z.string().min(1), nonce: z.string().optional(), email: z.string().optional() })

export function createKakaoLogin({ fetch, now, config }: { fetch: Fetch; now: () => Date; config: KakaoConfig }): KakaoLogin {
  const tokenRules: TokenRules = {
    vendor: 'kakao',
    issuers: ['https://kauth.kakao.com'],
    audiences: [config.KAKAO_NATIVE_APP_KEY, config.KAKAO_REST_API_KEY],
    algorithms: ['RS256'],
    jwks_url: 'https://kauth.kakao.com/.well-known/jwks.json',
    required_claims: ['sub'],
  }

  /** Parses Kakao's answer about somebody's credentials. Wrong credentials are `socialLoginRejected`. */
  async function ask<T extends z.ZodType>(schema: T, makeRequest: () => Request): Promise<z.infer<T>> {
    const answer = await exchangePatiently(fetch, 'kakao', makeRequest, isPassing)
    const { code, error } = readFailure(answer)
    if (answer.status < 500 && (error === 'invalid_grant' || (code !== undefined && REJECTING_CODES.has(code)))) throw socialLoginRejected()
    return parseAnswer('kakao', schema, answer)
  }

  async function redeemCode(code: string, redirect_uri: string): Promise<string> {
    const client = { client_id: config.KAKAO_REST_API_KEY, client_secret: config.KAKAO_CLIENT_SECRET }
    const form = () => postForm('https://kauth.kakao.com/oauth/token', { grant_type: 'authorization_code', ...client, code, redirect_uri })
    return (await ask(grantSchema, form)).access_token
  }

  /** Asks which app the token was issued to, because a token of any Kakao app opens the profile. Without an answer about the e-mail the login goes on. */
  async function identifyToken(access_token: string): Promise<SocialIdentity> {
    const headers = { Authorization: `Bearer ${access_token}` }
    const wanted = new URLSearchParams({ property_keys: '["kakao_account.email"]' })
    const [info, profile] = await Promise.all([
      ask(tokenInfoSchema, () => new Request(`${API}/v1/user/access_token_info`, { headers })),
      ask(profileSchema, () => new Request(`${API}/v2/user/me?${wanted}`, { headers })).catch((error: unknown) => {
        if (isUnavailable(error)) return null
        throw error
      }),
    ])
    if (info.app_id !== config.KAKAO_APP_ID) throw socialLoginRejected()
    if (profile && profile.id !== info.id) throw vendorUnavailable({ cause: new Error('kakao answered for somebody else') })
    const account = profile?.kakao_account
    return identity(String(info.id), account?.is_email_valid && account.is_email_verified ? account.email : undefined)
  }

  async function identifyIdToken(id_token: string, nonce: string | undefined): Promise<SocialIdentity> {
    const claims = claimsSchema.safeParse(await verifyToken({ fetch, now }, tokenRules, id_token))
    if (!claims.success || claims.data.nonce !== nonce) throw socialLoginRejected()
    // Kakao puts only a valid and verified e-mail into the token.
    return identity(claims.data.sub, claims.data.email)
  }

  return {
    authorizationUrl({ redirect_uri, state }) {
      const query = new URLSearchParams({ response_type: 'code', client_id: config.KAKAO_REST_API_KEY, redirect_uri, state })
      return vendorUrl(config.VENDOR_GATEWAY, `https://kauth.kakao.com/oauth/authorize?${query}`)
    },

    async identify(credentials) {
      if ('id_token' in credentials) return identifyIdToken(credentials.id_token, credentials.nonce)
      if (!couldBeGrant('code' in credentials ? credentials.code : credentials.access_token)) throw socialLoginRejected()
      if ('access_token' in credentials) return identifyToken(credentials.access_token)
      return identifyToken(await redeemCode(credentials.code, credentials.redirect_uri))
    },

    async revoke({ provider_id }) {
      const headers = { Authorization: `KakaoAK ${config.KAKAO_ADMIN_KEY}` }
      const form = postForm(`${API}/v1/user/unlink`, { target_id_type: 'user_id', target_id: provider_id }, headers)
      const answer = await exchange(fetch, 'kakao', form)
      if (readFailure(answer).code === NOT_LINKED) return
      parseAnswer('kakao', z.object({ id: z.int() }), answer)
    },

    async isGenuineNotice({ authorization = '', app_id }) {
      return (await isEqualSecret(authorization, `KakaoAK ${config.KAKAO_ADMIN_KEY}`)) && app_id === String(config.KAKAO_APP_ID)
    },
  }
}

function identity(provider_id: string, email: string | undefined): SocialIdentity {
  return { provider: 'kakao', provider_id, email: email ?? null, vendor_token: null, vendor_client_id: null }
}

/** kapi sends `code`, kauth sends `error` and `error_code`. An answer without them has not failed in a way we know. */
function readFailure({ body }: Answer): z.infer<typeof failureSchema> {
  return failureSchema.safeParse(body).data ?? {}
}

function isPassing(answer: Answer): boolean {
  const { code, error_code } = readFailure(answer)
  return answer.status >= 500 || PASSING_CODES.has(code ?? error_code ?? '')
}

function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.definition === vendorUnavailable.definition
}
