import type { Cache } from '../../src/redis/client.ts'

/** A cache that is down. */
export const noCache: Cache = {
  get: async () => null,
  set: async () => {},
  setAll: async () => {},
  mark: async (entries) => entries.map(() => true),
  markAndGet: async () => ({ isMarked: true, value: null }),
  unmark: async () => {},
}
