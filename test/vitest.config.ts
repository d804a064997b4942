import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { workerVars } from '../dev/credentials.ts'

/** What asks neither a binding nor the cloud. */
const UNIT = [
  'test/{bench,core,images,measuring}/**/*.test.ts',
  'test/dev/migrate.test.ts',
  'test/dev/launcher/**/*.test.ts',
  'test/**/*rules.test.ts',
  'test/contract/{imported-walks,statements,wrangler}.test.ts',
  'test/dev/{imports,breaking}.test.ts',
  'test/modules/pets/approximate-birth-date.test.ts',
  'test/modules/meetups/recurrence-zones.test.ts',
  'test/modules/weather/{bases,feels-like,hours,sun,warnings}.test.ts',
  'test/modules/weather/{outlook,paw-index}/**/*.test.ts',
  'test/modules/walks/{privacy,raw-track,sketch}.test.ts',
  'test/modules/exports/imports/reading.test.ts',
  'test/vendors/{verify-token,app-store-oracle,weather/public-data*,weather/kma*,weather/airkorea*}.test.ts',
]

/** Those that take longest begin first, so that nothing waits for them in the end. */
const LONGEST = ['rooms/model', 'badges/any-history', 'routes/access', 'routes/repeat']
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // A process ends where the next file is of the other project, so each project's files stand together.
    const rank = ({ moduleId, project }: TestSpecification) =>
      project.name === 'unit' ? 2 : LONGEST.some((name) => moduleId.includes(name)) ? 0 : 1
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}

const common = {
  // Every file would import everything again, which takes as long as half of the tests.
  isolate: false,
  // Only what hangs is to be ended: on a busy machine the longest take half a minute on the embedded database.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  setupFiles: './test/support/draws.ts',
  // What is waited for comes at once on a quiet machine.
  expect: { poll: { timeout: 30_000 } },
} as const

let started = 0

export default defineConfig({
  test: {
    globalSetup: ['./test/support/global-setup.ts'],
    // The clouds are threads beside them, so that two keep two cores busy.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // Every request logs a line; a failing test shows what it says itself.
    silent: 'passed-only',
    projects: [
      { test: { ...common, name: 'unit', include: UNIT } },
      {
        plugins: [
          cloudflareTest(({ inject }) => {
            const clouds = inject('clouds')
            const cloud = clouds[started++ % clouds.length]!
            return {
              wrangler: { configPath: './wrangler.toml' },
              miniflare: {
                bindings: {
                  ...workerVars,
                  DATABASE_URL: 'postgres://app:app@db.localtest.me/app',
                  NEON_ENDPOINT: cloud.neonEndpoint,
                  UPSTASH_REDIS_REST_URL: cloud.redisUrl,
                  UPSTASH_REDIS_REST_TOKEN: 'local',
                  VENDOR_GATEWAY: cloud.simulatorsUrl,
                },
              },
            }
          }),
        ],
        test: {
          ...common,
          name: 'worker',
          include: ['test/**/*.test.ts'],
          exclude: UNIT,
          globalSetup: ['./test/support/clouds.ts'],
        },
      },
    ],
  },
})
