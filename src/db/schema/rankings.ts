import { sql } from 'drizzle-orm'
import { bigint, date, index, integer, pgEnum, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'

export const rankingScope = pgEnum('ranking_scope', ['dong', 'sigungu', 'nation'])
export const hallCategory = pgEnum('hall_category', ['month_mvp', 'longest_streak', 'longest_walk', 'total_distance', 'season_champion'])

const ofUser = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

export const rankingPeriods = pgTable('ranking_periods', {
  period_key: text().primaryKey(),
  snapshot: integer().notNull().default(0),
  snapshot_at: timestamptz(),
  ranked_at: timestamptz(),
  closed_at: timestamptz(),
  finished_at: timestamptz(),
})

export const areaMonths = pgTable(
  'area_months',
  {
    user_id: ofUser(),
    month: date({ mode: 'string' }).notNull(),
    area_code: text().notNull(),
    walk_count: integer().notNull(),
    distance_m: integer().notNull(),
    last_walk_at: timestamptz().notNull(),
  },
  (table) => [primaryKey({ name: 'area_months_pkey', columns: [table.user_id, table.month, table.area_code] })],
)

export const rankings = pgTable(
  'rankings',
  {
    user_id: ofUser(),
    period_key: text().notNull(),
    area_code: text().notNull(),
    walk_count: integer().notNull(),
    distance_m: integer().notNull(),
    last_walk_at: timestamptz().notNull(),
    standing: bigint({ mode: 'number' })
      .notNull()
      .generatedAlwaysAs(sql`distance_m::bigint << 20 | walk_count`),
    moved_in: integer(),
    shown_standing: bigint({ mode: 'number' }).notNull().default(0),
    shown_last_walk_at: timestamptz().notNull().default('-infinity'),
    histogram_m: integer(),
    closing_rank: integer(),
  },
  (table) => [
    primaryKey({ name: 'rankings_pkey', columns: [table.user_id, table.period_key, table.area_code] }),
    index('rankings_board').on(table.period_key, table.area_code, table.standing.desc().nullsFirst(), table.last_walk_at, table.user_id),
    index('rankings_moved')
      .on(
        table.period_key,
        table.area_code,
        table.moved_in,
        table.shown_standing.desc().nullsFirst(),
        table.shown_last_walk_at,
        table.user_id,
      )
      .where(sql`moved_in IS NOT NULL`),
  ],
)

export const rankingHistogram = pgTable(
  'ranking_histogram',
  {
    period_key: text().notNull(),
    area_code: text().notNull(),
    digits: integer().notNull(),
    floor_m: integer().notNull(),
    users: integer().notNull(),
  },
  (table) => [primaryKey({ name: 'ranking_histogram_pkey', columns: [table.period_key, table.area_code, table.digits, table.floor_m] })],
)

export const hallOfFame = pgTable(
  'hall_of_fame',
  {
    category: hallCategory().notNull(),
    period_key: text().notNull(),
    user_id: ofUser(),
    rank: integer().notNull(),
    distance_m: integer().notNull(),
    walk_count: integer().notNull(),
    days: integer(),
    from_day: date({ mode: 'string' }),
    until_day: date({ mode: 'string' }),
    written_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'hall_of_fame_pkey', columns: [table.category, table.period_key, table.user_id] }),
    index('hall_of_fame_user').on(table.user_id),
  ],
)
