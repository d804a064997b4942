import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { createDeps, type Deps } from '../../src/deps.ts'
import { workerVars } from '../credentials.ts'
import type { Cloud } from '../stack.ts'

type Addresses = Pick<Cloud, 'neonEndpoint' | 'redisUrl' | 'simulatorsUrl'>
type Bindings = Pick<Env, 'BUCKET' | 'IMAGES'>

/** The Worker's own dependencies in this process, without its bindings. */
export function depsWithoutBindings(cloud: Addresses, bindings: Partial<Bindings> = {}): Deps {
  const vars = {
    ...workerVars,
    ENVIRONMENT: 'development',
    DATABASE_URL: 'postgres://app:app@db.localtest.me/app',
    NEON_ENDPOINT: cloud.neonEndpoint,
    UPSTASH_REDIS_REST_URL: cloud.redisUrl,
    UPSTASH_REDIS_REST_TOKEN: 'local',
    VENDOR_GATEWAY: cloud.simulatorsUrl,
  }
  return createDeps({ ...vars, ...bindings } as unknown as Env, { waitUntil: () => {} })
}

/** The same with the R2 bucket and the image service that `wrangler dev --persist-to` will use. They must be disposed of before it starts. */
export async function openDeps(cloud: Addresses, persistTo: string): Promise<{ deps: Deps; dispose: () => Promise<void> }> {
  const { r2Buckets, images, compatibilityDate } = unstable_getMiniflareWorkerOptions('wrangler.toml').workerOptions
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: 'neighbourhood',
      modules: [{ type: 'ESModule', path: 'index.js', contents: 'export default {}' }],
      ...(compatibilityDate && { compatibilityDate }),
      ...(r2Buckets && { r2Buckets }),
      ...(images && { images }),
      // wrangler keeps its data there.
      resourcePersistencePath: `${persistTo}/v3`,
      // Without this, Miniflare asks Cloudflare where this machine is.
      cf: false,
      telemetry: { enabled: false },
    }),
  )
  return { deps: depsWithoutBindings(cloud, await miniflare.getBindings<Bindings>()), dispose: () => miniflare.dispose() }
}
