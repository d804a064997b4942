import { defineError } from '../core/errors.ts'

export const socialLoginRejected = defineError({
  code: 'social_login_rejected',
  status: 401,
  title: 'The provider does not vouch for this login',
  detail: '로그인하지 못했어요. 다시 시도해 주세요.',
})

/** Visible ASCII of a length that the vendors' tokens and codes have. What cannot be one is not sent to a vendor. */
export const couldBeGrant = (text: string): boolean => /^[\w.~+/=-]{10,4096}$/.test(text)

export type Provider = 'kakao' | 'naver' | 'apple'

/** What every social login gives us. */
export interface SocialIdentity {
  readonly provider: Provider
  readonly provider_id: string
  /** Only an address that the provider has verified. It is never shown to anybody else. */
  readonly email: string | null
  /** The refresh token (Naver, Apple) that a later revocation needs, in the clear. Callers encrypt it. */
  readonly vendor_token: string | null
  /** The client `vendor_token` was issued to (Apple). */
  readonly vendor_client_id: string | null
}

export interface SocialLogin<Credentials> {
  /** Exchanges the app's credentials for an identity. Throws `socialLoginRejected` or `vendorUnavailable`. */
  identify(credentials: Credentials): Promise<SocialIdentity>
  /** Ends the link between the person and this app at the vendor. Succeeds when there is no link. */
  revoke(identity: Pick<SocialIdentity, 'provider_id' | 'vendor_token' | 'vendor_client_id'>): Promise<void>
}
