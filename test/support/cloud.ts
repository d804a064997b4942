import { env } from 'cloudflare:workers'

const { NEON_ENDPOINT, UPSTASH_REDIS_REST_URL, VENDOR_GATEWAY } = env as unknown as Record<string, string>

/** The cloud behind this process's tests (clouds.ts). */
export const cloud = { neonEndpoint: NEON_ENDPOINT!, redisUrl: UPSTASH_REDIS_REST_URL!, simulatorsUrl: VENDOR_GATEWAY! }
