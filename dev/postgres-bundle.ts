import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** What is made once for the embedded Postgres and used at every start. */
export const CACHE = 'node_modules/.cache/postgres'
/** What this project needs of the PostGIS package. Rasters, topology and upgrades are most of it, and cost seconds at every start. */
const POSTGIS = ['lib/postgresql/postgis-3.so', 'share/proj', 'share/postgresql/extension/postgis.control']

/** PostGIS alone, out of the package that holds much more. */
export function slimPostgis(): string {
  const file = join(CACHE, `postgis-${versionOf('@electric-sql/pglite-postgis')}.tar.gz`)
  if (existsSync(file)) return file
  const folder = temporaryFolder()
  const whole = join(packageFolder('@electric-sql/pglite-postgis'), 'dist/postgis.tar.gz')
  tar('-xzf', whole, '-C', folder, ...POSTGIS)
  const control = readFileSync(join(folder, POSTGIS.at(-1)!), 'utf8')
  const version = /default_version = '([^']+)'/.exec(control)![1]!
  tar('-xzf', whole, '-C', folder, `share/postgresql/extension/postgis--${version}.sql`)
  tar('-czf', `${folder}.tar.gz`, '-C', folder, 'lib', 'share')
  renameSync(`${folder}.tar.gz`, file)
  rmSync(folder, { recursive: true })
  return file
}

function tar(...args: string[]) {
  const { status, stderr, error } = spawnSync('tar', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`tar fails: ${error?.message ?? stderr}`)
}

/** Two runs may begin at once: each works in a folder of its own, and the last step is a rename. */
export function temporaryFolder(): string {
  mkdirSync(CACHE, { recursive: true })
  return mkdtempSync(join(CACHE, 'unfinished-'))
}

export function versionOf(name: string): string {
  return (JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8')) as { version: string }).version
}

function packageFolder(name: string): string {
  const { resolve } = createRequire(import.meta.url)
  const entry = resolve(name)
  return entry.slice(0, entry.lastIndexOf(name) + name.length)
}
