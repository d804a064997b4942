import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { convertV4MiniflareOptions, Miniflare, type V4ModuleDefinition } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { workerVars } from './credentials.ts'

const FOLDER = '.dev/bundle'
const NAME = 'worker'
const KINDS: Readonly<Record<string, V4ModuleDefinition['type']>> = {
  '.js': 'ESModule',
  '.wasm': 'CompiledWasm',
  '.bin': 'Data',
  '.txt': 'Text',
  '.html': 'Text',
  '.sql': 'Text',
}

export interface Module {
  readonly type: V4ModuleDefinition['type']
  readonly path: string
  readonly contents: Uint8Array<ArrayBuffer> | string
}

/** The files that `npm run deploy` would upload, `index.js` first. Nothing is sent anywhere. */
export async function buildBundle(): Promise<Module[]> {
  rmSync(FOLDER, { recursive: true, force: true })
  const args = ['node_modules/wrangler/bin/wrangler.js', 'deploy', '--dry-run', '--outdir', FOLDER, '--env', 'production']
  // Without this, wrangler's banner asks the registry for a newer version.
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' }
  await promisify(execFile)(process.execPath, args, { env })
  return readdirSync(FOLDER)
    .flatMap((path) => {
      const type = KINDS[extname(path)]
      return type ? [{ type, path, contents: new Uint8Array(readFileSync(join(FOLDER, path))) }] : []
    })
    .toSorted((a, b) => Number(b.path === 'index.js') - Number(a.path === 'index.js'))
}

export interface RunningWorker {
  /** Calls the Worker directly, without the Worker that Miniflare puts in front. */
  readonly url: string
  /** CPU time of its process so far, in milliseconds. Null where there is no /proc. */
  cpuMs(): number | null
  stop(): Promise<void>
}

/**
 * Runs modules as the Worker of `wrangler.toml` (development). The first module is the entry. There are no asset files, crons or queues. Durable Objects and
 * R2 are stored in the folder `storage`, or in a temporary one.
 */
export async function startWorker(modules: readonly Module[], vars: Record<string, string> = {}, storage?: string): Promise<RunningWorker> {
  const { assets: _, cronTriggers: __, queueConsumers: ___, ...options } = unstable_getMiniflareWorkerOptions('wrangler.toml').workerOptions
  const before = new Set(childrenNamed('workerd'))
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...options,
      name: NAME,
      // Without this, Miniflare asks Cloudflare where this machine is.
      cf: false,
      telemetry: { enabled: false },
      ...(storage && { resourcePersistencePath: storage }),
      handleStructuredLogs: () => {},
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
      modulesRoot: '/',
      modules: [...modules],
      bindings: {
        ENVIRONMENT: 'development',
        ...workerVars,
        DATABASE_URL: 'postgres://app:app@db.localtest.me/app',
        UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:1',
        UPSTASH_REDIS_REST_TOKEN: 'local',
        ...vars,
      },
    }),
  )
  try {
    await miniflare.ready
    const url = (await miniflare.unsafeGetDirectURL(NAME)).origin
    const pid = childrenNamed('workerd').find((it) => !before.has(it))
    return { url, cpuMs: () => (pid === undefined ? null : cpuMsOf(pid)), stop: () => miniflare.dispose() }
  } catch (error) {
    await miniflare.dispose().catch(() => {})
    throw error
  }
}

function childrenNamed(name: string): number[] {
  return list('/proc/self/task')
    .flatMap((thread) => (read(`/proc/self/task/${thread}/children`) ?? '').split(' '))
    .filter((pid) => pid && read(`/proc/${pid}/comm`)?.trim() === name)
    .map(Number)
}

/** Adds up the threads' times, which are in nanoseconds. The process's own time is only in hundredths of a second. workerd keeps its threads to its end. */
function cpuMsOf(pid: number): number {
  const threads = list(`/proc/${pid}/task`).map((thread) => read(`/proc/${pid}/task/${thread}/schedstat`) ?? '')
  return threads.reduce((sum, stat) => sum + Number(stat.split(' ')[0]), 0) / 1e6
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
