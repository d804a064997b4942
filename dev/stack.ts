import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

export interface CloudOptions {
  /** A real server instead of the embedded one. */
  databaseUrl?: string | undefined
  redisUrl?: string | undefined
  /** The folder that keeps the embedded database. Without it the database is forgotten at the end. */
  folder?: string
  /** 0 is any free port, and so is a port that is left out. */
  ports?: { postgres?: number; neon?: number; redis?: number; simulators?: number }
  /** Where the Worker listens, for the vendors' notices to it. */
  workerUrl?: string
  /** Migrates and seeds, before anything can ask the database. A new embedded one is migrated and seeded as it is. */
  prepare?: (databaseUrl: string) => Promise<void>
}

export interface Cloud {
  databaseUrl: string
  neonEndpoint: string
  redisUrl: string
  simulatorsUrl: string
  stop(): Promise<void>
}

/** Runs on this machine, in a thread of its own, everything that the Worker reaches over a network. `npm run dev` and the tests use the same. */
export async function startCloud({ prepare, ...options }: CloudOptions = {}): Promise<Cloud> {
  const thread = new Worker(fileURLToPath(new URL('./cloud-thread.ts', import.meta.url).href), { workerData: options })
  const exited = once(thread, 'exit')
  const failed = new Promise<never>((_, reject) => {
    thread.once('error', reject)
    thread.once('exit', () => reject(new Error('it ended while starting')))
  })
  const hear = async <T>() => (await Promise.race([once(thread, 'message'), failed]))[0] as T
  try {
    const { databaseUrl } = await hear<Pick<Cloud, 'databaseUrl'>>()
    await prepare?.(databaseUrl)
    thread.postMessage('prepared')
    const urls = await hear<Omit<Cloud, 'databaseUrl' | 'stop'>>()
    failed.catch(() => {})
    thread.on('error', (error) => {
      throw error
    })
    return {
      databaseUrl,
      ...urls,
      async stop() {
        thread.postMessage('stop')
        await Promise.race([exited, sleep(5_000, undefined, { ref: false })])
        await thread.terminate()
      },
    }
  } catch (error) {
    await thread.terminate()
    throw error
  }
}
