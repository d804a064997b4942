import { Redis } from '@upstash/redis/cloudflare'

const DEADLINE_MS = 1_000

interface Entry {
  readonly key: string
  readonly ttlSec: number
}

export interface Cache {
  /** `null` when the key is absent or Redis does not answer. A cache that is down is an empty one. */
  get(key: string): Promise<unknown>
  set(entry: Entry, value: unknown): Promise<void>
  /** Sets entries in one trip. */
  setAll(entries: readonly (readonly [entry: Entry, value: unknown])[]): Promise<void>
  /** Marks entries in one trip, and answers which of them were not marked before. When Redis does not answer, that is all of them. */
  mark(entries: readonly Entry[]): Promise<boolean[]>
  /** Marks an entry as `mark` does, and reads a key in the same trip. */
  markAndGet(entry: Entry, key: string): Promise<{ isMarked: boolean; value: unknown }>
  unmark(entry: Entry): Promise<void>
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
    async setAll(entries) {
      if (entries.length === 0) return
      const pipeline = redis().pipeline()
      for (const [{ key, ttlSec }, value] of entries) pipeline.set(key, value, { ex: ttlSec })
      await pipeline.exec().catch(() => null)
    },
    async mark(entries) {
      const pipeline = redis().pipeline()
      for (const { key, ttlSec } of entries) pipeline.set(key, 1, { nx: true, ex: ttlSec })
      const results = await pipeline.exec<(string | null)[]>().catch(() => null)
      return entries.map((_, k) => results?.[k] !== null)
    },
    async markAndGet({ key, ttlSec }, other) {
      const pipeline = redis().pipeline().set(key, 1, { nx: true, ex: ttlSec }).get(other)
      const [mark, value] = (await pipeline.exec<[string | null, unknown]>().catch(() => null)) ?? []
      return { isMarked: mark !== null, value: value ?? null }
    },
    async unmark({ key }) {
      await redis()
        .del(key)
        .catch(() => null)
    },
  }
}
