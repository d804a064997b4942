import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Duplex } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { type Extension, PGlite } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { postgis } from '@electric-sql/pglite-postgis'
import { servePglite } from './pglite-server.ts'
import { slimPostgis } from './postgres-bundle.ts'

export interface EmbeddedPostgresOptions {
  port?: number
  /** The folder that keeps the database. Without it the database is forgotten at the end. */
  folder?: string
  /** Finds the dump from which a new database starts. */
  template?: () => Promise<string>
}

export interface EmbeddedPostgres {
  url: string
  /** A connection without a network, for code in the same thread. */
  connect(): Duplex
  /** Writes everything that it holds to a file, from which another database can start. */
  dump(file: string): Promise<void>
  stop(): Promise<void>
}

/**
 * Postgres with PostGIS and btree_gist inside this process, reachable by any Postgres client. Its queries (and its first start, for seconds) block the
 * thread they run on.
 */
export async function startEmbeddedPostgres({ port = 0, folder, template }: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  if (folder) prepareFolder(folder)
  const dump = template && !(folder && existsSync(folder)) && (await template())
  const bundlePath = pathToFileURL(slimPostgis())
  const slim: Extension = { ...postgis, setup: async (db, options) => ({ ...(await postgis.setup(db, options)), bundlePath }) }
  const db = await PGlite.create({
    ...(folder && { dataDir: folder }),
    ...(dump && { loadDataDir: new File([readFileSync(dump)], 'template.tar') }),
    // Small log segments, because a dump holds several of them.
    initDbStartParams: ['--wal-segsize=1'],
    extensions: { postgis: slim, btree_gist },
    relaxedDurability: true,
  }).catch((error: Error) => {
    const hint = folder ? `; \`npm run dev -- --fresh\` starts over without what ${folder} holds` : ''
    throw new Error(`the embedded Postgres does not start (${firstLine(error)})${hint}`)
  })
  const server = await servePglite(db, port)
  if (folder) writeFileSync(marker(folder), '')
  return {
    url: `postgres://postgres@127.0.0.1:${server.port}/postgres`,
    connect: server.connect,
    async dump(file) {
      // A database that starts from the dump then has nothing to recover.
      await db.exec('CHECKPOINT')
      writeFileSync(file, Buffer.from(await (await db.dumpDataDir('none')).arrayBuffer()))
    },
    async stop() {
      await server.stop()
      await db.close()
    },
  }
}

const marker = (folder: string) => `${folder}.started`

/** A folder whose first start never finished holds half a database, and nobody's data. */
function prepareFolder(folder: string) {
  if (existsSync(folder) && !existsSync(marker(folder))) rmSync(folder, { recursive: true })
  mkdirSync(dirname(folder), { recursive: true })
}

function firstLine(error: Error): string {
  return String(error.message || error).split('\n')[0]!
}
