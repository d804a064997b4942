import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FUNCTIONS, migrate } from './migrate.ts'
import { CACHE, temporaryFolder, versionOf } from './postgres-bundle.ts'
import { startEmbeddedPostgres } from './postgres.ts'
import { seed } from './seed.ts'

/** What decides the content of a freshly migrated and seeded database, and how it is stored. */
export const TEMPLATE_SOURCES = ['migrations/**/*.sql', FUNCTIONS, 'seeds/**/*', 'dev/migrate.ts', 'dev/seed.ts', 'dev/postgres*.ts']
const PACKAGES = ['@electric-sql/pglite', '@electric-sql/pglite-postgis']
/** The embedded database, migrated and seeded, as a file to start from. It is made anew when a migration, function, seed or version changes. */
export async function embeddedTemplate(): Promise<string> {
  const file = join(CACHE, `${sourcesHash()}.tar`)
  if (existsSync(file)) return file
  const unfinished = join(temporaryFolder(), 'template.tar')
  const postgres = await startEmbeddedPostgres()
  try {
    await migrate(postgres.url)
    await seed(postgres.url)
    await postgres.dump(unfinished)
  } finally {
    await postgres.stop()
  }
  for (const old of globSync(`${CACHE}/*.tar`)) rmSync(old, { force: true })
  renameSync(unfinished, file)
  rmSync(dirname(unfinished), { recursive: true })
  return file
}

function sourcesHash(): string {
  const hash = createHash('sha256')
  for (const file of TEMPLATE_SOURCES.flatMap((pattern) => globSync(pattern).toSorted()))
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0')
  for (const name of PACKAGES) hash.update(versionOf(name))
  return hash.digest('hex').slice(0, 16)
}
