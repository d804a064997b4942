import { sql } from 'drizzle-orm'
import { doublePrecision, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { petSize } from './pets.ts'
import { regions } from './regions.ts'
import { users } from './users.ts'

const ofUser = () => uuid().references(() => users.id, { onDelete: 'cascade' })

/** How somebody usually walks, by their valid walks of the last 28 days. */
export const walkHabits = pgTable(
  'walk_habits',
  {
    user_id: ofUser().primaryKey(),
    dong_code: text().references(() => regions.code),
    sigungu_code: text().references(() => regions.code),
    hour_x: doublePrecision().notNull(),
    hour_y: doublePrecision().notNull(),
    mean_hour: doublePrecision(),
    weekly_distance_m: integer().notNull(),
    breed_code: text(),
    size: petSize(),
    last_walk_at: timestamptz().notNull(),
  },
  (table) => [
    index('walk_habits_sigungu').on(table.sigungu_code, table.last_walk_at),
    index('walk_habits_dong')
      .on(table.dong_code)
      .where(sql`dong_code IS NOT NULL`),
  ],
)

export const recommendations = pgTable(
  'recommendations',
  { user_id: ofUser().notNull(), other_id: ofUser().notNull(), score: doublePrecision().notNull(), reasons: text().array().notNull() },
  (table) => [
    primaryKey({ name: 'recommendations_pkey', columns: [table.user_id, table.other_id] }),
    index('recommendations_other').on(table.other_id),
  ],
)

/** When they were computed. They may be none. */
export const recommendationRuns = pgTable('recommendation_runs', { user_id: ofUser().primaryKey(), made_at: timestamptz().notNull() })

export const recommendationDismissals = pgTable(
  'recommendation_dismissals',
  { user_id: ofUser().notNull(), other_id: ofUser().notNull(), dismissed_at: timestamptz().notNull() },
  (table) => [
    primaryKey({ name: 'recommendation_dismissals_pkey', columns: [table.user_id, table.other_id] }),
    index('recommendation_dismissals_other').on(table.other_id),
    index('recommendation_dismissals_at').on(table.dismissed_at),
  ],
)
