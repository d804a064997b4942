import { index, pgEnum, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'

export const pushPlatform = pgEnum('push_platform', ['ios', 'android'])

export const pushTokens = pgTable(
  'push_tokens',
  {
    token: text().primaryKey(),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    platform: pushPlatform().notNull(),
    device_id: text(),
    registered_at: timestamptz().notNull(),
  },
  (table) => [index('push_tokens_user').on(table.user_id)],
)
