import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { subscriptions } from './purchases.ts'
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
    subscription_id: uuid().references(() => subscriptions.id, { onDelete: 'cascade' }),
    ref: text(),
  },
  (table) => [
    index('premium_periods_user').on(table.user_id, table.ends_at),
    uniqueIndex('premium_periods_ref').on(table.subscription_id, table.ref, table.user_id),
  ],
)
