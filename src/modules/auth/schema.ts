import { z } from 'zod'
import { instantSchema, oneOf, optional, uuidSchema, withoutNulls } from '../../core/fields.ts'
import { lineSchema } from '../../core/text.ts'
import { userProfileSchema } from '../users/schema.ts'

/** Codes and tokens of providers. They must be visible ASCII, because they go into headers. */
const grantText = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\x21-\x7e]+$/)
const codeText = grantText(2_048)
const tokenText = grantText(4_096)

/** What a phone can be. The list of devices shows it. */
export const devicePlatformSchema = z.enum(['ios', 'android', 'web']).meta({ id: 'DevicePlatform' })

const deviceSchema = z
  .object({
    name: optional(lineSchema(80)).meta({ description: 'As its owner knows it, for the list of devices' }),
    platform: optional(devicePlatformSchema),
  })
  .meta({ id: 'Device' })
export type Device = z.infer<typeof deviceSchema>
const device = optional(deviceSchema)
const withAccessToken = z.strictObject({ access_token: tokenText, device }).meta({ id: 'AccessTokenLogin' })

export const logInWithKakaoSchema = oneOf(
  [
    z.strictObject({ code: codeText, redirect_uri: z.url().max(2_000), device }),
    withAccessToken,
    z.strictObject({ id_token: tokenText, nonce: optional(z.string().max(500)), device }),
  ],
  'code와 redirect_uri, access_token, id_token 가운데 하나만 보내 주세요',
).meta({
  id: 'LogInWithKakao',
  example: { access_token: 'sdk-access-token', device: { name: 'iPhone 15', platform: 'ios' } },
  description: 'A code, or a token of the native SDK. `nonce` is the one given to Kakao, and required when the id_token carries one',
})
export type LogInWithKakao = z.infer<typeof logInWithKakaoSchema>

export const logInWithNaverSchema = oneOf(
  [z.strictObject({ code: codeText, state: grantText(500), device }), withAccessToken],
  'code와 state, access_token 가운데 하나만 보내 주세요',
).meta({
  id: 'LogInWithNaver',
  description: 'A code with its state, or a token of the native SDK',
  example: { access_token: 'sdk-access-token', device: { name: 'Galaxy S24', platform: 'android' } },
})
export type LogInWithNaver = z.infer<typeof logInWithNaverSchema>

export const logInWithAppleSchema = z
  .strictObject({
    identity_token: tokenText,
    nonce: optional(z.string().max(500)).meta({
      description:
        'The raw nonce, required when the token carries one. The token carries its SHA-256 in hex. A login through a services id may have given Apple the raw nonce, and must then send `authorization_code` and `redirect_uri` as well',
    }),
    authorization_code: optional(codeText),
    redirect_uri: optional(z.url({ protocol: /^https$/ }).max(2_000)).meta({
      description:
        'Of a login through a services id (Android, web): the one that the authorization began with. Left out by the system sheet of iOS. Apple compares it',
      example: 'https://api.example.com/auth/apple/callback',
    }),
    full_name: z.unknown().optional().meta({ description: 'Accepted and not stored, because real names are not kept' }),
    device,
  })
  .meta({
    id: 'LogInWithApple',
    example: { identity_token: 'apple-identity-token', nonce: 'raw-nonce', authorization_code: 'apple-code', device: { platform: 'ios' } },
  })
export type LogInWithApple = z.infer<typeof logInWithAppleSchema>

/**
 * The part of a login's credentials that logs in once: a code, or what an identity token's signature covers. The signature itself has several spellings.
 * `null` for an access token.
 */
export function onceOnly(
  credentials: { identity_token: string } | { id_token: string } | { code: string } | { access_token: string },
): string | null {
  if ('code' in credentials) return credentials.code
  const token = 'identity_token' in credentials ? credentials.identity_token : 'id_token' in credentials ? credentials.id_token : null
  return token && token.slice(0, token.lastIndexOf('.'))
}

const tokens = {
  access_token: z.string().meta({ description: 'A JWT for `Authorization: Bearer`' }),
  refresh_token: z.string().meta({ description: 'Keep the newest one alone. It is used once' }),
  token_type: z.literal('Bearer'),
  expires_in: z.int().meta({ description: 'Seconds the access token lives' }),
}
export const tokensSchema = z.object(tokens).meta({ id: 'Tokens' })
export type Tokens = z.infer<typeof tokensSchema>

export const loginSchema = z
  .object({
    ...tokens,
    is_new_user: z.boolean().meta({ description: 'The login made the account' }),
    is_restored: z.boolean().meta({ description: 'The account was waiting to be deleted, and is not any more' }),
    user: userProfileSchema,
  })
  .meta({ id: 'Login' })
export type Login = z.infer<typeof loginSchema>

/** Any string. One that is not ours is a 401, as for any credential. */
export const refreshSchema = z.object({ refresh_token: z.string() }).meta({ id: 'Refresh' })
export const logoutSchema = z.object({ push_token: optional(z.string().max(4_096)) }).meta({ id: 'Logout' })
export type Logout = z.infer<typeof logoutSchema>

export const sessionSchema = z
  .object({
    id: uuidSchema,
    device_name: z.string().nullable(),
    device_platform: devicePlatformSchema.nullable(),
    created_at: instantSchema,
    last_used_at: instantSchema.meta({ description: 'When its tokens were last renewed' }),
    is_current: z.boolean(),
  })
  .meta({ id: 'Session', description: 'A device that is logged in' })
export type Session = z.infer<typeof sessionSchema>

export const appleNoticeSchema = z.object({ payload: z.string().max(8_192) })

/** Form, JSON or query, as it is set in Kakao's console. JSON may hold numbers. */
export const kakaoNoticeSchema = z.preprocess(
  withoutNulls,
  z.object({
    app_id: z.coerce.string().max(20).optional(),
    user_id: z.coerce
      .string()
      .regex(/^\d{1,20}$/)
      .optional(),
    referrer_type: z.string().max(100).optional(),
  }),
)
export type KakaoNotice = z.infer<typeof kakaoNoticeSchema>

export const revocationSchema = z.object({
  provider: z.enum(['kakao', 'naver', 'apple']),
  provider_id: z.string(),
  vendor_token: z.string().nullable(),
  vendor_client_id: z.string().nullable(),
})
export type Revocation = z.infer<typeof revocationSchema>
