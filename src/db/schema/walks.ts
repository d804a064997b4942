import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { bytea, multiLineM, timestamptz } from './columns.ts'
import { pets } from './pets.ts'
import { regions } from './regions.ts'
import { users } from './users.ts'

export const walkStatus = pgEnum('walk_status', ['active', 'ended', 'completed'])
/** An imported walk counts in history and statistics, and nowhere else. */
export const walkSource = pgEnum('walk_source', ['recorded', 'imported'])
export const postAudience = pgEnum('post_audience', ['everyone', 'followers'])

/** The exclusion constraint `walks_no_overlap` is in the migration only, because Drizzle cannot express it. */
export const walks = pgTable(
  'walks',
  {
    id: uuid().primaryKey(),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    status: walkStatus().notNull(),
    started_at: timestamptz().notNull(),
    goal_distance_m: integer(),
    goal_duration_sec: integer(),
    request_hash: text().notNull(),
    created_at: timestamptz().notNull(),
    memo: text(),
    shared_to_feed: boolean().notNull().default(false),
    auto_ended: boolean().notNull().default(false),
    region_code: text().references(() => regions.code),
    weather: jsonb(),
    completed_at: timestamptz(),
    ended_at: timestamptz(),
    is_valid: boolean(),
    /** Says nothing of a walk that is not valid. */
    is_ranked: boolean().notNull().default(true),
    measured_version: smallint().notNull().default(1),
    reasons: jsonb(),
    distance_m: integer(),
    duration_sec: integer(),
    moving_sec: integer(),
    stopped_sec: integer(),
    avg_speed_kmh: doublePrecision(),
    max_speed_kmh: doublePrecision(),
    ascent_m: integer(),
    descent_m: integer(),
    calories: integer(),
    segments: jsonb(),
    route_polyline: text(),
    sketch: jsonb(),
    is_map_open: boolean().notNull().default(false),
    line: multiLineM(),
    claimed: jsonb(),
    track_key: text(),
    answer: jsonb(),
    deleted_at: timestamptz(),
    photo_count: integer().notNull().default(0),
    together_with: uuid().array().notNull().default([]),
    is_beyond_doubt: boolean(),
    shared_at: timestamptz(),
    audience: postAudience(),
    /** The cell of the start on KMA's grid. */
    kma_nx: smallint(),
    kma_ny: smallint(),
    /** When `weather` is looked for, and null once it stands. */
    weather_due_at: timestamptz(),
    source: walkSource().notNull().default('recorded'),
  },
  (table) => [
    uniqueIndex('walks_one_active')
      .on(table.user_id)
      .where(sql`status = 'active' AND deleted_at IS NULL`),
    index('walks_user').on(table.user_id),
    index('walks_undrawn')
      .on(table.id)
      .where(sql`sketch IS NULL AND route_polyline IS NOT NULL`),
    index('walks_region')
      .on(table.region_code)
      .where(sql`region_code IS NOT NULL`),
    index('walks_history')
      .on(table.user_id, table.started_at.desc().nullsFirst(), table.id.desc().nullsFirst())
      .where(sql`is_valid AND deleted_at IS NULL`),
    index('walks_longest')
      .on(table.user_id, table.distance_m.desc().nullsFirst())
      .where(sql`is_valid AND deleted_at IS NULL`),
    index('walks_farthest')
      .on(table.distance_m.desc().nullsFirst())
      .where(sql`is_valid AND deleted_at IS NULL`),
    index('walks_active')
      .on(table.started_at)
      .where(sql`status = 'active' AND deleted_at IS NULL`),
    index('walks_deleted')
      .on(table.deleted_at)
      .where(sql`deleted_at IS NOT NULL`),
    index('walks_refused')
      .on(table.completed_at)
      .where(sql`NOT is_valid`),
    index('walks_ended')
      .on(table.created_at)
      .where(sql`status = 'ended'`),
    index('walks_doubtful')
      .on(table.user_id, table.started_at)
      .where(sql`NOT is_beyond_doubt AND is_valid AND deleted_at IS NULL`),
    index('walks_weather_due')
      .on(table.weather_due_at)
      .where(sql`weather_due_at IS NOT NULL AND deleted_at IS NULL`),
    index('walks_measured_before_2')
      .on(table.id)
      .where(sql`measured_version < 2 AND track_key IS NOT NULL AND deleted_at IS NULL`),
  ],
)

export const walkPets = pgTable(
  'walk_pets',
  {
    walk_id: uuid()
      .notNull()
      .references(() => walks.id, { onDelete: 'cascade' }),
    pet_id: uuid()
      .notNull()
      .references(() => pets.id, { onDelete: 'cascade' }),
    position: smallint().notNull(),
  },
  (table) => [primaryKey({ name: 'walk_pets_pkey', columns: [table.walk_id, table.pet_id] }), index('walk_pets_pet').on(table.pet_id)],
)

export const trackSpool = pgTable(
  'track_spool',
  {
    walk_id: uuid()
      .primaryKey()
      .references(() => walks.id, { onDelete: 'cascade' }),
    track_key: text().notNull(),
    content: bytea().notNull(),
    spooled_at: timestamptz().notNull(),
  },
  (table) => [index('track_spool_spooled').on(table.spooled_at, table.walk_id)],
)

/** Of recorded walks. Imported ones stand beside them, because badges, streaks, grades and boards do not count them. */
const dayFacts = () => ({
  day: date({ mode: 'string' }).notNull(),
  walk_count: integer().notNull(),
  distance_m: integer().notNull(),
  duration_sec: integer().notNull(),
  calories: integer().notNull(),
  imported_walk_count: integer().notNull().default(0),
  imported_distance_m: integer().notNull().default(0),
  imported_duration_sec: integer().notNull().default(0),
  imported_calories: integer().notNull().default(0),
})

const totalFacts = () => ({
  walk_count: integer().notNull(),
  distance_m: bigint({ mode: 'number' }).notNull(),
  duration_sec: bigint({ mode: 'number' }).notNull(),
  calories: bigint({ mode: 'number' }).notNull(),
  imported_walk_count: integer().notNull().default(0),
  imported_distance_m: bigint({ mode: 'number' }).notNull().default(0),
  imported_duration_sec: bigint({ mode: 'number' }).notNull().default(0),
  imported_calories: bigint({ mode: 'number' }).notNull().default(0),
})

/** What copies of a walk are found by: `Residuals` of src/measuring/. */
export const walkTraces = pgTable(
  'walk_traces',
  {
    walk_id: uuid()
      .primaryKey()
      .references(() => walks.id, { onDelete: 'cascade' }),
    cells: integer().array().notNull(),
    trace: bytea().notNull(),
    richness: integer().notNull(),
    distance_m: integer().notNull(),
    /** Once more, a while after it arrived. */
    is_compared: boolean().notNull().default(false),
  },
  (table) => [
    index('walk_traces_cells').using('gin', table.cells),
    index('walk_traces_uncompared')
      .on(table.walk_id)
      .where(sql`NOT is_compared`),
  ],
)

export const userDays = pgTable(
  'user_days',
  {
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    ...dayFacts(),
  },
  (table) => [primaryKey({ name: 'user_days_pkey', columns: [table.user_id, table.day] })],
)

export const userTotals = pgTable('user_totals', {
  user_id: uuid()
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  ...totalFacts(),
})

export const petDays = pgTable(
  'pet_days',
  {
    pet_id: uuid()
      .notNull()
      .references(() => pets.id, { onDelete: 'cascade' }),
    ...dayFacts(),
  },
  (table) => [primaryKey({ name: 'pet_days_pkey', columns: [table.pet_id, table.day] })],
)

export const petTotals = pgTable('pet_totals', {
  pet_id: uuid()
    .primaryKey()
    .references(() => pets.id, { onDelete: 'cascade' }),
  ...totalFacts(),
})
