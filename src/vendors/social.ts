import { defineError } from '../core/errors.ts'

export const socialLoginRejected = defineError({
  code: 'social_login_rejected',
  status: 401,
  title: 'The provider does not vouch for this login',
  detail: '로그인하지 못했어요. 다시 시도해 주세요.',
})

export type Provider = 'kakao' | 'naver' | 'apple'

/** What every social login gives us, whichever vendor vouches for it. */
export interface SocialIdentity {
  readonly provider: Provider
  readonly provider_id: string
  /** Only one that the provider says is verified; never shown to anybody else. */
  readonly email: string | null
  /** What the vendor wants back when the account is purged (Naver and Apple refresh tokens), in the clear; callers encrypt it. */
  readonly vendor_token: string | null
  /** The client `vendor_token` was issued to (Apple). */
  readonly vendor_client_id: string | null
}

export interface SocialLogin<Credentials> {
  /** Exchanges what the app got from the vendor for an identity; throws `socialLoginRejected` or `vendorUnavailable`. */
  identify(credentials: Credentials): Promise<SocialIdentity>
  /** Ends the link between the person and this app at the vendor; succeeds where there is none (any more). */
  revoke(identity: Pick<SocialIdentity, 'provider_id' | 'vendor_token' | 'vendor_client_id'>): Promise<void>
}
