import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  boolean,
  customType,
  date,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { geographyPoint, timestamptz } from './columns.ts'
import { regions } from './regions.ts'
import { users } from './users.ts'
import { walks } from './walks.ts'

const area = customType<{ data: string }>({ dataType: () => 'geography(Geometry,4326)' })

export const placeKind = pgEnum('place_kind', ['park', 'beach', 'mountain', 'hospital', 'pharmacy', 'dog_run'])
export const placeSource = pgEnum('place_source', ['seed', 'hospitals', 'pharmacies', 'parks'])

export const places = pgTable(
  'places',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** Of seeded places, as their outline. */
    code: text(),
    kind: placeKind().notNull(),
    name: text().notNull(),
    name_key: text()
      .notNull()
      .generatedAlwaysAs(sql`lower(regexp_replace(name, '\\s', '', 'g'))`),
    area: area(),
    location: geographyPoint(),
    counts_for_badges: boolean().notNull().default(false),
    is_open: boolean().notNull().default(true),
    is_riverside: boolean().notNull().default(false),
    source: placeSource().notNull().default('seed'),
    source_key: text(),
    road_address: text(),
    lot_address: text(),
    phone: text(),
    /** The sigungu of the location. */
    region_code: text().references(() => regions.code),
    licensed_on: date({ mode: 'string' }),
    closed_on: date({ mode: 'string' }),
    source_x: text(),
    source_y: text(),
    is_geocoded: boolean().notNull().default(false),
    geocode_asked_at: timestamptz(),
    source_updated_at: timestamptz(),
    seen_at: timestamptz(),
    updated_at: timestamptz()
      .notNull()
      .default(sql`now()`),
    duplicate_of: uuid().references((): AnyPgColumn => places.id, { onDelete: 'set null' }),
  },
  (table) => [
    uniqueIndex('places_code').on(table.code),
    uniqueIndex('places_source').on(table.source, table.source_key),
    index('places_location').using('gist', table.location),
    index('places_region')
      .on(table.region_code)
      .where(sql`region_code IS NOT NULL`),
    index('places_duplicates')
      .on(table.duplicate_of)
      .where(sql`duplicate_of IS NOT NULL`),
    index('places_unplaced')
      .on(table.id)
      .where(sql`location IS NULL AND is_open AND geocode_asked_at IS NULL`),
    index('places_badges')
      .using('gist', table.area)
      .where(sql`counts_for_badges`),
    ...placeKind.enumValues.map((kind) =>
      index(`places_near_${kind}`)
        .using('gist', table.location)
        .where(sql`kind = ${kind} AND is_open AND duplicate_of IS NULL AND location IS NOT NULL`),
    ),
  ],
)

export const placeFavorites = pgTable(
  'place_favorites',
  {
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    place_id: uuid()
      .notNull()
      .references(() => places.id, { onDelete: 'cascade' }),
    created_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'place_favorites_pkey', columns: [table.user_id, table.place_id] }),
    index('place_favorites_place').on(table.place_id),
  ],
)

export const placeImportKind = pgEnum('place_import_kind', ['complete', 'incremental'])
export const placeImportState = pgEnum('place_import_state', ['running', 'done', 'partial', 'failed'])

export const placeImports = pgTable(
  'place_imports',
  {
    id: uuid().primaryKey().defaultRandom(),
    source: placeSource().notNull(),
    kind: placeImportKind().notNull(),
    changed_since: timestamptz(),
    page: integer().notNull().default(0),
    rows: integer().notNull().default(0),
    total: integer(),
    failed_pages: integer().notNull().default(0),
    started_at: timestamptz().notNull(),
    finished_at: timestamptz(),
    state: placeImportState().notNull().default('running'),
    reason: text(),
  },
  (table) => [uniqueIndex('place_imports_run').on(table.source, table.started_at)],
)

export const placeVisits = pgTable(
  'place_visits',
  {
    walk_id: uuid()
      .notNull()
      .references(() => walks.id, { onDelete: 'cascade' }),
    place_id: uuid()
      .notNull()
      .references(() => places.id, { onDelete: 'cascade' }),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    day: date({ mode: 'string' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'place_visits_pkey', columns: [table.walk_id, table.place_id] }),
    index('place_visits_user').on(table.user_id, table.day),
    index('place_visits_place').on(table.place_id),
  ],
)

const cell = () => ({ cell_x: integer().notNull(), cell_y: integer().notNull() })

/** The cells in which a valid walk starts and ends (`Cell` of src/core/grid.ts). */
export const walkEnds = pgTable(
  'walk_ends',
  {
    walk_id: uuid()
      .notNull()
      .references(() => walks.id, { onDelete: 'cascade' }),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    ...cell(),
    /** That of its walk. */
    started_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'walk_ends_pkey', columns: [table.walk_id, table.cell_x, table.cell_y] }),
    index('walk_ends_cell').on(table.user_id, table.cell_x, table.cell_y, table.started_at),
  ],
)

/** What `walk_ends` add up to. Others are not shown what lies in these cells or near them. */
export const hiddenAreas = pgTable(
  'hidden_areas',
  {
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    ...cell(),
    first_used_at: timestamptz().notNull(),
    last_used_on: date({ mode: 'string' }).notNull(),
    days_used: integer().notNull(),
  },
  (table) => [
    primaryKey({ name: 'hidden_areas_pkey', columns: [table.user_id, table.cell_x, table.cell_y] }),
    index('hidden_areas_last').on(table.last_used_on),
  ],
)
