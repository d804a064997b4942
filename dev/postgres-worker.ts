import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { postgis } from '@electric-sql/pglite-postgis'
import { servePglite } from './pglite-server.ts'

const { port, folder } = workerData as { port: number; folder?: string }

const db = await PGlite.create({ ...(folder && { dataDir: folder }), extensions: { postgis, btree_gist }, relaxedDurability: true })
const server = await servePglite(db, port)

parentPort?.on('message', () => void stop())
parentPort?.postMessage({ port: server.port })

async function stop() {
  await server.stop()
  await db.close()
  process.exit()
}
