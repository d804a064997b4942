import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { runBatch } from '../../src/db/client.ts'
import { createTestDeps } from '../support/api.ts'

const files = import.meta.glob('../../src/**/functions/*.sql', { query: '?raw', import: 'default', eager: true })
const migrations = import.meta.glob('../../migrations/**/*.sql', { query: '?raw', import: 'default', eager: true })
const nameOf = (path: string) => path.split('/').at(-1)!.replace('.sql', '')

interface FunctionRow {
  readonly name: string
  readonly definition: string
}

/** The functions of a schema that no extension brought, as Postgres writes them down. */
const functionsOf = (schema: string) => sql<FunctionRow>`
  SELECT proname AS name, replace(pg_get_functiondef(oid), ${`${schema}.`}, '') AS definition
  FROM pg_proc
  WHERE pronamespace = ${schema}::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
  ORDER BY proname, definition`

describe('SQL functions', () => {
  it('stand one a file, named as the file', () => {
    for (const [path, text] of Object.entries(files)) {
      const names = [...text.matchAll(/CREATE OR REPLACE FUNCTION (\w+)/g)].map(([, name]) => name)
      expect(names, path).toStrictEqual([nameOf(path)])
    }
    const names = Object.keys(files).map(nameOf)
    expect(names).toHaveLength(new Set(names).size)
  })

  it('are in the database as the files say: none missing, none extra, the same text', async () => {
    const { db } = createTestDeps()
    const { written, migrated } = await runBatch(db, {
      schema: sql`CREATE SCHEMA scratch`,
      path: sql`SET LOCAL search_path = scratch, public`,
      bodies: sql`SET LOCAL check_function_bodies = off`,
      files: Object.values(files).map((text) => ({ applied: sql.raw(text) })),
      written: functionsOf('scratch'),
      migrated: functionsOf('public'),
      gone: sql`DROP SCHEMA scratch CASCADE`,
    })
    expect(written).toHaveLength(Object.keys(files).length)
    expect(migrated).toStrictEqual(written)
  })

  it('stand in no migration from 0012 on', () => {
    const later = Object.entries(migrations).filter(([path]) => path.includes('/after/') || nameOf(path) >= '0012')
    for (const [path, text] of later) expect(text, path).not.toMatch(/\bCREATE\s+(OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE)\b/i)
  })

  it('say that they are frozen where what they answer is stored', async () => {
    const { db } = createTestDeps()
    const { rows: stored } = await db.execute<{ name: string }>(sql`
      SELECT DISTINCT proname AS name
      FROM pg_depend
      JOIN pg_proc ON pg_proc.oid = refobjid AND pronamespace = 'public'::regnamespace
      WHERE refclassid = 'pg_proc'::regclass
        AND classid IN ('pg_class'::regclass, 'pg_attrdef'::regclass, 'pg_constraint'::regclass)
        AND NOT EXISTS (SELECT 1 FROM pg_depend own WHERE own.classid = 'pg_proc'::regclass AND own.objid = pg_proc.oid AND own.deptype = 'e')
      ORDER BY name`)
    const frozen = Object.entries(files).filter(([, text]) => text.startsWith('-- frozen:'))
    expect(stored.map(({ name }) => name)).toStrictEqual(frozen.map(([path]) => nameOf(path)).toSorted())
  })
})
