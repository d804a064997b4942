import { createFaults } from './faults.ts'
import { startNeonProxy } from './neon-proxy.ts'
import { startEmbeddedPostgres } from './postgres.ts'
import { describeError, withoutPassword } from './postgres-client.ts'
import { startRedisRest } from './redis.ts'
import { startSimulators } from './simulators.ts'

export interface CloudOptions {
  /** A real server instead of the embedded one. */
  databaseUrl?: string | undefined
  redisUrl?: string | undefined
  /** Keeps the embedded database; without one it is forgotten at the end. */
  folder?: string
  /** A dump that a new embedded database begins as. */
  template?: string | undefined
  /** Left out, or 0: any free port. */
  ports?: { postgres?: number; neon?: number; redis?: number; simulators?: number }
  /** Where the Worker listens, for the vendors' notices to it. */
  workerUrl?: string
  /** Migrates and seeds, before anything can ask the database. */
  prepare?: (databaseUrl: string) => Promise<void>
}

export type Cloud = Awaited<ReturnType<typeof startCloud>>

/** Everything the Worker reaches over a network, on this machine: the same for `npm run dev` and for the tests. */
export async function startCloud({ databaseUrl, redisUrl, folder, template, ports = {}, workerUrl, prepare }: CloudOptions = {}) {
  const stops: (() => Promise<void>)[] = []
  async function stop() {
    for (const end of stops.splice(0).toReversed()) await end().catch(() => {})
  }
  try {
    let url = databaseUrl
    if (!url) {
      const postgres = await startEmbeddedPostgres({ port: ports.postgres ?? 0, ...(folder && { folder }), ...(template && { template }) })
      stops.push(postgres.stop)
      url = postgres.url
    }
    await prepare?.(url)
    const faults = createFaults()
    const neon = await startNeonProxy(url, { port: ports.neon ?? 0, faults })
    stops.push(neon.stop)
    const redis = await startRedisRest({ port: ports.redis ?? 0, faults, ...(redisUrl && { url: redisUrl }) }).catch((error: unknown) => {
      throw new Error(redisUrl ? `cannot use Redis at ${withoutPassword(redisUrl)}: ${describeError(error)}` : describeError(error), {
        cause: error,
      })
    })
    stops.push(redis.stop)
    const simulators = await startSimulators({ port: ports.simulators ?? 0, faults, neon, ...(workerUrl && { workerUrl }) })
    stops.push(simulators.stop)
    return { databaseUrl: url, neonEndpoint: neon.endpoint, redisUrl: redis.url, simulatorsUrl: simulators.url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
