import { customType, date, index, pgEnum, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
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
