import { sql } from 'drizzle-orm'
import { index, jsonb, pgEnum, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'

export const moderationTarget = pgEnum('moderation_target', ['user', 'walk', 'comment', 'photo', 'meetup'])

export const moderationCases = pgTable(
  'moderation_cases',
  {
    target_type: moderationTarget().notNull(),
    target_id: uuid().notNull(),
    author_id: uuid().references(() => users.id, { onDelete: 'set null' }),
    snapshot: jsonb().notNull(),
    opened_at: timestamptz().notNull(),
    due_at: timestamptz(),
    hidden_at: timestamptz(),
    removed_at: timestamptz(),
    closed_until: timestamptz(),
    decided_at: timestamptz(),
    keep_until: timestamptz(),
  },
  (table) => [
    primaryKey({ name: 'moderation_cases_pkey', columns: [table.target_type, table.target_id] }),
    index('moderation_cases_author').on(table.author_id),
    index('moderation_cases_due')
      .on(table.due_at)
      .where(sql`due_at IS NOT NULL`),
  ],
)
