import { sql } from 'drizzle-orm'
import { bigint, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { titles } from './titles.ts'
import { users } from './users.ts'
import { walks } from './walks.ts'

const ofUser = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

export const grades = pgTable('grades', {
  level: integer().primaryKey(),
  name: text().notNull(),
  icon: text().notNull(),
  required_m: bigint({ mode: 'number' }).notNull(),
})

export const userGrades = pgTable(
  'user_grades',
  {
    user_id: ofUser(),
    level: integer()
      .notNull()
      .references(() => grades.level),
    reached_at: timestamptz().notNull(),
    walk_id: uuid().references(() => walks.id, { onDelete: 'set null' }),
  },
  (table) => [
    primaryKey({ name: 'user_grades_pkey', columns: [table.user_id, table.level] }),
    index('user_grades_level').on(table.level),
    index('user_grades_walk')
      .on(table.walk_id)
      .where(sql`walk_id IS NOT NULL`),
  ],
)

export const userTitles = pgTable(
  'user_titles',
  {
    user_id: ofUser(),
    title_code: text()
      .notNull()
      .references(() => titles.code),
    unlocked_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'user_titles_pkey', columns: [table.user_id, table.title_code] }),
    index('user_titles_title').on(table.title_code),
  ],
)
