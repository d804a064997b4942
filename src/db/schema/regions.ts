import { sql } from 'drizzle-orm'
import { type AnyPgColumn, index, integer, pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
import { geographyPoint } from './columns.ts'

export const regionLevel = pgEnum('region_level', ['sido', 'sigungu', 'dong'])

export const regions = pgTable(
  'regions',
  {
    code: text().primaryKey(),
    level: regionLevel().notNull(),
    parent_code: text().references((): AnyPgColumn => regions.code),
    sido: text().notNull(),
    sigungu: text().notNull().default(''),
    dong: text().notNull().default(''),
    center: geographyPoint().notNull(),
    kma_nx: integer(),
    kma_ny: integer(),
  },
  (table) => [
    index('regions_parent').on(table.parent_code),
    index('regions_sigungu_center')
      .using('gist', table.center)
      .where(sql`level = 'sigungu'`),
  ],
)

export const regionAliases = pgTable('region_aliases', {
  old_prefix: text().primaryKey(),
  new_prefix: text().notNull(),
  note: text().notNull().default(''),
})

export const sidoAliases = pgTable('sido_aliases', {
  alias: text().primaryKey(),
  sido: text().notNull(),
})
