import { Redis } from '@upstash/redis/cloudflare'

const DEADLINE_MS = 1_000

export interface Cache {
  /** `null` when it is not there, or when Redis does not answer: a cache that is down is an empty one. */
  get(key: string): Promise<unknown>
  set(entry: { key: string; ttlSec: number }, value: unknown): Promise<void>
}

export function createRedis({ url, token }: { url: string; token: string }) {
  return new Redis({
    url,
    token,
    retry: { retries: 1, backoff: () => 50 },
    enableTelemetry: false,
    signal: () => AbortSignal.timeout(DEADLINE_MS),
  })
}

export function createCache(redis: () => Redis): Cache {
  return {
    async get(key) {
      return redis()
        .get(key)
        .catch(() => null)
    },
    async set({ key, ttlSec }, value) {
      await redis()
        .set(key, value, { ex: ttlSec })
        .catch(() => null)
    },
  }
}
