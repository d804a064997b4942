import { sql } from 'drizzle-orm'
import { bigint, boolean, date, index, integer, pgEnum, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { geographyPoint, timestamptz } from './columns.ts'
import { regions } from './regions.ts'
import { users } from './users.ts'
import { walks } from './walks.ts'

export const badgeCategory = pgEnum('badge_category', ['distance', 'streak', 'exploration', 'time', 'special', 'season'])
export const badgeDifficulty = pgEnum('badge_difficulty', ['beginner', 'easy', 'normal', 'hard', 'very_hard', 'legendary', 'mythic'])
export const badgeTier = pgEnum('badge_tier', ['free', 'premium'])
export const badgeMetric = pgEnum('badge_metric', [
  'walk_count',
  'distance_m',
  'duration_sec',
  'longest_walk_m',
  'streak_days',
  'unique_places',
  'weekly_dong_wins',
  'early_bird_walks',
  'night_owl_walks',
  'rain_walks',
  'snow_walks',
  'new_year_walks',
  'birthday_walks',
  'walk_photos',
  'together_walks',
  'season_walk_count',
  'season_distance_m',
  'season_snow_walks',
  'season_parks',
  'season_beach_walks',
  'season_nature_places',
])

const ofUser = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

export const badges = pgTable(
  'badges',
  {
    id: uuid().primaryKey().defaultRandom(),
    code: text().notNull(),
    category: badgeCategory().notNull(),
    name: text().notNull(),
    description: text().notNull(),
    icon: text().notNull(),
    metric: badgeMetric().notNull(),
    threshold: bigint({ mode: 'number' }).notNull(),
    difficulty: badgeDifficulty().notNull(),
    hint: text().notNull(),
    tier: badgeTier().notNull(),
    season_start: text(),
    season_end: text(),
    is_secret: boolean().notNull(),
    sort_order: integer().notNull(),
  },
  (table) => [uniqueIndex('badges_code').on(table.code)],
)

export const userBadges = pgTable(
  'user_badges',
  {
    user_id: ofUser(),
    badge_id: uuid()
      .notNull()
      .references(() => badges.id, { onDelete: 'cascade' }),
    season_year: integer().notNull(),
    earned_at: timestamptz().notNull(),
    walk_id: uuid().references(() => walks.id, { onDelete: 'set null' }),
    first_walk_at: timestamptz(),
    walk_count: integer().notNull(),
    day_count: integer().notNull(),
    is_representative: boolean().notNull().default(false),
  },
  (table) => [
    primaryKey({ name: 'user_badges_pkey', columns: [table.user_id, table.badge_id, table.season_year] }),
    uniqueIndex('user_badges_representative')
      .on(table.user_id)
      .where(sql`is_representative`),
    index('user_badges_badge').on(table.badge_id, table.user_id),
    index('user_badges_walk')
      .on(table.walk_id)
      .where(sql`walk_id IS NOT NULL`),
  ],
)

export const badgeRarity = pgTable('badge_rarity', {
  badge_id: uuid()
    .primaryKey()
    .references(() => badges.id, { onDelete: 'cascade' }),
  holders: integer().notNull(),
  walkers: integer().notNull(),
  counted_at: timestamptz().notNull(),
})

export const badgeNears = pgTable(
  'badge_nears',
  {
    user_id: ofUser(),
    badge_id: uuid()
      .notNull()
      .references(() => badges.id, { onDelete: 'cascade' }),
    season_year: integer().notNull(),
    percent: integer().notNull(),
  },
  (table) => [
    primaryKey({ name: 'badge_nears_pkey', columns: [table.user_id, table.badge_id, table.season_year] }),
    index('badge_nears_badge').on(table.badge_id),
  ],
)

export const weeklyDongWins = pgTable(
  'weekly_dong_wins',
  {
    user_id: ofUser(),
    monday: date({ mode: 'string' }).notNull(),
    region_code: text()
      .notNull()
      .references(() => regions.code),
  },
  (table) => [
    primaryKey({ name: 'weekly_dong_wins_pkey', columns: [table.user_id, table.monday] }),
    index('weekly_dong_wins_region').on(table.region_code),
  ],
)

export const walkStarts = pgTable(
  'walk_starts',
  {
    walk_id: uuid()
      .primaryKey()
      .references(() => walks.id, { onDelete: 'cascade' }),
    user_id: ofUser(),
    started_at: timestamptz().notNull(),
    location: geographyPoint().notNull(),
    is_place: boolean().notNull(),
  },
  (table) => [
    index('walk_starts_user').on(table.user_id),
    index('walk_starts_places')
      .using('gist', table.user_id, table.location)
      .where(sql`is_place`),
    index('walk_starts_others')
      .using('gist', table.user_id, table.location)
      .where(sql`NOT is_place`),
  ],
)

export const streakRuns = pgTable(
  'streak_runs',
  {
    user_id: ofUser(),
    first_day: date({ mode: 'string' }).notNull(),
    last_day: date({ mode: 'string' }).notNull(),
    days: integer().notNull(),
  },
  (table) => [
    primaryKey({ name: 'streak_runs_pkey', columns: [table.user_id, table.first_day] }),
    index('streak_runs_longest').on(table.user_id, table.days.desc().nullsFirst()),
    index('streak_runs_farthest').on(table.days.desc().nullsFirst()),
    index('streak_runs_ended').on(table.last_day, table.user_id),
  ],
)

export const restDays = pgTable(
  'rest_days',
  { user_id: ofUser(), month: date({ mode: 'string' }).notNull(), day: date({ mode: 'string' }).notNull() },
  (table) => [primaryKey({ name: 'rest_days_pkey', columns: [table.user_id, table.month] })],
)

export const metricDays = pgTable(
  'metric_days',
  { user_id: ofUser(), day: date({ mode: 'string' }).notNull(), metric: badgeMetric().notNull(), value: integer().notNull() },
  (table) => [primaryKey({ name: 'metric_days_pkey', columns: [table.user_id, table.day, table.metric] })],
)

export const metricTotals = pgTable(
  'metric_totals',
  { user_id: ofUser(), metric: badgeMetric().notNull(), value: bigint({ mode: 'number' }).notNull() },
  (table) => [primaryKey({ name: 'metric_totals_pkey', columns: [table.user_id, table.metric] })],
)
