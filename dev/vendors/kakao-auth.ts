import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { workerVars } from '../credentials.ts'
import { loginPage } from './kakao-page.ts'
import type { KakaoState } from './kakao-state.ts'
import type { Signer } from './signing.ts'
import { createHost, nowSeconds, readForm, Refusal } from './vendor.ts'

const ISSUER = 'https://kauth.kakao.com'
const EXPIRES_IN = 21_599
const APP_ID = Number(workerVars.KAKAO_APP_ID)

/** Somebody agrees to a login in a browser. Answers the code that the browser takes back. */
type Agree = (login: { id: string; nickname?: string; redirect_uri: string }) => Promise<{ code: string }>

/** kauth.kakao.com: the page of the login, tokens and OpenID Connect. */
export function createKakaoAuth(state: KakaoState, signer: Signer, agree: Agree) {
  return createHost()
    .get('/oauth/authorize', async (c) => {
      const { id, nickname, decision, ...asked } = c.req.query()
      const { client_id, redirect_uri, response_type } = asked
      if (client_id !== workerVars.KAKAO_REST_API_KEY) throw refusal(401, 'invalid_client', 'Not exist client_id', 'KOE101')
      if (response_type !== 'code' || !redirect_uri || !URL.canParse(redirect_uri))
        throw refusal(400, 'invalid_request', 'Bad response_type or redirect_uri', 'KOE006')
      const back = new URL(redirect_uri)
      if (asked.state) back.searchParams.set('state', asked.state)
      if (decision === 'cancel') {
        back.searchParams.set('error', 'access_denied')
        return c.redirect(back.href)
      }
      if (!id || !/^[1-9]\d{0,15}$/.test(id)) return c.html(loginPage(asked, [...state.users.values()]))
      const { code } = await agree({ id, redirect_uri, ...(nickname && { nickname }) })
      back.searchParams.set('code', code)
      return c.redirect(back.href)
    })
    .post('/oauth/token', async (c) => {
      const form = await readForm(c)
      checkClient(form)
      if (form.grant_type === 'authorization_code') return c.json(await exchange(form))
      if (form.grant_type === 'refresh_token') return c.json(await refresh(form.refresh_token))
      throw refusal(400, 'unsupported_grant_type', 'not supported grant type', 'KOE102')
    })
    .post('/oauth/tokeninfo', async (c) => {
      try {
        return c.json(decodeJwt((await readForm(c)).id_token ?? ''))
      } catch {
        throw refusal(400, 'invalid_token', 'ID token is malformed', 'KOE400')
      }
    })
    .get('/.well-known/jwks.json', (c) => c.json(signer.jwks(), 200, { 'Cache-Control': 'max-age=86400' }))
    .get('/.well-known/openid-configuration', (c) =>
      c.json({
        issuer: ISSUER,
        authorization_endpoint: `${ISSUER}/oauth/authorize`,
        token_endpoint: `${ISSUER}/oauth/token`,
        userinfo_endpoint: 'https://kapi.kakao.com/v1/oidc/userinfo',
        jwks_uri: `${ISSUER}/.well-known/jwks.json`,
        token_endpoint_auth_methods_supported: ['client_secret_post'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
      }),
    )

  async function exchange({ code = '', redirect_uri, code_verifier }: Record<string, string>) {
    const grant = state.codes.get(code)
    const user = grant && state.users.get(grant.userId)
    // A code of another app is unknown, like one that never existed.
    if (!grant || !user?.linked || grant.appId !== APP_ID || grant.expiresAt <= nowSeconds()) throw unknownCode(code)
    if (grant.redirectUri !== redirect_uri) throw refusal(400, 'invalid_grant', 'Redirect URI mismatch.', 'KOE303')
    if (
      grant.challenge &&
      grant.challenge !==
        createHash('sha256')
          .update(code_verifier ?? '')
          .digest('base64url')
    )
      throw unknownCode(code)
    state.codes.delete(code)
    const { accessToken, refreshToken } = state.issue(user.id, APP_ID, EXPIRES_IN)
    const aud = workerVars.KAKAO_REST_API_KEY
    return {
      token_type: 'bearer',
      access_token: accessToken,
      id_token: await signer.sign(state.idClaims(user, { aud, expiresIn: EXPIRES_IN, ...(grant.nonce && { nonce: grant.nonce }) })),
      expires_in: EXPIRES_IN,
      refresh_token: refreshToken,
      refresh_token_expires_in: 5_183_999,
      scope: [...user.account.consents, 'openid'].toSorted().join(' '),
    }
  }

  /** There is no new refresh token while the old one has more than a month left. */
  async function refresh(token = '') {
    const grant = state.refreshTokens.get(token)
    const user = grant && state.users.get(grant.userId)
    if (!user || grant.expiresAt <= nowSeconds()) throw refusal(400, 'invalid_grant', 'expired_or_invalid_refresh_token', 'KOE322')
    return {
      token_type: 'bearer',
      access_token: state.issueAccess(grant.userId, grant.appId, EXPIRES_IN),
      id_token: await signer.sign(state.idClaims(user, { aud: workerVars.KAKAO_REST_API_KEY, expiresIn: EXPIRES_IN })),
      expires_in: EXPIRES_IN,
    }
  }
}

function checkClient({ client_id, client_secret }: Record<string, string>) {
  const keys: (string | undefined)[] = [workerVars.KAKAO_REST_API_KEY, workerVars.KAKAO_NATIVE_APP_KEY]
  if (!keys.includes(client_id)) throw refusal(401, 'invalid_client', `Not exist client_id [${client_id ?? 'null'}]`, 'KOE101')
  if (client_secret !== workerVars.KAKAO_CLIENT_SECRET) throw refusal(401, 'invalid_client', 'Bad client credentials', 'KOE010')
}

function unknownCode(code: string) {
  return refusal(400, 'invalid_grant', `authorization code not found for code=${code}`, 'KOE320')
}

function refusal(status: 400 | 401, error: string, error_description: string, error_code: string) {
  return new Refusal(status, { error, error_description, error_code })
}
