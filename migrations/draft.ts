import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'

/**
 * `npm run db:generate -- add_badges` drafts the next migration: what makes the tables of the last commit those of src/db/schema. `-- add_badges v1.2` compares
 * with another commit. Nothing is kept of a draft but the file, which is to be rewritten: it lacks `SET LOCAL lock_timeout`, CHECKs and exclusion constraints, it
 * quotes `"geography(…)"`, which has to go, and it names foreign keys its own way where ours carry PostgreSQL's names. A test compares what the migrations make
 * with src/db/schema, so that both say the same at every commit.
 */
const [name = 'draft', commit = 'HEAD'] = process.argv.slice(2)

const project = resolve(import.meta.dirname, '..')
const before = mkdtempSync(join(tmpdir(), 'schema-'))
try {
  const archive = execFileSync('git', ['archive', commit, 'src', 'package.json'], { cwd: project, maxBuffer: 2 ** 28 })
  execFileSync('tar', ['-x', '-C', before], { input: archive })
  symlinkSync(join(project, 'node_modules'), join(before, 'node_modules'))

  const statements = await generateMigration(await describe(before), await describe(project))
  if (statements.length === 0) {
    console.log(`src/db/schema is what it was at ${commit}; nothing is drafted.`)
  } else {
    const last = Math.max(...readdirSync(import.meta.dirname).map((file) => Number(/^(\d{4})_.*\.sql$/.exec(file)?.[1] ?? 0)))
    const draft = `${String(last + 1).padStart(4, '0')}_${name}.sql`
    writeFileSync(join(import.meta.dirname, draft), `${statements.join('\n')}\n`, { flag: 'wx' })
    console.log(`migrations/${draft}`)
  }
} finally {
  rmSync(before, { recursive: true })
}

async function describe(root: string) {
  const tables: Record<string, unknown> = await import(pathToFileURL(join(root, 'src/db/schema/index.ts')).href)
  return generateDrizzleJson(tables)
}
