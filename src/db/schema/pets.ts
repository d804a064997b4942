import { sql } from 'drizzle-orm'
import { boolean, date, index, integer, numeric, pgEnum, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { timestamptz } from './columns.ts'
import { users } from './users.ts'

export const petSpecies = pgEnum('pet_species', ['dog', 'cat', 'other'])
export const petSize = pgEnum('pet_size', ['small', 'medium', 'large'])

export const breeds = pgTable('breeds', {
  code: text().primaryKey(),
  species: petSpecies().notNull(),
  name: text().notNull(),
  name_en: text().notNull(),
  size: petSize(),
  aliases: text().array().notNull().default([]),
  sort_order: integer().notNull(),
  is_brachycephalic: boolean().notNull().default(false),
  has_double_coat: boolean().notNull().default(false),
  has_thin_coat: boolean().notNull().default(false),
  has_white_coat: boolean().notNull().default(false),
})

export const pets = pgTable(
  'pets',
  {
    id: uuid().primaryKey(),
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    species: petSpecies().notNull(),
    breed_code: text().references(() => breeds.code),
    breed: text(),
    chosen_size: petSize(),
    birth_date: date({ mode: 'string' }),
    is_birth_date_approximate: boolean().notNull().default(false),
    weight_kg: numeric({ precision: 4, scale: 1, mode: 'number' }),
    stated_weight_kg: numeric({ precision: 4, scale: 1, mode: 'number' }),
    is_placeholder: boolean().notNull().default(false),
    is_primary: boolean().notNull().default(false),
    request_hash: text().notNull(),
    created_at: timestamptz().notNull(),
    archived_at: timestamptz(),
    is_overweight: boolean().notNull().default(false),
    has_heart_or_lung_condition: boolean().notNull().default(false),
  },
  (table) => [
    index('pets_user').on(table.user_id, table.created_at),
    index('pets_breed')
      .on(table.breed_code)
      .where(sql`breed_code IS NOT NULL`),
    index('pets_archived')
      .on(table.archived_at)
      .where(sql`archived_at IS NOT NULL`),
    uniqueIndex('pets_one_primary')
      .on(table.user_id)
      .where(sql`is_primary AND archived_at IS NULL`),
  ],
)

export const healthRecordType = pgEnum('health_record_type', ['weight', 'vaccination', 'hospital_visit'])

export const healthRecords = pgTable(
  'health_records',
  {
    id: uuid().primaryKey(),
    pet_id: uuid()
      .notNull()
      .references(() => pets.id, { onDelete: 'cascade' }),
    record_type: healthRecordType().notNull(),
    record_date: date({ mode: 'string' }).notNull(),
    value_numeric: numeric({ precision: 4, scale: 1, mode: 'number' }),
    title: text(),
    memo: text(),
    next_date: date({ mode: 'string' }),
    request_hash: text().notNull(),
    created_at: timestamptz().notNull(),
    deleted_at: timestamptz(),
  },
  (table) => [
    index('health_records_pet').on(table.pet_id, table.record_date.desc().nullsFirst(), table.id),
    index('health_records_deleted')
      .on(table.deleted_at)
      .where(sql`deleted_at IS NOT NULL`),
  ],
)
