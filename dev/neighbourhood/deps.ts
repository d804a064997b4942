import { getPlatformProxy } from 'wrangler'
import { createDeps, type Deps } from '../../src/deps.ts'
import { workerVars } from '../credentials.ts'
import type { Cloud } from '../stack.ts'

type Addresses = Pick<Cloud, 'neonEndpoint' | 'redisUrl' | 'simulatorsUrl'>

/** The Worker's own dependencies in this process, without its bindings. */
export function depsWithoutBindings(cloud: Addresses, bindings: Partial<Env> = {}): Deps {
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

/** The same with the R2 bucket and the image service that `wrangler dev --persist-to` will use. They must be disposed before it starts. */
export async function openDeps(cloud: Addresses, persistTo: string): Promise<{ deps: Deps; dispose: () => Promise<void> }> {
  const { env, dispose } = await getPlatformProxy<Env>({
    configPath: 'wrangler.toml',
    envFiles: [],
    remoteBindings: false,
    persist: { path: `${persistTo}/v3` },
  })
  return { deps: depsWithoutBindings(cloud, { BUCKET: env.BUCKET, IMAGES: env.IMAGES }), dispose }
}
