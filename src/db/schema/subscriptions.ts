import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'

export const premiumPeriods = pgTable(
  'premium_periods',
  {
    id: uuid().primaryKey().defaultRandom(),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    provider: text().notNull(),
    starts_at: timestamptz().notNull(),
    ends_at: timestamptz().notNull(),
    revoked_at: timestamptz(),
  },
  (table) => [index('premium_periods_user').on(table.user_id, table.ends_at)],
)
