import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { workerVars } from '../dev/credentials.ts'

/** Those that take minutes begin first, so that nothing waits for them in the end. */
const LONGEST = ['rooms/model', 'badges/any-history', 'routes/access', 'routes/repeat']
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.some((name) => moduleId.includes(name))
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => Number(isLong(b)) - Number(isLong(a)))
  }
}

export default defineConfig({
  plugins: [
    cloudflareTest(({ inject }) => ({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          ...workerVars,
          DATABASE_URL: 'postgres://app:app@db.localtest.me/app',
          NEON_ENDPOINT: inject<string>('neonEndpoint'),
          UPSTASH_REDIS_REST_URL: inject<string>('redisUrl'),
          UPSTASH_REDIS_REST_TOKEN: 'local',
          VENDOR_GATEWAY: inject<string>('simulatorsUrl'),
        },
      },
    })),
  ],
  test: {
    globalSetup: ['./test/support/global-setup.ts'],
    include: ['test/**/*.test.ts'],
    // Only what hangs is to be ended: on a busy machine the longest take half a minute on the embedded database.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The database is a process beside them, so that two keep two cores busy.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // Every request logs a line; a failing test shows what it says itself.
    silent: 'passed-only',
  },
})
