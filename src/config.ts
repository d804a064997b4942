import { compareVersions } from 'compare-versions'
import { z } from 'zod'

/** A comma-separated list. Of keys the current one is first, and the previous one second while rotating. */
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
)
const secrets = list.pipe(z.tuple([z.string().min(32)], z.string().min(32)))

/** The JSON file of a Google service account. */
const serviceAccount = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      context.addIssue('not JSON')
      return z.NEVER
    }
  })
  .pipe(
    z.object({
      project_id: z.string().min(1),
      client_email: z.email(),
      private_key_id: z.string().min(1),
      private_key: z.string().min(1),
    }),
  )

/** The key of data.go.kr, as its page shows it: raw, or percent-encoded. It is kept raw, and a broken one is refused. */
const serviceKey = z
  .string()
  .transform((text, context) => {
    try {
      return decodeURIComponent(text.trim())
    } catch {
      context.addIssue('not encoded as it should be')
      return z.NEVER
    }
  })
  .pipe(z.string().regex(/^[\w+/=-]+$/))

const version = z
  .string()
  .regex(/^\d+\.\d+\.\d+$/)
  .optional()

/** Apple Root CA - G3, valid to 2039-04-30. SHA-256 63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179. */
export const APPLE_ROOT_CA_G3 =
  'MIICQzCCAcmgAwIBAgIILcX8iNLFS5UwCgYIKoZIzj0EAwMwZzEbMBkGA1UEAwwSQXBwbGUgUm9vdCBDQSAtIEczMSYwJAYDVQQLDB1BcHBsZSBDZXJ0aWZpY2F0aW9uIEF1dGhvcml0eTETMBEGA1UECgwKQXBwbGUgSW5jLjELMAkGA1UEBhMCVVMwHhcNMTQwNDMwMTgxOTA2WhcNMzkwNDMwMTgxOTA2WjBnMRswGQYDVQQDDBJBcHBsZSBSb290IENBIC0gRzMxJjAkBgNVBAsMHUFwcGxlIENlcnRpZmljYXRpb24gQXV0aG9yaXR5MRMwEQYDVQQKDApBcHBsZSBJbmMuMQswCQYDVQQGEwJVUzB2MBAGByqGSM49AgEGBSuBBAAiA2IABJjpLz1AcqTtkyJygRMc3RCV8cWjTnHcFBbZDuWmBSp3ZHtfTjjTuxxEtX/1H7YyYl3J6YRbTzBPEVoA/VhYDKX1DyxNB0cTddqXl5dvMVztK517IDvYuVTZXpmkOlEKMaNCMEAwHQYDVR0OBBYEFLuw3qFYM4iapIqZ3r6966/ayySrMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMAoGCCqGSM49BAMDA2gAMGUCMQCD6cHEFl4aXTQY2e3v9GwOAEZLuN+yRhHFD/3meoyhpmvOwgPUnPWTxnS4at+qIxUCMG1mihDK1A3UT82NQz60imOlM27jbdoXt2QfyFMm+YhidDkLF1vLUagM6BgD56KyKA=='

const variables = z.object({
  ENVIRONMENT: z.enum(['development', 'production']),
  /** Where phones and browsers reach this API; addresses that leave the app begin with it. */
  PUBLIC_ORIGIN: z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin),
  DATABASE_URL: z.url(),
  NEON_ENDPOINT: z.url().optional(),
  UPSTASH_REDIS_REST_URL: z.url(),
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1),
  /** Empty in development reaches the real vendors. */
  VENDOR_GATEWAY: z.union([z.literal(''), z.url()]).optional(),
  JWT_SECRET_KEY: secrets,
  TOKEN_ENCRYPTION_KEY: z.base64().refine((text) => atob(text).length === 32, 'must be 32 bytes in base64'),
  DATA_GO_KR_KEY: serviceKey,
  /** Reaches data.go.kr from within Korea, at `{relay}/{host}{path}`. It may be unreachable from abroad. */
  DATA_GO_KR_RELAY: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  KAKAO_APP_ID: z.coerce.number().int(),
  KAKAO_REST_API_KEY: z.string().min(1),
  KAKAO_NATIVE_APP_KEY: z.string().min(1),
  KAKAO_CLIENT_SECRET: z.string().min(1),
  KAKAO_ADMIN_KEY: z.string().min(1),
  NAVER_CLIENT_ID: z.string().min(1),
  NAVER_CLIENT_SECRET: z.string().min(1),
  APPLE_TEAM_ID: z.string().min(1),
  APPLE_KEY_ID: z.string().min(1),
  APPLE_PRIVATE_KEY: z.string().min(1),
  /** The secret key of the individual API (`test_sk_…`, `live_sk_…`). Keys of the payment widget (`…_gsk_…`) know no billing. */
  TOSS_SECRET_KEY: z.string().regex(/^(test|live)_sk_\w+$/),
  /** The app's number in the App Store. There is none before it is published. */
  APPLE_APP_ID: z.string().regex(/^\d+$/).optional(),
  /** The roots that Apple's signatures of purchases lead to, as DER in base64. Development trusts the simulators' own. */
  APPLE_ROOT_CERTIFICATES: list.pipe(z.array(z.base64()).min(1)).default([APPLE_ROOT_CA_G3]),
  /** The key of the App Store Server API. It is another than that of Sign in with Apple. */
  APP_STORE_ISSUER_ID: z.string().min(1),
  APP_STORE_KEY_ID: z.string().min(1),
  APP_STORE_PRIVATE_KEY: z.string().min(1),
  APP_STORE_BUNDLE_ID: z.string().min(1),
  /** The app's package on Google Play. There is none before it is published. */
  ANDROID_APP_ID: z
    .string()
    .regex(/^[a-zA-Z]\w*(\.[a-zA-Z]\w*)+$/)
    .optional(),
  /** Apps that may open the links of this origin: `TEAM.bundle`, and the certificates of the Android app. */
  APPLE_LINK_APP_IDS: list.pipe(z.array(z.string().regex(/^[A-Z0-9]{10}\.[\w.-]+$/)).min(1)).optional(),
  ANDROID_CERT_FINGERPRINTS: list.pipe(z.array(z.string().regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)).min(1)).optional(),
  /** An app below the minimum must be updated before it goes on. */
  IOS_MINIMUM_VERSION: version,
  IOS_LATEST_VERSION: version,
  ANDROID_MINIMUM_VERSION: version,
  ANDROID_LATEST_VERSION: version,
  SUPPORT_EMAIL: z.email().optional(),
  SUPPORT_URL: z.url({ protocol: /^https$/ }).optional(),
  /** Of a Firebase service account that may send messages. */
  FCM_SERVICE_ACCOUNT: serviceAccount,
  /** Of a service account that may see and manage purchases in Play Console. There is none before the app is published. */
  PLAY_SERVICE_ACCOUNT: serviceAccount.optional(),
  /** The audience and the service account of the Pub/Sub subscription that pushes Google Play's notices. Without both no notice is genuine. */
  PLAY_PUSH_AUDIENCE: z.string().min(1).optional(),
  PLAY_PUSH_ACCOUNT: z.email().optional(),
  APPLE_CLIENT_IDS: list.pipe(z.array(z.string()).min(1)),
})

/** A minimum above the latest version would lock everybody out. With a test key of Toss a made-up card would buy premium. */
const configSchema = variables.superRefine((config, context) => {
  if (config.ENVIRONMENT === 'production' && !config.TOSS_SECRET_KEY.startsWith('live_'))
    context.addIssue({ code: 'custom', path: ['TOSS_SECRET_KEY'], message: 'a test key in production' })
  for (const platform of ['IOS', 'ANDROID'] as const) {
    const [minimum, latest] = [config[`${platform}_MINIMUM_VERSION`], config[`${platform}_LATEST_VERSION`]]
    if (minimum && latest && compareVersions(minimum, latest) > 0)
      context.addIssue({ code: 'custom', path: [`${platform}_MINIMUM_VERSION`], message: 'above the latest' })
  }
})
export type Config = z.infer<typeof configSchema>

const parsed = new WeakMap<object, Config>()

/** Checks the environment's strings once an isolate. If a secret is missing, the first request says which. */
export function readConfig(env: Env): Config {
  const known = parsed.get(env)
  if (known) return known
  const result = configSchema.safeParse(env)
  // Only the names, because a wrong secret must not reach the log.
  if (!result.success)
    throw new Error(`environment variables missing or malformed: ${result.error.issues.map(({ path }) => path.join('.')).join(', ')}`)
  parsed.set(env, result.data)
  return result.data
}
