import { z } from 'zod'
import { workerVars } from '../credentials.ts'
import { createKakaoApi } from './kakao-api.ts'
import { createKakaoAuth } from './kakao-auth.ts'
import { CONSENTS, createKakaoState, type KakaoUser } from './kakao-state.ts'
import { createSigner, signingSchema } from './signing.ts'
import { createHost, notify, nowSeconds, randomToken, readControl, type Vendor } from './vendor.ts'

const userIdSchema = z.union([z.string().regex(/^[1-9]\d{0,15}$/, 'a Kakao id is a number'), z.int().positive()]).transform(Number)

export const kakaoLoginSchema = z.strictObject({
  provider: z.literal('kakao'),
  id: userIdSchema,
  email: z.email().optional(),
  email_valid: z.boolean().default(true),
  email_verified: z.boolean().default(true),
  nickname: z.string().optional(),
  profile_image: z.url().optional(),
  name: z.string().optional(),
  gender: z.enum(['male', 'female']).optional(),
  age_range: z.string().optional(),
  birthday: z.string().optional(),
  birthyear: z.string().optional(),
  phone_number: z.string().optional(),
  consents: z.array(z.enum(CONSENTS)).default(['profile_nickname', 'profile_image', 'account_email']),
  redirect_uri: z.url().default('http://127.0.0.1:8787/auth/kakao/callback'),
  code_challenge: z.string().optional().meta({ description: 'S256, of an authorization that used PKCE' }),
  app_id: z.coerce.number().int().default(Number(workerVars.KAKAO_APP_ID)).meta({ description: 'another one makes tokens of another app' }),
  key: z.enum(['native', 'rest']).default('native').meta({ description: "the key the login began with: the id_token's aud" }),
  aud: z.string().optional(),
  nonce: z.string().nullable().optional().meta({ description: 'null for none; left out, a random one' }),
  expires_in: z.int().optional().meta({ description: "the tokens' life in seconds; zero or less is expired" }),
  code_expires_in: z.int().default(600),
})

const unlinkSchema = z.strictObject({
  id: userIdSchema,
  to: z.url().optional(),
  method: z.enum(['POST', 'GET']).default('POST'),
  content_type: z.enum(['form', 'json']).default('form'),
  admin_key: z.string().default(workerVars.KAKAO_ADMIN_KEY),
  app_id: z.coerce.string().default(workerVars.KAKAO_APP_ID),
  referrer_type: z
    .enum(['ACCOUNT_DELETE', 'FORCED_ACCOUNT_DELETE', 'UNLINK_FROM_ADMIN', 'UNLINK_FROM_APPS', 'INCOMPLETE_SIGN_UP'])
    .default('UNLINK_FROM_APPS'),
})

/** Kakao Login: hosts kauth and kapi. https://developers.kakao.com/docs/latest/ko/kakaologin/rest-api */
export async function createKakao({ workerUrl }: { workerUrl: string }) {
  const state = createKakaoState()
  const signer = await createSigner()

  const control = createHost()
    .get('/kakao/users/:id', (c) => {
      const id = Number(c.req.param('id'))
      return c.json({ linked: state.users.get(id)?.linked ?? false, tokens: state.tokensOf(id) })
    })
    .post('/kakao/unlink', async (c) => {
      const { id, to, ...notice } = await readControl(c, unlinkSchema)
      state.unlink(id)
      const fields = { app_id: notice.app_id, user_id: String(id), referrer_type: notice.referrer_type }
      const url = new URL(to ?? `${workerUrl}/auth/kakao/unlink`)
      const headers = { Authorization: `KakaoAK ${notice.admin_key}` }
      if (notice.method === 'GET') for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value)
      const form = notice.content_type === 'form'
      const body = form ? new URLSearchParams(fields) : JSON.stringify(fields)
      const post = { method: 'POST', body, headers: { ...headers, ...(!form && { 'Content-Type': 'application/json' }) } }
      return c.json(await notify(new Request(url, notice.method === 'GET' ? { headers } : post), 3_000))
    })
    .post('/kakao/token', async (c) => {
      const { sign, ...claims } = await readControl(c, z.looseObject({ sign: signingSchema }))
      const usual = {
        iss: 'https://kauth.kakao.com',
        aud: workerVars.KAKAO_NATIVE_APP_KEY,
        sub: '1',
        iat: nowSeconds(),
        exp: nowSeconds() + 3_600,
      }
      return c.json({ id_token: await signer.sign({ ...usual, ...claims }, sign) })
    })
    .post('/kakao/rotate', async (c) => {
      await signer.rotate()
      return c.json(signer.jwks())
    })

  /** What an app has after a login with Kakao's SDK (tokens) or in a web view (code). */
  async function login(input: z.infer<typeof kakaoLoginSchema>) {
    const { id, app_id, redirect_uri, expires_in: expiresIn = 43_199 } = input
    const user: KakaoUser = { id, linked: true, connectedAt: state.users.get(id)?.connectedAt ?? new Date(), account: input }
    state.users.set(id, user)
    const nonce = input.nonce === null ? undefined : (input.nonce ?? randomToken(16))
    const ours = app_id === Number(workerVars.KAKAO_APP_ID)
    const key = input.key === 'native' ? workerVars.KAKAO_NATIVE_APP_KEY : workerVars.KAKAO_REST_API_KEY
    const aud = input.aud ?? (ours ? key : `key-of-app-${app_id}`)
    const code = randomToken()
    const expiresAt = nowSeconds() + input.code_expires_in
    const challenge = input.code_challenge
    state.codes.set(code, {
      userId: id,
      appId: app_id,
      redirectUri: redirect_uri,
      expiresAt,
      ...(nonce && { nonce }),
      ...(challenge && { challenge }),
    })
    const tokens = state.issue(id, app_id, expiresIn)
    const id_token = await signer.sign(state.idClaims(user, { aud, expiresIn, ...(nonce && { nonce }) }))
    return { code, redirect_uri, access_token: tokens.accessToken, refresh_token: tokens.refreshToken, id_token, ...(nonce && { nonce }) }
  }

  return {
    hosts: {
      'kauth.kakao.com': createKakaoAuth(state, signer, (given) =>
        login(kakaoLoginSchema.parse({ provider: 'kakao', key: 'rest', ...given })),
      ),
      'kapi.kakao.com': createKakaoApi(state),
    },
    control,
    reset: state.reset,
    login,
  } satisfies Vendor & { login: unknown }
}
