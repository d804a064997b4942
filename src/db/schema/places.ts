import { customType, date, index, integer, pgEnum, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'
import { walks } from './walks.ts'

const area = customType<{ data: string }>({ dataType: () => 'geography(Geometry,4326)' })

export const placeKind = pgEnum('place_kind', ['park', 'beach', 'mountain'])

export const places = pgTable(
  'places',
  {
    id: uuid().primaryKey().defaultRandom(),
    code: text().notNull(),
    kind: placeKind().notNull(),
    name: text().notNull(),
    area: area().notNull(),
  },
  (table) => [uniqueIndex('places_code').on(table.code), index('places_area').using('gist', table.area)],
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
