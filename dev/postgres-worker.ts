import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite, type Extension } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { postgis } from '@electric-sql/pglite-postgis'
import { servePglite } from './pglite-server.ts'

export interface PostgresWorkerData {
  port: number
  /** PostGIS without what this project does not use. */
  postgisBundle: string
  folder?: string
  /** A dump to start from. */
  template?: string
}

const { port, folder, template, postgisBundle } = workerData as PostgresWorkerData

const slimPostgis: Extension = {
  ...postgis,
  setup: async (db, options) => ({ ...(await postgis.setup(db, options)), bundlePath: pathToFileURL(postgisBundle) }),
}
const db = await PGlite.create({
  ...(folder && { dataDir: folder }),
  ...(template && { loadDataDir: new File([readFileSync(template)], 'template.tar') }),
  // Small log segments, because a dump holds several of them.
  initDbStartParams: ['--wal-segsize=1'],
  extensions: { postgis: slimPostgis, btree_gist },
  relaxedDurability: true,
})
const server = await servePglite(db, port)

parentPort?.on('message', (message: { dump: string } | 'stop') => void (message === 'stop' ? stop() : dump(message.dump)))
parentPort?.postMessage({ port: server.port })

async function dump(file: string) {
  // Whoever starts from the dump has nothing to recover.
  await db.exec('CHECKPOINT')
  writeFileSync(file, Buffer.from(await (await db.dumpDataDir('none')).arrayBuffer()))
  parentPort?.postMessage({ dumped: file })
}

async function stop() {
  await server.stop()
  await db.close()
  process.exit()
}
