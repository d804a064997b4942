import { sql } from 'drizzle-orm'
import {
  boolean,
  customType,
  date,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { places } from './places.ts'
import { regions } from './regions.ts'
import { users } from './users.ts'

const line = customType<{ data: string }>({ dataType: () => 'geometry(LineString,4326)' })
const gridLine = customType<{ data: string }>({ dataType: () => 'geometry(LineString,5179)' })

/** The walks of many make the one, and somebody for themselves the other. */
export const courseKind = pgEnum('course_kind', ['derived', 'own'])

export const courses = pgTable(
  'courses',
  {
    id: uuid().primaryKey(),
    kind: courseKind().notNull(),
    owner_id: uuid().references(() => users.id, { onDelete: 'cascade' }),
    request_hash: text(),
    created_at: timestamptz().notNull(),
    updated_at: timestamptz().notNull(),
    name: text().notNull(),
    description: text(),
    /** Where a derived one is: a place, or the centre of a dong. */
    place_id: uuid().references(() => places.id, { onDelete: 'set null' }),
    region_code: text().references(() => regions.code),
    /** The whole way. That of an own one is its owner's alone. */
    line: line(),
    distance_m: integer().notNull(),
    is_loop: boolean().notNull(),
    duration_min: integer(),
    users_band: smallint(),
    computed_on: date({ mode: 'string' }),
    gone_at: timestamptz(),
    published_at: timestamptz(),
    from_place_id: uuid().references(() => places.id, { onDelete: 'set null' }),
    to_place_id: uuid().references(() => places.id, { onDelete: 'set null' }),
    /** What others see of an own one. */
    published_line: line(),
    published_grid: gridLine(),
    published_distance_m: integer(),
    deleted_at: timestamptz(),
  },
  (table) => [
    index('courses_owner')
      .on(table.owner_id, table.created_at.desc().nullsFirst(), table.id.desc().nullsFirst())
      .where(sql`owner_id IS NOT NULL`),
    index('courses_derived')
      .using('gist', table.line)
      .where(sql`kind = 'derived' AND gone_at IS NULL`),
    index('courses_published')
      .using('gist', table.published_line)
      .where(sql`published_at IS NOT NULL`),
    index('courses_place')
      .on(table.place_id)
      .where(sql`place_id IS NOT NULL`),
    index('courses_region')
      .on(table.region_code)
      .where(sql`region_code IS NOT NULL`),
    index('courses_from')
      .on(table.from_place_id)
      .where(sql`from_place_id IS NOT NULL`),
    index('courses_to')
      .on(table.to_place_id)
      .where(sql`to_place_id IS NOT NULL`),
    uniqueIndex('courses_pair')
      .on(table.owner_id, sql`LEAST(from_place_id, to_place_id)`, sql`GREATEST(from_place_id, to_place_id)`)
      .where(sql`published_at IS NOT NULL`),
  ],
)

export const courseFavorites = pgTable(
  'course_favorites',
  {
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    course_id: uuid()
      .notNull()
      .references(() => courses.id, { onDelete: 'cascade' }),
    created_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'course_favorites_pkey', columns: [table.user_id, table.course_id] }),
    index('course_favorites_course').on(table.course_id),
  ],
)
