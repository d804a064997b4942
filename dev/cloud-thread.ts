import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { createFaults } from './faults.ts'
import { startNeonProxy } from './neon-proxy.ts'
import { describeError, withoutPassword } from './postgres-client.ts'
import { embeddedTemplate } from './postgres-template.ts'
import { startEmbeddedPostgres } from './postgres.ts'
import { startRedisRest } from './redis.ts'
import { startSimulators } from './simulators.ts'
import type { CloudOptions } from './stack.ts'
import { letWeatherHourPass } from './weather-hour.ts'

/** Runs one cloud in a thread of its own. The servers that ask the embedded Postgres run in the same thread, so that no query goes through a network. */
const { databaseUrl, redisUrl, folder, ports = {}, workerUrl } = workerData as Omit<CloudOptions, 'prepare'>
const parent = parentPort!

const embedded = databaseUrl
  ? null
  : await startEmbeddedPostgres({ port: ports.postgres ?? 0, template: embeddedTemplate, ...(folder && { folder }) })
const url = databaseUrl ?? embedded!.url
parent.postMessage({ databaseUrl: url })
await once(parent, 'message')

const faults = createFaults()
const neon = await startNeonProxy(
  embedded ? { connectionString: url, stream: embedded.connect, max: 1 } : { connectionString: url, max: 8 },
  {
    port: ports.neon ?? 0,
    faults,
  },
)
const redis = await startRedisRest({ port: ports.redis ?? 0, faults, ...(redisUrl && { url: redisUrl }) }).catch((error: unknown) => {
  throw new Error(redisUrl ? `cannot use Redis at ${withoutPassword(redisUrl)}: ${describeError(error)}` : describeError(error), {
    cause: error,
  })
})
const simulators = await startSimulators({
  port: ports.simulators ?? 0,
  faults,
  neon,
  letWeatherHourPass: () => letWeatherHourPass({ databaseUrl: url, redisUrl: redis.url }),
  ...(workerUrl && { workerUrl }),
})

parent.once('message', async () => {
  for (const { stop } of [simulators, redis, neon, ...(embedded ? [embedded] : [])]) await stop().catch(() => {})
  process.exit()
})
parent.postMessage({ neonEndpoint: neon.endpoint, redisUrl: redis.url, simulatorsUrl: simulators.url })
