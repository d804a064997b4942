import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { PostgresWorkerData } from './postgres-worker.ts'
import { slimPostgis } from './postgres-bundle.ts'

export interface EmbeddedPostgres {
  url: string
  /** Writes everything it holds to a file, which another can start from. */
  dump(file: string): Promise<void>
  stop(): Promise<void>
}

/**
 * Postgres with PostGIS and btree_gist inside this process, reachable by any Postgres client. `folder` keeps it; without one it is
 * forgotten. A new database begins as the `template`, a dump, where there is one. It runs in a thread of its own, because its queries (and its first start, for seconds) block the thread they run on.
 */
export async function startEmbeddedPostgres({
  port = 0,
  folder,
  template,
}: Omit<Partial<PostgresWorkerData>, 'postgisBundle'> = {}): Promise<EmbeddedPostgres> {
  if (folder) prepareFolder(folder)
  const isNew = !folder || !existsSync(folder)
  const workerData: PostgresWorkerData = {
    port,
    postgisBundle: slimPostgis(),
    ...(folder && { folder }),
    ...(isNew && template && { template }),
  }
  const worker = new Worker(fileURLToPath(new URL('./postgres-worker.ts', import.meta.url).href), { workerData })
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const started = await new Promise<{ port: number }>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('it ended while starting')))
  }).catch((error: Error) => {
    const hint = folder ? `; \`npm run dev -- --fresh\` starts over without what ${folder} holds` : ''
    throw new Error(`the embedded Postgres does not start (${firstLine(error)})${hint}`)
  })
  worker.on('error', (error) => {
    throw error
  })
  if (folder) writeFileSync(marker(folder), '')
  return {
    url: `postgres://postgres@127.0.0.1:${started.port}/postgres`,
    async dump(file) {
      const dumped = once(worker, 'message')
      worker.postMessage({ dump: file })
      await dumped
    },
    async stop() {
      worker.postMessage('stop')
      await Promise.race([exited, sleep(5_000, undefined, { ref: false })])
      await worker.terminate()
    },
  }
}

const marker = (folder: string) => `${folder}.started`

/** A folder whose first start never finished holds half a database and nothing of anybody's. */
function prepareFolder(folder: string) {
  if (existsSync(folder) && !existsSync(marker(folder))) rmSync(folder, { recursive: true })
  mkdirSync(dirname(folder), { recursive: true })
}

function firstLine(error: Error): string {
  return String(error.message || error).split('\n')[0]!
}
