import { env } from 'cloudflare:workers'
import { inject } from 'vitest'

/** The Worker's environment with this run's cloud behind it; one object, so that its strings are checked once. */
export const testEnv: Env = {
  ...env,
  DATABASE_URL: 'postgres://app:app@db.localtest.me/app',
  NEON_ENDPOINT: inject('neonEndpoint'),
  UPSTASH_REDIS_REST_URL: inject('redisUrl'),
  UPSTASH_REDIS_REST_TOKEN: 'local',
  VENDOR_GATEWAY: inject('simulatorsUrl'),
  // The real one leads to a Worker without this run's cloud; tests hand their messages to the consumer themselves.
  JOBS: { send: async () => {}, sendBatch: async () => {} } as unknown as Queue,
  PUSHES: { send: async () => {}, sendBatch: async () => {} } as unknown as Queue,
} as Env // the strings are secrets in production, so the generated type does not know them
