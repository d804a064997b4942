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

const serviceAccountSchema = z.object({
  project_id: z.string().min(1),
  client_email: z.email(),
  private_key_id: z.string().min(1),
  private_key: z.string().min(1),
})

const version = z
  .string()
  .regex(/^\d+\.\d+\.\d+$/)
  .optional()

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
  /** The JSON file of a Firebase service account that may send messages. */
  FCM_SERVICE_ACCOUNT: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue('not JSON')
        return z.NEVER
      }
    })
    .pipe(serviceAccountSchema),
  APPLE_CLIENT_IDS: list.pipe(z.array(z.string()).min(1)),
})

/** A minimum above the latest version would lock everybody out. */
const configSchema = variables.superRefine((config, context) => {
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
