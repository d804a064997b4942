import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgEnum, pgTable, primaryKey, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'
import { walks } from './walks.ts'

export const importKind = pgEnum('import_kind', ['withbowwow', 'files'])
export const importState = pgEnum('import_state', ['waiting', 'running', 'done', 'failed'])
export const importFileState = pgEnum('import_file_state', ['waiting', 'imported', 'duplicate', 'skipped', 'failed'])

export const imports = pgTable(
  'imports',
  {
    id: uuid().primaryKey(),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    request_hash: text().notNull(),
    kind: importKind().notNull(),
    /** `waiting` for the file. */
    state: importState().notNull(),
    reason: text(),
    name: text(),
    options: jsonb().notNull(),
    created_at: timestamptz().notNull(),
    /** Of the file in R2, until the import is over. */
    object_key: text(),
    bytes: bigint({ mode: 'number' }),
    /** How many parts of the job are over. */
    part: integer().notNull().default(0),
    cursor: jsonb(),
    report: jsonb(),
    touched_at: timestamptz().notNull(),
    finished_at: timestamptz(),
  },
  (table) => [
    index('imports_user').on(table.user_id, table.created_at.desc().nullsFirst(), table.id.desc().nullsFirst()),
    uniqueIndex('imports_one_running')
      .on(table.user_id)
      .where(sql`state = 'running'`),
    index('imports_open')
      .on(table.touched_at)
      .where(sql`state IN ('waiting', 'running')`),
  ],
)

/** A file of an import, or one track of it. */
export const importFiles = pgTable(
  'import_files',
  {
    import_id: uuid()
      .notNull()
      .references(() => imports.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
    track: smallint().notNull().default(0),
    name: text().notNull(),
    state: importFileState().notNull(),
    reason: text(),
    walk_id: uuid().references(() => walks.id, { onDelete: 'set null' }),
    entry: jsonb(),
    attempts: smallint().notNull().default(0),
  },
  (table) => [
    primaryKey({ name: 'import_files_pkey', columns: [table.import_id, table.position, table.track] }),
    index('import_files_walk')
      .on(table.walk_id)
      .where(sql`walk_id IS NOT NULL`),
  ],
)
