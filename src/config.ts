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

const configSchema = z.object({
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
  /** The app's number in the App Store, for the page of a shared walk. There is none before it is published. */
  APPLE_APP_ID: z.string().regex(/^\d+$/).optional(),
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
