import { sql } from 'drizzle-orm'
import { bigint, date, index, integer, pgTable, primaryKey, smallint, uuid } from 'drizzle-orm/pg-core'
import { users } from './users.ts'
import { walks } from './walks.ts'

const ofUser = () =>
  uuid()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })
const ofTile = () => ({ tile_x: integer().notNull(), tile_y: integer().notNull() })
const cells = () => smallint().array().notNull()

/** What of a walk may count on the heat map. */
export const heatWays = pgTable(
  'heat_ways',
  {
    ...ofTile(),
    walk_id: uuid()
      .notNull()
      .references(() => walks.id, { onDelete: 'cascade' }),
    user_id: ofUser(),
    day: date({ mode: 'string' }).notNull(),
    length_m: integer().notNull(),
    cells: cells(),
  },
  (table) => [
    primaryKey({ name: 'heat_ways_pkey', columns: [table.tile_x, table.tile_y, table.walk_id] }),
    index('heat_ways_walk').on(table.walk_id),
    index('heat_ways_user').on(table.user_id),
    index('heat_ways_day').on(table.day),
  ],
)

/** Who has walked in which live room. */
export const heatCompany = pgTable(
  'heat_company',
  { user_id: ofUser(), room: uuid().notNull(), day: date({ mode: 'string' }).notNull() },
  (table) => [primaryKey({ name: 'heat_company_pkey', columns: [table.user_id, table.room] }), index('heat_company_day').on(table.day)],
)

/** What has changed since the last night. */
export const heatChanges = pgTable(
  'heat_changes',
  {
    id: bigint({ mode: 'number' })
      .primaryKey()
      .default(sql`nextval('heat_change_queue'::regclass)`),
    user_id: ofUser(),
    walk_id: uuid(),
    cell_x: integer(),
    cell_y: integer(),
  },
  (table) => [index('heat_changes_user').on(table.user_id)],
)

export const heatDirty = pgTable('heat_dirty', ofTile(), (table) => [
  primaryKey({ name: 'heat_dirty_pkey', columns: [table.tile_x, table.tile_y] }),
])

/** What is published. */
export const heatTiles = pgTable(
  'heat_tiles',
  {
    ...ofTile(),
    renewed_on: date({ mode: 'string' }).notNull(),
    cells_32: cells(),
    cells_64: cells(),
    cells_128: cells(),
    cells_256: cells(),
  },
  (table) => [
    primaryKey({ name: 'heat_tiles_pkey', columns: [table.tile_x, table.tile_y] }),
    index('heat_tiles_renewed').on(table.renewed_on),
  ],
)

export const heatNights = pgTable('heat_nights', { night: date({ mode: 'string' }).primaryKey() })
