import { nowSeconds, randomToken } from './vendor.ts'

/** What a person can consent to share. A field without consent is absent from every answer. */
export const CONSENTS = [
  'profile_nickname',
  'profile_image',
  'account_email',
  'name',
  'gender',
  'age_range',
  'birthday',
  'birthyear',
  'phone_number',
] as const
export type Consent = (typeof CONSENTS)[number]

type Optional<T> = { [K in keyof T]?: T[K] | undefined }

export interface KakaoUser {
  id: number
  linked: boolean
  connectedAt: Date
  account: {
    consents: readonly Consent[]
    email_valid: boolean
    email_verified: boolean
  } & Optional<
    Record<'email' | 'nickname' | 'profile_image' | 'name' | 'gender' | 'age_range' | 'birthday' | 'birthyear' | 'phone_number', string>
  >
}

interface Code {
  userId: number
  appId: number
  redirectUri: string
  expiresAt: number
  nonce?: string
  challenge?: string
}

interface Token {
  userId: number
  appId: number
  expiresAt: number
}

export type KakaoState = ReturnType<typeof createKakaoState>

export function createKakaoState() {
  const users = new Map<number, KakaoUser>()
  const codes = new Map<string, Code>()
  const accessTokens = new Map<string, Token>()
  const refreshTokens = new Map<string, Token>()

  function expireTokens(userId: number) {
    for (const tokens of [accessTokens, refreshTokens]) for (const [token, it] of tokens) if (it.userId === userId) tokens.delete(token)
  }

  return {
    users,
    codes,
    accessTokens,
    refreshTokens,
    expireTokens,
    issueAccess(userId: number, appId: number, expiresIn: number): string {
      const token = randomToken()
      accessTokens.set(token, { userId, appId, expiresAt: nowSeconds() + expiresIn })
      return token
    },
    issue(userId: number, appId: number, expiresIn: number) {
      const refreshToken = randomToken()
      refreshTokens.set(refreshToken, { userId, appId, expiresAt: nowSeconds() + 5_183_999 })
      return { accessToken: this.issueAccess(userId, appId, expiresIn), refreshToken }
    },
    /** The number of live access and refresh tokens. */
    tokensOf(userId: number): number {
      const now = nowSeconds()
      return [...accessTokens.values(), ...refreshTokens.values()].filter((it) => it.userId === userId && it.expiresAt > now).length
    },
    /** False for somebody who was not linked. */
    unlink(userId: number): boolean {
      expireTokens(userId)
      const user = users.get(userId)
      if (!user?.linked) return false
      user.linked = false
      return true
    },
    idClaims({ id, account }: KakaoUser, { aud, expiresIn, nonce }: { aud: string; expiresIn: number; nonce?: string }) {
      const agreed = new Set<Consent>(account.consents)
      const trusted = account.email_valid && account.email_verified
      return {
        iss: 'https://kauth.kakao.com',
        aud,
        sub: String(id),
        iat: nowSeconds(),
        auth_time: nowSeconds(),
        exp: nowSeconds() + expiresIn,
        ...(nonce && { nonce }),
        ...(agreed.has('profile_nickname') && account.nickname && { nickname: account.nickname }),
        ...(agreed.has('profile_image') && account.profile_image && { picture: account.profile_image }),
        ...(agreed.has('account_email') && trusted && account.email && { email: account.email }),
      }
    },
    reset() {
      for (const map of [users, codes, accessTokens, refreshTokens]) map.clear()
    },
  }
}
