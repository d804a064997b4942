import { sql } from 'drizzle-orm'
import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'

/** Addresses at which calendars read somebody's walks. A revoked one stays for a while, so that a repeat of the request that made it makes no other. */
export const calendarFeeds = pgTable(
  'calendar_feeds',
  {
    id: uuid().primaryKey(),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** SHA-256 in hex. The token itself follows from the id and a secret. */
    token_hash: text().notNull(),
    request_hash: text().notNull(),
    created_at: timestamptz().notNull(),
    revoked_at: timestamptz(),
  },
  (table) => [
    uniqueIndex('calendar_feeds_token').on(table.token_hash),
    uniqueIndex('calendar_feeds_one')
      .on(table.user_id)
      .where(sql`revoked_at IS NULL`),
    index('calendar_feeds_user').on(table.user_id),
  ],
)
