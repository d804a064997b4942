import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { createDeps, type Deps } from '../../src/deps.ts'
import { workerVars } from '../credentials.ts'
import type { Cloud } from '../stack.ts'

type Addresses = Pick<Cloud, 'neonEndpoint' | 'redisUrl' | 'simulatorsUrl'>
type Bindings = Pick<Env, 'BUCKET' | 'IMAGES'>

/** The Worker's own dependencies in this process, without its bindings. `more` are bindings, or variables in place of those of development. */
export function depsWithoutBindings(cloud: Addresses, more: Partial<Bindings> | Readonly<Record<string, string | undefined>> = {}): Deps {
  const vars = {
    ...workerVars,
    ENVIRONMENT: 'development',
    DATABASE_URL: 'postgres://app:app@db.localtest.me/app',
    NEON_ENDPOINT: cloud.neonEndpoint,
    UPSTASH_REDIS_REST_URL: cloud.redisUrl,
    UPSTASH_REDIS_REST_TOKEN: 'local',
    VENDOR_GATEWAY: cloud.simulatorsUrl,
  }
  return createDeps({ ...vars, ...more } as unknown as Env, { waitUntil: () => {} })
}

/** What `wrangler.toml` says of the bindings that the neighbours need. */
interface Kept {
  readonly compatibilityDate: string
  readonly r2Buckets: Record<string, { id: string }>
  readonly images: { binding: string }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Miniflare listens to signals, and would end the process before its other parts have stopped. */
async function withOwnListeners<T>(start: () => Promise<T>): Promise<T> {
  const own = SIGNALS.map((signal) => [signal, process.listeners(signal)] as const)
  const started = await start()
  for (const [signal, listeners] of own) {
    process.removeAllListeners(signal)
    for (const listener of listeners) process.on(signal, listener)
  }
  return started
}

/** The same with the R2 bucket and the image service that `wrangler dev --persist-to` will use. They must be disposed of before it starts. */
export async function openDeps(cloud: Addresses, persistTo: string): Promise<{ deps: Deps; dispose: () => Promise<void> }> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions('wrangler.toml')
  const { r2Buckets, images, compatibilityDate } = workerOptions as unknown as Kept
  const { miniflare, bindings } = await withOwnListeners(async () => {
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        name: 'neighbourhood',
        modules: [{ type: 'ESModule', path: 'index.js', contents: 'export default {}' }],
        compatibilityDate,
        r2Buckets,
        images,
        // wrangler keeps its data there.
        resourcePersistencePath: `${persistTo}/v3`,
        // Without this, Miniflare asks Cloudflare where this machine is.
        cf: false,
        telemetry: { enabled: false },
      }),
    )
    return { miniflare, bindings: await miniflare.getBindings<Bindings>() }
  })
  return { deps: depsWithoutBindings(cloud, bindings), dispose: () => miniflare.dispose() }
}
