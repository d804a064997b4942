import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { createTestDeps } from '../support/api.ts'

// Without one, whoever deletes the row that is pointed at reads the whole table that points.
it('every foreign key has an index that begins with its columns', async () => {
  const { rows } = await createTestDeps().db.execute<{ name: string; is_indexed: boolean }>(sql`
    SELECT conrelid::regclass || ' (' || (
             SELECT string_agg(attname, ', ' ORDER BY position)
             FROM unnest(conkey) WITH ORDINALITY AS key (attnum, position)
             JOIN pg_attribute ON attrelid = conrelid AND pg_attribute.attnum = key.attnum
           ) || ')' AS name,
           EXISTS (
             SELECT 1
             FROM pg_index
             WHERE indrelid = conrelid
               AND indisvalid
               AND (indkey::int2[])[0:cardinality(conkey) - 1] @> conkey
               AND (
                 indpred IS NULL
                 -- One over the rows that point at something leaves nothing out.
                 OR cardinality(conkey) = 1 AND pg_get_expr(indpred, indrelid) = (
                   SELECT '(' || quote_ident(attname) || ' IS NOT NULL)' FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]
                 )
               )
           ) AS is_indexed
    FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace
    ORDER BY name`)
  expect(rows.length).toBeGreaterThan(20)
  expect(rows.filter(({ is_indexed }) => !is_indexed).map(({ name }) => name)).toEqual([])
})
