import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgEnum, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { bytea, geographyPoint, timestamptz } from './columns.ts'
import { pets } from './pets.ts'
import { users } from './users.ts'
import { walks } from './walks.ts'

export const photoKind = pgEnum('photo_kind', ['pet_profile', 'walk_photo', 'image'])

/** `object_key` has the collation "C". Drizzle cannot express it, so only the migration has it. */
export const photos = pgTable(
  'photos',
  {
    id: uuid().primaryKey(),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: photoKind().notNull(),
    pet_id: uuid().references(() => pets.id, { onDelete: 'cascade' }),
    walk_id: uuid().references(() => walks.id, { onDelete: 'cascade' }),
    object_key: text().notNull(),
    has_thumbnails: boolean().notNull(),
    content_hash: bytea().notNull(),
    width: integer().notNull(),
    height: integer().notNull(),
    location: geographyPoint(),
    taken_at: timestamptz(),
    created_at: timestamptz().notNull(),
  },
  (table) => [
    uniqueIndex('photos_object_key').on(table.object_key),
    uniqueIndex('photos_pet')
      .on(table.pet_id)
      .where(sql`pet_id IS NOT NULL`),
    uniqueIndex('photos_walk')
      .on(table.walk_id, table.content_hash)
      .where(sql`walk_id IS NOT NULL`),
    uniqueIndex('photos_image')
      .on(table.user_id, table.content_hash)
      .where(sql`kind = 'image'`),
    index('photos_user').on(table.user_id),
    index('photos_album')
      .on(table.user_id, sql`COALESCE(taken_at, created_at)`, table.id)
      .where(sql`kind = 'walk_photo'`),
  ],
)

export const objectSweeps = pgTable('object_sweeps', {
  prefix: text().primaryKey(),
  after_key: text().notNull(),
})

export const cardTheme = pgEnum('card_theme', ['basic', 'dark', 'season'])

export const shareLinks = pgTable(
  'share_links',
  {
    walk_id: uuid()
      .notNull()
      .references(() => walks.id, { onDelete: 'cascade' }),
    theme: cardTheme().notNull(),
    token: text().notNull(),
    created_at: timestamptz().notNull(),
  },
  (table) => [
    primaryKey({ name: 'share_links_pkey', columns: [table.walk_id, table.theme] }),
    uniqueIndex('share_links_token').on(table.token),
  ],
)
