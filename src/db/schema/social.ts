import { index, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'

const ofUser = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

export const blocks = pgTable('blocks', { blocker_id: ofUser(), blocked_id: ofUser(), created_at: timestamptz().notNull() }, (table) => [
  primaryKey({ name: 'blocks_pkey', columns: [table.blocker_id, table.blocked_id] }),
  index('blocks_blocked').on(table.blocked_id, table.blocker_id),
])
