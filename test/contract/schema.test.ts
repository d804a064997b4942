import { is, SQL, sql } from 'drizzle-orm'
import { getTableConfig, isPgEnum, PgDialect, PgTable } from 'drizzle-orm/pg-core'
import { expect, it } from 'vitest'
import * as schema from '../../src/db/schema/index.ts'
import { createTestDeps } from '../support/api.ts'

const declared = Object.values(schema as Record<string, unknown>)
const tables = declared.filter((it) => it instanceof PgTable).map((table) => getTableConfig(table))
const enums = declared.filter((it) => isPgEnum(it))

const dialect = new PgDialect()

/** Tables that are neither an extension's nor the migrator's own records of what it applied. */
const OURS = sql`
  pg_class.relnamespace = 'public'::regnamespace
  AND pg_class.relkind IN ('r', 'p')
  AND pg_class.relname NOT IN ('schema_migrations', 'schema_functions')
  AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')`

/** What differs, a line a name; empty where migrations and schema say the same. */
function differences(migrated: Map<string, string>, described: Map<string, string>): string[] {
  return [...new Set([...migrated.keys(), ...described.keys()])]
    .filter((name) => migrated.get(name) !== described.get(name))
    .map((name) => `${name}: migrations say ${migrated.get(name) ?? 'nothing'}, src/db/schema says ${described.get(name) ?? 'nothing'}`)
    .toSorted()
}

/** `statement` selects name and what is so named. */
async function readCatalog(statement: SQL): Promise<Map<string, string>> {
  const { rows } = await createTestDeps().db.execute<{ name: string; value: string }>(statement)
  expect(rows).not.toHaveLength(0)
  return new Map(rows.map(({ name, value }) => [name, value]))
}

it('every column has the type, the nullability and the default that the migrations give it', async () => {
  const migrated = await readCatalog(sql`
    SELECT pg_class.relname || '.' || attname AS name,
           format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END || CASE WHEN atthasdef AND attgenerated = '' OR attidentity <> '' THEN ' DEFAULT' ELSE '' END AS value
    FROM pg_attribute
    JOIN pg_class ON pg_class.oid = pg_attribute.attrelid
    WHERE ${OURS} AND attnum > 0 AND NOT attisdropped`)
  const described = tables.flatMap(({ name, columns }) =>
    columns.map((column): [string, string] => [
      `${name}.${column.name}`,
      `${column.getSQLType().replaceAll(', ', ',')}${column.notNull ? ' NOT NULL' : ''}${column.hasDefault ? ' DEFAULT' : ''}`,
    ]),
  )
  expect(differences(migrated, new Map(described))).toEqual([])
})

it('a column is called the same in TypeScript as in SQL', () => {
  const renamed = declared
    .filter((it) => it instanceof PgTable)
    .flatMap((table) =>
      getTableConfig(table)
        .columns.filter((column) => (table as unknown as Record<string, unknown>)[column.name] !== column)
        .map((column) => `${getTableConfig(table).name}.${column.name}`),
    )
  expect(renamed).toEqual([])
})

it('every table has the primary key that the migrations give it', async () => {
  const migrated = await readCatalog(sql`
    SELECT pg_class.relname AS name, string_agg(attname, ', ' ORDER BY place) AS value
    FROM pg_constraint
    JOIN pg_class ON pg_class.oid = pg_constraint.conrelid
    CROSS JOIN unnest(conkey) WITH ORDINALITY AS keyed (attnum, place)
    JOIN pg_attribute ON pg_attribute.attrelid = pg_class.oid AND pg_attribute.attnum = keyed.attnum
    WHERE ${OURS} AND contype = 'p'
    GROUP BY pg_class.relname`)
  const described = tables.map(({ name, columns, primaryKeys }): [string, string] => [
    name,
    (primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary)).map((column) => column.name).join(', '),
  ])
  expect(differences(migrated, new Map(described))).toEqual([])
})

it('every foreign key refers to what the migrations say, and does the same on delete', async () => {
  const migrated = await readCatalog(sql`
    SELECT pg_class.relname || '.' || attname AS name,
           confrelid::regclass || CASE confdeltype WHEN 'a' THEN ' no action' WHEN 'c' THEN ' cascade' WHEN 'n' THEN ' set null' ELSE ' other' END AS value
    FROM pg_constraint
    JOIN pg_class ON pg_class.oid = pg_constraint.conrelid
    CROSS JOIN unnest(conkey) AS keyed (attnum)
    JOIN pg_attribute ON pg_attribute.attrelid = pg_class.oid AND pg_attribute.attnum = keyed.attnum
    WHERE ${OURS} AND contype = 'f'`)
  const described = tables.flatMap(({ name, foreignKeys }) =>
    foreignKeys.flatMap((key) => {
      const { columns, foreignTable } = key.reference()
      return columns.map((column): [string, string] => [
        `${name}.${column.name}`,
        `${getTableConfig(foreignTable).name} ${key.onDelete ?? 'no action'}`,
      ])
    }),
  )
  expect(differences(migrated, new Map(described))).toEqual([])
})

it('every index stands in both over the same keys, unique or partial in both or in neither', async () => {
  const migrated = await readCatalog(sql`
    SELECT pg_class.relname || '.' || named.relname AS name,
           CASE WHEN indisunique THEN 'unique ' ELSE '' END || CASE WHEN indpred IS NOT NULL THEN 'partial ' ELSE '' END
             || string_agg(pg_get_indexdef(indexrelid, place, true), ', ' ORDER BY place) AS value
    FROM pg_index
    JOIN pg_class ON pg_class.oid = pg_index.indrelid
    JOIN pg_class AS named ON named.oid = pg_index.indexrelid
    CROSS JOIN generate_series(1, indnkeyatts) AS place
    WHERE ${OURS} AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'x'))
    GROUP BY pg_class.relname, named.relname, indisunique, indpred IS NOT NULL`)
  const described = tables.flatMap(({ name, indexes }) =>
    indexes.map(({ config: { name: indexName = 'unnamed', unique, where, columns } }): [string, string] => {
      const keys = columns.map((key) => (is(key, SQL) ? dialect.sqlToQuery(key).sql : 'name' in key ? key.name : ''))
      return [`${name}.${indexName}`, `${unique ? 'unique ' : ''}${where ? 'partial ' : ''}${keys.join(', ')}`]
    }),
  )
  expect(differences(migrated, new Map(described))).toEqual([])
})

it('every enum has the values that the migrations give it, in their order', async () => {
  const migrated = await readCatalog(sql`
    SELECT typname AS name, string_agg(enumlabel, ', ' ORDER BY enumsortorder) AS value
    FROM pg_enum
    JOIN pg_type ON pg_type.oid = pg_enum.enumtypid
    WHERE typnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_type'::regclass AND objid = pg_type.oid AND deptype = 'e')
    GROUP BY typname`)
  expect(differences(migrated, new Map(enums.map(({ enumName, enumValues }) => [enumName, enumValues.join(', ')])))).toEqual([])
})
