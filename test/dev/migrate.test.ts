import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { migrate } from '../../dev/migrate.ts'
import { startEmbeddedPostgres } from '../../dev/postgres.ts'

let url: string
let client: pg.Client
const stops: (() => Promise<unknown>)[] = []

/** A database of this file's own: on the server at TEST_DATABASE_URL, else an embedded one. */
beforeAll(async () => {
  const server = process.env.TEST_DATABASE_URL
  if (server) {
    const name = `migrate_${Date.now()}_${process.pid}`
    const admin = new pg.Client(server)
    await admin.connect()
    stops.push(() => admin.end())
    await admin.query(`CREATE DATABASE ${name}`)
    stops.push(() => admin.query(`DROP DATABASE ${name} WITH (FORCE)`))
    url = Object.assign(new URL(server), { pathname: name }).href
  } else {
    const embedded = await startEmbeddedPostgres()
    stops.push(embedded.stop)
    url = embedded.url
  }
  client = new pg.Client(url)
  await client.connect()
  stops.push(() => client.end())
})
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop()
})
/** Extensions stand in `public` too, and go with it. */
beforeEach(async () => {
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
})

async function rowsOf<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
  return (await client.query<Row>(statement)).rows
}

/** A project's folder with these files. */
function project(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-'))
  stops.push(async () => rmSync(folder, { recursive: true }))
  const write = (more: Record<string, string>) => {
    for (const [path, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
  }
  write(files)
  return { run: () => migrate(url, folder), write, remove: (path: string) => rmSync(join(folder, path)) }
}

describe('a database of the days when functions stood in migrations', () => {
  const LAST_OF_THOSE = '0011'

  /** As the migrator of those days left it: numbered files in their order, and no table of functions. */
  async function makeLanded() {
    await client.query('CREATE TABLE schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())')
    const names = readdirSync('migrations').filter((name) => name.endsWith('.sql') && name.slice(0, 4) <= LAST_OF_THOSE)
    for (const name of names.toSorted()) {
      await client.query(`BEGIN; ${readFileSync(`migrations/${name}`, 'utf8')}; COMMIT`)
      await client.query('INSERT INTO schema_migrations (name) VALUES ($1)', [name])
    }
    return names
  }

  /** All that is ours in `public`, a line each. */
  async function describeSchema(): Promise<string[]> {
    const isOurs = (catalog: string, oid: string) =>
      `NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = '${catalog}'::regclass AND objid = ${oid} AND deptype = 'e')`
    const rows = await rowsOf<{ line: string }>(`
      WITH relation AS (
        SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND ${isOurs('pg_class', 'pg_class.oid')}
      )
      SELECT concat_ws(' ', 'column', relname, attnum, attname, format_type(atttypid, atttypmod), attnotnull, attgenerated, attcollation::regcollation,
                       pg_get_expr(adbin, adrelid)) AS line
      FROM relation
      JOIN pg_attribute ON attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
      UNION ALL
      SELECT 'index ' || pg_get_indexdef(indexrelid) FROM pg_index JOIN relation ON relation.oid = indrelid
      UNION ALL
      SELECT concat_ws(' ', 'constraint', relname, conname, pg_get_constraintdef(pg_constraint.oid)) FROM pg_constraint JOIN relation ON relation.oid = conrelid
      UNION ALL
      SELECT 'trigger ' || pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN relation ON relation.oid = tgrelid WHERE NOT tgisinternal
      UNION ALL
      SELECT concat_ws(' ', 'enum', enumtypid::regtype, enumsortorder, enumlabel)
      FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid WHERE typnamespace = 'public'::regnamespace AND ${isOurs('pg_type', 'pg_type.oid')}
      UNION ALL
      SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND ${isOurs('pg_proc', 'pg_proc.oid')}
      UNION ALL
      SELECT 'migration ' || name FROM schema_migrations
      UNION ALL
      SELECT concat_ws(' ', 'function file', name, hash) FROM schema_functions
      ORDER BY 1`)
    return rows.map(({ line }) => line)
  }

  it('becomes what a new database is, and then has nothing left to apply', async () => {
    const landed = await makeLanded()
    expect(landed).toHaveLength(11)
    const applied = await migrate(url)
    expect(applied.filter((name) => landed.includes(name))).toEqual([])
    const migrated = await describeSchema()
    expect(await migrate(url)).toEqual([])

    await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
    expect(await migrate(url)).toEqual([...landed.toSorted(), ...applied])
    const made = await describeSchema()
    expect(made.filter((line) => line.startsWith('function ')).length).toBeGreaterThan(50)
    expect(made.filter((line) => line.startsWith('column ')).length).toBeGreaterThan(200)
    expect(migrated).toEqual(made)
  })

  it('keeps what its owners said of their pets’ weight', async () => {
    await makeLanded()
    const [user, known, unknown] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
    await client.query(`
      INSERT INTO users (id, nickname, created_at) VALUES ('${user}', '초코네', now());
      INSERT INTO pets (id, user_id, name, species, weight_kg, request_hash, created_at)
      VALUES ('${known}', '${user}', '초코', 'dog', 5.2, '', now()), ('${unknown}', '${user}', '보리', 'dog', NULL, '', now())`)
    await migrate(url)
    expect(await rowsOf(`SELECT id, stated_weight_kg::float8 AS kg FROM pets ORDER BY name DESC`)).toEqual([
      { id: known, kg: 5.2 },
      { id: unknown, kg: null },
    ])
  })
})

describe('function files', () => {
  const A = 'src/modules/walks/functions/a.sql'
  const B = 'src/db/functions/b.sql'
  const answering = (name: string, expression: string, first = '') =>
    `${first}CREATE OR REPLACE FUNCTION ${name}() RETURNS int\nLANGUAGE sql AS $$\n  SELECT ${expression}\n$$;\n`
  const answerOf = async (name: string) => (await rowsOf<{ answer: number }>(`SELECT ${name}() AS answer`))[0]?.answer
  const known = async () => (await rowsOf<{ name: string }>('SELECT name FROM schema_functions ORDER BY name')).map(({ name }) => name)
  const FILES = {
    'migrations/0001_table.sql': 'CREATE TABLE found (value int);\n',
    // Calls what is applied after it.
    [A]: answering('a', 'b() + 1'),
    [B]: answering('b', '1'),
    'migrations/after/0002_fill.sql': 'INSERT INTO found SELECT a();\n',
  }

  it('are applied after the numbered files and before what needs them, each once', async () => {
    const { run } = project(FILES)
    expect(await run()).toEqual(['0001_table.sql', 'b.sql', 'a.sql', '0002_fill.sql'])
    expect(await rowsOf('SELECT value FROM found')).toEqual([{ value: 2 }])
    expect(await run()).toEqual([])
  })

  it('are applied once by runners that meet', async () => {
    const { run } = project(FILES)
    const applied = await Promise.all([run(), run(), run()])
    expect(applied.flat().toSorted()).toEqual(['0001_table.sql', '0002_fill.sql', 'a.sql', 'b.sql'])
    expect(await rowsOf('SELECT value FROM found')).toEqual([{ value: 2 }])
  })

  it('are applied again where they changed, and only those', async () => {
    const { run, write } = project(FILES)
    await run()
    write({ [B]: answering('b', '10') })
    expect(await run()).toEqual(['b.sql'])
    expect(await answerOf('a')).toBe(11)
    expect(await run()).toEqual([])
  })

  it.each([
    ['a word that is none', answering('b', '1 +'), 4, /syntax error/],
    ['a function that is not there', answering('b', 'missing()'), 3, /missing\(\) does not exist/],
    ['a column that is not there', `${answering('b', '1')}\nSELECT missing FROM found;\n`, 6, /missing/],
    ['another type than before', answering('b', '1').replace('RETURNS int', 'RETURNS text'), 1, /return type/],
  ])('that hold %s are named with the line, and nothing of that run stays', async (_, broken, line, message) => {
    const { run, write } = project(FILES)
    await run()
    write({ [A]: answering('a', 'b() + 5'), [B]: broken })
    const error = await run().catch((caught: Error) => caught)
    expect(error).toMatchObject({ message: expect.stringMatching(message) })
    expect((error as Error).message.split(' ')[0]).toBe(`${B}:${line}:`)
    expect([await answerOf('a'), await answerOf('b')]).toEqual([2, 1])
    write({ [B]: answering('b', '2') })
    expect(await run()).toEqual(['b.sql', 'a.sql'])
    expect(await answerOf('a')).toBe(7)
  })

  it('that are frozen are never changed', async () => {
    const { run, write } = project({ ...FILES, [B]: answering('b', '1', '-- frozen: an index holds it\n') })
    await run()
    write({ [A]: answering('a', 'b() + 5'), [B]: answering('b', '2', '-- frozen: an index holds it\n') })
    await expect(run()).rejects.toThrow(`${B}:1: what this function answered is stored`)
    expect([await answerOf('a'), await answerOf('b')]).toEqual([2, 1])
  })

  it('that are gone are forgotten, so that they are applied when they come back', async () => {
    const { run, write, remove } = project(FILES)
    await run()
    remove(A)
    expect(await run()).toEqual([])
    expect(await known()).toEqual(['b.sql'])
    write({ [A]: answering('a', 'b() + 1') })
    expect(await run()).toEqual(['a.sql'])
    expect(await known()).toEqual(['a.sql', 'b.sql'])
  })
})
