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

export const follows = pgTable(
  'follows',
  { follower_id: ofUser(), followee_id: ofUser(), created_at: timestamptz().notNull() },
  (table) => [
    primaryKey({ name: 'follows_pkey', columns: [table.follower_id, table.followee_id] }),
    index('follows_followee').on(table.followee_id, table.created_at.desc().nullsFirst(), table.follower_id),
  ],
)
