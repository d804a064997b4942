import type { Context } from 'hono'
import { workerVars } from '../credentials.ts'
import type { Consent, KakaoState, KakaoUser } from './kakao-state.ts'
import { createHost, nowSeconds, readAuthorization, readForm, Refusal } from './vendor.ts'

/** kapi.kakao.com: the user of a token, and unlinking. */
export function createKakaoApi(state: KakaoState) {
  const app = createHost()

  app.get('/v1/user/access_token_info', (c) => {
    const { userId, appId, expiresAt } = findToken(c)
    const expires_in = expiresAt - nowSeconds()
    return c.json({ id: userId, expires_in, app_id: appId, expiresInMillis: expires_in * 1_000, appId })
  })

  app.on(['GET', 'POST'], '/v2/user/me', async (c) => {
    const input = { ...c.req.query(), ...(await readForm(c)) }
    const user = await target(c, input)
    if (!user.linked) throw notLinked()
    return c.json(profile(user, { secure: input.secure_resource === 'true', only: parseKeys(input.property_keys) }))
  })

  app.on(['GET', 'POST'], '/v1/oidc/userinfo', (c) => {
    const user = state.users.get(findToken(c).userId)
    if (!user?.linked) throw notLinked()
    const { account } = user
    const agreed = new Set<Consent>(account.consents)
    return c.json({
      sub: String(user.id),
      ...(agreed.has('profile_nickname') && { nickname: account.nickname }),
      ...(agreed.has('profile_image') && { picture: account.profile_image }),
      ...(agreed.has('account_email') && account.email && { email: account.email, email_verified: account.email_verified }),
    })
  })

  app.post('/v1/user/unlink', async (c) => {
    const user = await target(c, await readForm(c))
    if (!state.unlink(user.id)) throw notLinked()
    return c.json({ id: user.id })
  })

  app.post('/v1/user/logout', async (c) => {
    const user = await target(c, await readForm(c))
    if (!user.linked) throw notLinked()
    state.expireTokens(user.id)
    return c.json({ id: user.id })
  })

  /** The token's user, or with the admin key the user that the form names. */
  async function target(c: Context, input: Record<string, string>): Promise<KakaoUser> {
    const adminKey = readAuthorization(c, 'KakaoAK')
    if (adminKey === undefined) {
      const user = state.users.get(findToken(c).userId)
      if (!user) throw notLinked()
      return user
    }
    if (adminKey !== workerVars.KAKAO_ADMIN_KEY) throw refusal(401, -401, `wrong appKey(${adminKey}) format`)
    if (input.target_id_type !== 'user_id' || !/^\d+$/.test(input.target_id ?? '')) {
      throw refusal(400, -2, 'target_id_type and target_id are required')
    }
    const user = state.users.get(Number(input.target_id))
    if (!user) throw notLinked()
    return user
  }

  function findToken(c: Context) {
    const token = readAuthorization(c, 'Bearer')
    if (token === undefined) throw refusal(401, -401, 'authentication key is not provided')
    const found = state.accessTokens.get(token)
    if (!found) throw refusal(401, -401, 'this access token does not exist')
    if (found.expiresAt <= nowSeconds()) throw refusal(401, -401, 'this access token is already expired')
    return found
  }

  return app
}

function profile({ id, connectedAt, account }: KakaoUser, { secure, only }: { secure: boolean; only: string[] | undefined }) {
  const agreed = new Set<Consent>(account.consents)
  const image = (size: string) =>
    (account.profile_image ?? `http://k.kakaocdn.net/dn/sim/${id}/img_${size}.jpg`).replace(/^https?/, secure ? 'https' : 'http')
  const optional = (consent: Consent, name: keyof typeof account, more: object = {}) => ({
    [`${name}_needs_agreement`]: !agreed.has(consent),
    ...(agreed.has(consent) && account[name] !== undefined && { [name]: account[name], ...more }),
  })
  const kakao_account: Record<string, unknown> = {
    profile_nickname_needs_agreement: !agreed.has('profile_nickname'),
    profile_image_needs_agreement: !agreed.has('profile_image'),
    ...((agreed.has('profile_nickname') || agreed.has('profile_image')) && {
      profile: {
        ...(agreed.has('profile_nickname') && account.nickname && { nickname: account.nickname, is_default_nickname: false }),
        ...(agreed.has('profile_image') && {
          thumbnail_image_url: image('110x110'),
          profile_image_url: image('640x640'),
          is_default_image: account.profile_image === undefined,
        }),
      },
    }),
    ...optional('account_email', 'email', { is_email_valid: account.email_valid, is_email_verified: account.email_verified }),
    ...optional('name', 'name'),
    ...optional('gender', 'gender'),
    ...optional('age_range', 'age_range'),
    ...optional('birthyear', 'birthyear'),
    ...optional('birthday', 'birthday', { birthday_type: 'SOLAR', is_leap_month: false }),
    ...optional('phone_number', 'phone_number'),
  }
  const at = `${connectedAt.toISOString().slice(0, 19)}Z`
  const nickname = agreed.has('profile_nickname') && account.nickname ? { properties: { nickname: account.nickname } } : {}
  return { id, connected_at: at, synched_at: at, ...nickname, kakao_account: only ? pick(kakao_account, only) : kakao_account }
}

/** `["kakao_account.email"]` keeps the account's e-mail and its flags only. */
function pick(account: Record<string, unknown>, only: string[]) {
  const names = only.filter((it) => it.startsWith('kakao_account.')).map((it) => it.slice('kakao_account.'.length).replace(/\.$/, ''))
  return Object.fromEntries(Object.entries(account).filter(([name]) => names.some((it) => name === it || name.includes(it))))
}

function parseKeys(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined
  try {
    return (JSON.parse(text) as unknown[]).map(String)
  } catch {
    throw refusal(400, -2, 'property_keys is malformed')
  }
}

function notLinked() {
  return refusal(400, -101, 'NotRegisteredUserException')
}

function refusal(status: 400 | 401, code: number, msg: string) {
  return new Refusal(status, { msg, code })
}
