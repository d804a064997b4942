import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgEnum, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'

const ofUser = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

export const exportState = pgEnum('export_state', ['running', 'ready', 'failed', 'gone'])

export const exports = pgTable(
  'exports',
  {
    id: uuid().primaryKey(),
    user_id: ofUser(),
    request_hash: text().notNull(),
    has_photos: boolean().notNull(),
    state: exportState().notNull().default('running'),
    created_at: timestamptz().notNull(),
    moved_at: timestamptz().notNull(),
    cursor: jsonb().notNull(),
    slice: integer().notNull().default(0),
    attempt: uuid(),
    lease_until: timestamptz(),
    /** `[{key, bytes}]`: objects that are the archive, one after the other. */
    pieces: jsonb().notNull().default([]),
    bytes: bigint({ mode: 'number' }).notNull().default(0),
    file_count: integer().notNull().default(0),
    missing_count: integer().notNull().default(0),
    percent: integer().notNull().default(0),
    failure: text(),
    ready_at: timestamptz(),
    expires_at: timestamptz(),
    emptied_at: timestamptz(),
  },
  (table) => [
    index('exports_user').on(table.user_id, table.created_at.desc().nullsFirst()),
    index('exports_unemptied')
      .on(table.created_at)
      .where(sql`emptied_at IS NULL`),
  ],
)

export const exportFiles = pgTable(
  'export_files',
  {
    export_id: uuid()
      .notNull()
      .references(() => exports.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
    name: text().notNull(),
    offset_bytes: bigint({ mode: 'number' }).notNull(),
    stored_bytes: bigint({ mode: 'number' }).notNull(),
    bytes: bigint({ mode: 'number' }).notNull(),
    is_deflated: boolean().notNull(),
    crc32: bigint({ mode: 'number' }).notNull(),
    sha256: text().notNull(),
    row_count: integer(),
  },
  (table) => [primaryKey({ name: 'export_files_pkey', columns: [table.export_id, table.position] })],
)

/** Rows of a restored archive that give no right and act on nobody. They stand in the person's next archive, and nowhere else. */
export const archivedRecords = pgTable(
  'archived_records',
  { user_id: ofUser(), part: text().notNull(), row_key: text().notNull(), content: text().notNull() },
  (table) => [primaryKey({ name: 'archived_records_pkey', columns: [table.user_id, table.part, table.row_key] })],
)

/** Who has restored archives of an account that is gone. */
export const archiveClaims = pgTable(
  'archive_claims',
  { owner_id: uuid().primaryKey(), user_id: ofUser(), claimed_at: timestamptz().notNull() },
  (table) => [index('archive_claims_user').on(table.user_id)],
)
